"""The cases of a report as JUnit XML, which continuous integration shows: nothing is green there that did not pass.

A suite is a certification profile of a product. A station that broke a rule is a failure. A case about which nothing
is known is an error with its verdict as the type: INCONCLUSIVE, ERROR, NOT IMPLEMENTED. Only a case that the PICS does
not ask for is skipped.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree import ElementTree

from plugfest.lab.verdict import Verdict
from plugfest.reports.model.report import CaseEntry, Document, NotApplicable, Report

ELEMENTS: Final = {
    Verdict.FAIL: "failure",
    Verdict.INCONCLUSIVE: "error",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.NOT_IMPLEMENTED: "error",
    Verdict.ERROR: "error",
}

NO_FINDING: Final = {
    Verdict.NOT_IMPLEMENTED: "the case applies, and this version of the lab has no code for it",
    Verdict.ERROR: "the lab broke; nothing is known of the station",
}

LONGEST_TEXT: Final = 2000
"""Characters of what a finding or a frame says; the JSON form has all."""

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(document: Document) -> str:
    """The whole file, in UTF-8 by its declaration."""
    root = ElementTree.Element("testsuites", name="Plugfest self-test report")
    for report in document.reports:
        profiles = [one.profile for one in report.cases] + [one.profile for one in report.not_applicable]
        for profile in dict.fromkeys(profiles):
            _add_suite(root, report, profile)
    _count(root, [case for suite in root for case in suite if case.tag == "testcase"])
    del root.attrib["skipped"]  # the schema that Jenkins holds a file against has it in suites only
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _add_suite(root: ElementTree.Element, report: Report, profile: str) -> None:
    cases = [one for one in report.cases if one.profile == profile]
    skipped = [one for one in report.not_applicable if one.profile == profile]
    product = report.product
    suite = _element(
        root,
        "testsuite",
        name=f"{product.vendor} {product.model}: {profile}",
        id=str(len(root)),
        package=product.slug,
        hostname="localhost",
        timestamp=f"{report.run.started_at:%Y-%m-%dT%H:%M:%S}",
    )
    properties = _element(suite, "properties")
    for name, value in _facts(report):
        _element(properties, "property", name=name, value=value)
    added = [_add_case(suite, one, report) for one in cases] + [_add_skipped(suite, one, report) for one in skipped]
    _count(suite, added)


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    yield "disclaimer", report.disclaimer
    yield "firmware version", report.product.firmware_version
    yield "specification", report.product.specification
    yield "config id", report.product.config_id
    yield "clock", report.run.clock
    yield "laboratory", report.laboratory.fingerprint or "not signed"
    yield from (("statement", one) for one in report.statements)


def _add_case(suite: ElementTree.Element, case: CaseEntry, report: Report) -> ElementTree.Element:
    element = _testcase(suite, case, report, case.duration_s)
    findings = sorted(case.findings, key=lambda one: one.recommended)  # what decided the verdict comes first
    lines = [_short(one.line) for one in findings]
    if not case.passed:
        message = lines[0] if lines else NO_FINDING.get(case.verdict, "")
        rule = findings[0].requirement if findings and case.verdict is Verdict.FAIL else case.verdict
        outcome = _element(element, ELEMENTS[case.verdict], type=rule, message=message)
        outcome.text = _clean("\n".join(lines))
    said = [*(lines if case.passed else ()), *(_short(one.frame_text) for one in findings if one.frame_text)]
    if said:
        _element(element, "system-out").text = _clean("\n".join(said))
    return element


def _add_skipped(suite: ElementTree.Element, case: NotApplicable, report: Report) -> ElementTree.Element:
    element = _testcase(suite, case, report, 0.0)
    _element(element, "skipped", message=case.reason)
    return element


def _testcase(
    suite: ElementTree.Element, case: CaseEntry | NotApplicable, report: Report, seconds: float
) -> ElementTree.Element:
    return _element(
        suite,
        "testcase",
        name=f"{case.id} {case.name}",
        classname=f"{report.product.slug}.{case.profile}",
        time=f"{seconds:.3f}",
    )


def _count(element: ElementTree.Element, cases: Sequence[ElementTree.Element]) -> None:
    element.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(one.find(tag) is not None for one in cases)))
    element.set("time", f"{sum(float(one.get('time', 0)) for one in cases):.3f}")


def _element(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, {name: _clean(value) for name, value in attributes.items()})


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " …"


def _clean(text: str) -> str:
    """The text without the characters that no XML may hold, not even escaped."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
