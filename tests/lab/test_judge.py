"""The findings of a case, and when it fails."""

import pytest

from plugfest.lab.judge import Judge
from plugfest.lab.verdict import CaseFailed, Finding


def _judge() -> Judge:
    return Judge(("B07.FR.08",), lambda _: None)


def _expected(findings: list[Finding]) -> list[str]:
    return [finding.expected for finding in findings]


def test_the_first_failed_check_ends_the_case() -> None:
    judge = _judge()
    with pytest.raises(CaseFailed):
        judge.check(False, "a value", "omitted")
    assert _expected(judge.findings) == ["a value"]


def test_every_check_of_a_block_is_made_before_the_case_fails() -> None:
    judge = _judge()

    def checks() -> None:
        with judge.every_check():
            judge.check(False, "a value", "omitted")
            with judge.every_check():
                judge.check(False, "a list of values", "omitted")
            judge.check(True, "a unit", "V")

    with pytest.raises(CaseFailed, match="a value"):
        checks()
    assert _expected(judge.findings) == ["a value", "a list of values"]
    assert judge.checks == 3


def test_a_block_without_failed_checks_goes_on() -> None:
    judge = _judge()
    with judge.every_check():
        judge.check(True, "a value", "1")
    with pytest.raises(CaseFailed):
        judge.check(False, "a unit", "omitted")


def test_a_missing_message_ends_a_block_at_once() -> None:
    judge = _judge()

    def checks() -> None:
        with judge.every_check():
            judge.check(False, "a value", "omitted")
            judge.fail_missing("NotifyReportRequest", "", "none within 30 s")

    with pytest.raises(CaseFailed, match="NotifyReportRequest"):
        checks()
    assert _expected(judge.findings) == ["a value", "NotifyReportRequest"]
