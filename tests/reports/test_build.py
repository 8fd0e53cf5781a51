"""From a campaign to its report: nothing is lost, softened or left out between the engine and the report."""

from tests.reports import campaigns

from plugfest.lab.verdict import Verdict
from plugfest.reports.statements import DISCLAIMER, HIDDEN


def test_a_report_says_what_was_tested() -> None:
    tested = campaigns.report().product
    assert (tested.slug, tested.ocpp_version) == (campaigns.PRODUCT, "2.0.1")
    assert tested.profiles == ("Core", "Advanced Security")


def test_every_result_becomes_an_entry_with_the_same_verdict() -> None:
    entries = campaigns.report().cases
    assert [(one.id, one.verdict) for one in entries] == [(one.id, one.verdict) for one in campaigns.results()]


def test_a_finding_carries_the_text_of_its_frame() -> None:
    failed = campaigns.report().with_verdict(Verdict.FAIL)[0]
    assert failed.findings[0].frame_text == campaigns.SAID[2][1]


def test_a_finding_without_a_frame_has_none() -> None:
    inconclusive = campaigns.report().with_verdict(Verdict.INCONCLUSIVE)[0]
    assert (inconclusive.findings[0].frame, inconclusive.findings[0].frame_text) == (None, None)


def test_the_summary_counts_the_verdicts_that_occur() -> None:
    assert campaigns.report().summary == {"PASS": 1, "FAIL": 1, "INCONCLUSIVE": 1, "NOT IMPLEMENTED": 1, "ERROR": 1}


def test_the_reasons_of_cases_that_do_not_apply_are_kept() -> None:
    assert [(one.id, one.reason) for one in campaigns.report().not_applicable] == [
        ("TC_H_01_CS", "not applicable: R-0 is No")
    ]


def test_all_passed_only_if_every_case_did() -> None:
    passed, *others = campaigns.results()
    assert campaigns.report(of=(passed,)).all_passed
    for other in others:
        assert not campaigns.report(of=(passed, other)).all_passed


def test_a_report_about_no_case_did_not_pass() -> None:
    assert not campaigns.report(of=()).all_passed


def test_a_report_says_that_it_is_no_certificate() -> None:
    assert campaigns.report().disclaimer == DISCLAIMER
    assert "not an OCA certificate" in DISCLAIMER


def test_a_report_says_that_its_secrets_are_hidden() -> None:
    assert campaigns.report().statements[-1] == HIDDEN


def test_a_recommendation_that_was_not_followed_is_told_and_fails_nothing() -> None:
    report = campaigns.report(of=campaigns.advised())
    assert report.all_passed
    assert [one.id for one in report.remarked] == ["TC_G_01_CS"]
    assert report.recommendations == 1
    (finding,) = report.remarked[0].findings
    assert (finding.level, finding.recommended) == ("SHOULD", True)
