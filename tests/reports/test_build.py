"""The report of a campaign has every result unchanged."""

from pathlib import Path

import msgspec
import pytest
from tests.reports import campaigns

from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.operator.missing_capabilities import MissingCapability
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict
from plugfest.products import load_product
from plugfest.reports.build import CampaignDetails, build_report
from plugfest.reports.model.statements import DISCLAIMER, REDACTED
from plugfest.runs.frame_file import FrameFile


def test_a_report_says_what_was_tested() -> None:
    tested = campaigns.report().product
    assert (tested.slug, tested.ocpp_version) == (campaigns.PRODUCT, "2.0.1")
    assert tested.profiles == ("Core", "Advanced Security")


def test_every_result_becomes_an_entry_with_the_same_verdict() -> None:
    entries = campaigns.report().cases
    assert [(one.id, one.verdict) for one in entries] == [(one.id, one.verdict) for one in campaigns.results()]


def test_a_finding_carries_the_text_of_its_frame() -> None:
    failed = campaigns.report().with_verdict(Verdict.FAIL)[0]
    assert failed.findings[0].frame_text == campaigns.TIMED_FRAMES[2][1]


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


def test_a_finding_before_the_first_case_stands_on_the_first_page_and_fails_the_campaign() -> None:
    (passed,) = campaigns.results()[:1]
    report = campaigns.report(of=(passed,), before=(campaigns.FINDING,))
    (finding,) = report.run.findings
    assert any(text.startswith("Before the first case: ") and finding.line in text for text in report.statements)
    assert not report.all_passed


def test_a_standstill_before_the_first_case_stands_on_the_first_page_and_fails_nothing() -> None:
    details = CampaignDetails(clock="real", started_at=campaigns.START, duration_s=1.0, settings=LabSettings())
    (passed,) = campaigns.results()[:1]
    reason = "the lab stood still for 40 s"
    report = build_report(load_product("reference-ac"), (passed,), campaigns.frames(), details, standstills=(reason,))
    assert report.run.standstills == (reason,)
    assert any(text.startswith(f"Before the first case, {reason}") for text in report.statements)
    assert report.all_passed


def test_a_report_for_the_summary_alone_has_no_evidence_and_reads_no_frame() -> None:
    details = CampaignDetails(
        clock="simulated", started_at=campaigns.START, duration_s=1.0, settings=LabSettings(), evidence=False
    )
    unreadable = FrameFile.at(Path("/nowhere"))
    unreadable.note(0)
    passed = msgspec.structs.replace(campaigns.results()[0], findings=(), abandoned=())
    report = build_report(load_product("reference-ac"), (passed,), unreadable, details)
    assert (report.frames, report.connections) == ((), ())
    assert report.summary == {"PASS": 1}


def test_a_recommendation_before_the_first_case_fails_nothing() -> None:
    (passed,) = campaigns.results()[:1]
    assert campaigns.report(of=(passed,), before=(campaigns.ADVICE,)).all_passed


def test_what_the_operator_could_not_do_is_listed_with_its_cases_and_stands_on_the_first_page() -> None:
    lacking = MissingCapability(Capability.POWER_CYCLE, "the operator cannot do it", ("TC_B_02_CS",), ("TC_B_03_CS",))
    report = campaigns.report(missing=(lacking,))
    (entry,) = report.run.missing_capabilities
    assert (entry.capability, entry.reason) == ("power_cycle", "the operator cannot do it")
    assert (entry.cases, entry.possible_cases) == (("TC_B_02_CS",), ("TC_B_03_CS",))
    assert "The operator cannot do it: 1 case could not be run." in report.statements


def test_a_contradiction_stands_on_the_first_page_and_beside_the_findings_that_follow_from_it() -> None:
    one = Contradiction(claims=("HFS-8",), claimed="EVSE 1, 2", reported="EVSE 1")
    finding = msgspec.structs.replace(campaigns.FINDING, contradictions=(one.text,))
    passed = campaigns.results()[0]
    report = campaigns.report(
        of=(msgspec.structs.replace(passed, verdict=Verdict.FAIL, findings=(finding,)),), contradictions=(one,)
    )
    (entry,) = report.run.contradictions
    assert (entry.claims, entry.line) == (("HFS-8",), "PICS: EVSE 1, 2; station: EVSE 1")
    assert any(text.endswith("follow the PICS. PICS: EVSE 1, 2; station: EVSE 1.") for text in report.statements)
    (shown,) = report.cases[0].findings
    assert shown.contradictions == (one.text,)
    assert shown.line.endswith("; PICS: EVSE 1, 2; station: EVSE 1")


def test_a_report_about_no_case_did_not_pass() -> None:
    assert not campaigns.report(of=()).all_passed


def test_a_report_says_that_it_is_not_a_certificate() -> None:
    assert campaigns.report().disclaimer == DISCLAIMER
    assert "not an OCA certificate" in DISCLAIMER


def test_a_report_says_that_its_secrets_are_replaced() -> None:
    assert campaigns.report().statements[-1] == REDACTED


def test_a_recommendation_that_was_not_followed_is_reported_and_fails_no_case() -> None:
    report = campaigns.report(of=campaigns.advised())
    assert report.all_passed
    assert [one.id for one in report.with_recommendations] == ["TC_G_01_CS"]
    assert report.recommendation_count == 1
    (finding,) = report.with_recommendations[0].findings
    assert (finding.level, finding.is_recommendation) == ("SHOULD", True)


def test_the_first_page_counts_the_cases_that_were_not_selected() -> None:
    (one,) = campaigns.results()[:1]
    report = campaigns.report(of=(one,), left_out=178)
    assert any(
        "Only selected cases" in statement and "178 other applicable cases" in statement
        for statement in report.statements
    )
    assert report.profiles[0].result == "Not Tested"


@pytest.mark.parametrize(
    ("verdict", "one", "two"),
    [
        (Verdict.FAIL, "1 case failed", "2 cases failed"),
        (Verdict.INCONCLUSIVE, "1 case was inconclusive", "2 cases were inconclusive"),
        (Verdict.NOT_IMPLEMENTED, "1 case applies", "2 cases apply"),
        (Verdict.ERROR, "1 case has no result", "2 cases have no result"),
    ],
)
def test_the_first_page_counts_the_cases_that_did_not_pass(verdict: Verdict, one: str, two: str) -> None:
    (result,) = (each for each in campaigns.results() if each.verdict is verdict)
    assert any(statement.startswith(one) for statement in campaigns.report(of=(result,)).statements)
    assert any(statement.startswith(two) for statement in campaigns.report(of=(result, result)).statements)


def test_a_failed_profile_counts_the_cases_without_a_result() -> None:
    assert campaigns.report().profiles[0].remark == "1 of 4 cases failed, 2 without a result"


def test_a_partial_run_does_not_say_what_was_tested_of_the_claims() -> None:
    def heads(left_out: int) -> set[str]:
        report = campaigns.report(of=campaigns.results()[:1], left_out=left_out)
        return {
            head for chapter in report.claims.optional_features for table in chapter.tables for head in table.columns
        }

    assert "Tested" in heads(0)
    assert "Tested" not in heads(3)
    assert "To be tested" in heads(3)
