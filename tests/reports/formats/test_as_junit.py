"""JUnit XML in the structure that continuous integration tools read."""

from xml.etree import ElementTree

import pytest
from tests.reports import campaigns

from plugfest.lab.verdict import CaseResult, Finding, Level, Verdict
from plugfest.reports.formats import as_junit
from plugfest.reports.model.report import FamilyReport, Report
from plugfest.reports.model.statements import DISCLAIMER

Element = ElementTree.Element

# The common shape: JUnit of Ant, as far as the schema of Jenkins (junit-10.xsd) allows it. Required attributes, others,
# children in their order.
SHAPE = {
    "testsuites": ({"name", "tests"}, {"failures", "errors", "time"}, ("testsuite",)),
    "testsuite": (
        {"name", "tests", "failures", "errors", "time", "timestamp", "hostname"},
        {"skipped", "id", "package"},
        ("properties", "testcase"),
    ),
    "properties": (set(), set(), ("property",)),
    "property": ({"name", "value"}, set(), ()),
    "testcase": (
        {"name", "classname", "time"},
        set(),
        ("skipped", "error", "failure", "system-out"),
    ),
    "failure": ({"type", "message"}, set(), ()),
    "error": ({"type", "message"}, set(), ()),
    "skipped": ({"message"}, set(), ()),
    "system-out": (set(), set(), ()),
}


def root_of(document: Report | FamilyReport) -> Element:
    return ElementTree.fromstring(as_junit.text(document).encode())


def outcomes(root: Element) -> dict[str, str]:
    """By the id of a case: the element of its outcome."""
    cases = root.iter("testcase")
    return {
        one.get("name", "").split()[0]: " ".join(child.tag for child in one if child.tag != "system-out")
        for one in cases
    }


def family() -> FamilyReport:
    one = campaigns.report()
    return FamilyReport(disclaimer=DISCLAIMER, name="f", title="F", representative=one, members=(one,))


@pytest.mark.parametrize("document", [campaigns.report(), campaigns.report(of=campaigns.advised()), family()])
def test_it_has_the_structure_that_tools_read(document: Report | FamilyReport) -> None:
    root = root_of(document)
    assert root.tag == "testsuites"
    for element in root.iter():
        required, optional, children = SHAPE[element.tag]
        assert required <= set(element.keys()) <= required | optional
        places = [children.index(child.tag) for child in element]
        assert places == sorted(places)


def test_nothing_is_green_that_did_not_pass() -> None:
    assert outcomes(root_of(campaigns.report())) == {
        "TC_A_01_CS": "",
        "TC_E_09_CS": "failure",
        "TC_E_10_CS": "error",
        "TC_B_01_CS": "error",
        "TC_A_07_CS": "error",
        "TC_H_01_CS": "skipped",
    }


def test_every_verdict_but_pass_has_an_element() -> None:
    assert set(as_junit.ELEMENTS) == set(Verdict) - {Verdict.PASS}


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.NOT_IMPLEMENTED, Verdict.ERROR])
def test_an_error_has_the_verdict_as_its_type(verdict: Verdict) -> None:
    errors = [one.get("type") for one in root_of(campaigns.report()).iter("error")]
    assert errors.count(verdict.value) == 1


def test_the_counts_are_those_of_the_elements() -> None:
    root = root_of(campaigns.report())
    for element in (root, *root.iter("testsuite")):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if (element, name) != (root, "skipped"):
                assert int(element.get(name, "")) == len(list(element.iter(tag)))
    assert root.get("time") == "10.000"


def test_a_suite_is_a_profile_of_a_product() -> None:
    root = root_of(family())
    names = ["Core", "Advanced Security", "Reservation"] * 2
    assert [one.get("name") for one in root] == [f"Alpitronic Hypercharger HYC 200 EU: {name}" for name in names]
    assert [one.get("id") for one in root] == ["0", "1", "2", "3", "4", "5"]


def test_a_failure_names_the_rule_and_shows_the_frame() -> None:
    (failed,) = (one for one in root_of(campaigns.report()).iter("testcase") if one.find("failure") is not None)
    (failure, output) = failed
    assert failure.get("type") == "E01.FR.07"
    assert "expected seqNo 0; actual seqNo 1, and the text <b>bold</b> (step 3)" in failure.get("message", "")
    assert output.text == campaigns.TIMED_FRAMES[2][1]


def test_a_failure_comes_before_a_recommendation() -> None:
    advice = Finding(requirement="G01.FR.08", expected="a", actual="b", level=Level.SHOULD)
    case = CaseResult(
        id="TC_E_09_CS", name="", profile="Core", verdict=Verdict.FAIL, findings=(advice, campaigns.FINDING)
    )
    (failure,) = root_of(campaigns.report(of=(case,))).iter("failure")
    assert failure.get("type") == "E01.FR.07"


def test_a_recommendation_that_was_not_followed_is_reported_and_fails_no_case() -> None:
    root = root_of(campaigns.report(of=campaigns.advised()))
    assert (root.get("failures"), root.get("errors")) == ("0", "0")
    (output,) = root.iter("system-out")
    assert (output.text or "").startswith("G01.FR.08: expected silence of connector 2")


def test_a_skipped_case_says_why() -> None:
    (skipped,) = root_of(campaigns.report()).iter("skipped")
    assert skipped.get("message") == "not applicable: R-0 is No"


def test_the_disclaimer_and_the_statements_are_there() -> None:
    report = campaigns.report()
    values = [one.get("value") for one in root_of(report).iter("property")]
    assert {DISCLAIMER, *report.statements} <= set(values)


def test_characters_that_xml_forbids_are_replaced_and_long_texts_cut() -> None:
    finding = Finding(requirement="", expected="x\x00\x1b\ud800y", actual="z" * 10_000)
    case = CaseResult(id="TC_E_09_CS", name="", profile="Core", verdict=Verdict.FAIL, findings=(finding,))
    (failure,) = root_of(campaigns.report(of=(case,))).iter("failure")
    assert failure.get("message", "").startswith("expected x\ufffd\ufffd\\ud800y; actual zzz")
    assert len(failure.get("message", "")) == as_junit.MAX_TEXT_LENGTH + 2
