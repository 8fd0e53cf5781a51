"""What a person reads when a campaign has ended."""

import io

from rich.console import Console
from tests.reports import campaigns

from plugfest.cli.terminal.outcome import show, summary_line
from plugfest.reports.model.model import Report


def shown(report: Report) -> str:
    text = io.StringIO()
    show(Console(file=text, width=160), report)
    return " ".join(text.getvalue().split())


def test_what_failed_is_told_with_its_rule() -> None:
    text = shown(campaigns.report())
    assert "TC_E_09_CS E01.FR.07 seqNo 0" in text
    assert "recommendation" not in text


def test_a_recommendation_is_told_of_a_case_that_passed() -> None:
    report = campaigns.report(of=campaigns.advised())
    text = shown(report)
    assert "TC_G_01_CS" in text
    assert "recommendation" in text
    assert summary_line(report).plain.startswith("2 cases: 2 PASS; 1 recommendation not followed; ")
