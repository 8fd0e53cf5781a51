"""The summary of a campaign on the terminal."""

import io

import pytest
from rich.console import Console
from tests.reports import campaigns

from plugfest.cli.terminal.summary import performance_table, show, summary_line
from plugfest.lab.recording.performance import Measurement
from plugfest.products import load_product
from plugfest.reports.model.indicators import indicators
from plugfest.reports.model.report import Report

PRODUCT = load_product("alpitronic-hyc-400-us")


def shown(report: Report) -> str:
    text = io.StringIO()
    show(Console(file=text, width=160), report)
    return " ".join(text.getvalue().split())


def printed(what: object) -> str:
    console = Console(file=io.StringIO(), width=140, color_system=None)
    show(console, what) if isinstance(what, Report) else console.print(what)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def row(seconds: float) -> list[str]:
    """The cells of the response time with this maximum."""
    shown = printed(performance_table(indicators(PRODUCT, {"response": Measurement(0.1, seconds, 0.2, 9)})))
    (line,) = (line for line in shown.splitlines() if "OCPP response time" in line)
    return line.removeprefix(" OCPP response time").split()


def test_a_failed_case_is_printed_with_its_requirement() -> None:
    text = shown(campaigns.report())
    assert "TC_E_09_CS E01.FR.07 seqNo 0" in text
    assert "recommendation" not in text


def test_a_finding_before_the_first_case_is_printed_first() -> None:
    text = shown(campaigns.report(before=(campaigns.FINDING,)))
    assert text.index("before the E01.FR.07") < text.index("TC_E_09_CS")


def test_a_recommendation_is_printed_for_a_case_that_passed() -> None:
    report = campaigns.report(of=campaigns.advised())
    text = shown(report)
    assert "TC_G_01_CS" in text
    assert "recommendation" in text
    assert summary_line(report).plain.startswith("2 cases: 2 PASS; 1 recommendation not followed; ")


def test_an_indicator_is_a_row_with_its_limit() -> None:
    assert row(1.5) == ["30", "0.100", "1.500", "0.200", "9"]


def test_a_maximum_above_the_limit_is_marked() -> None:
    assert "30.001, above the limit" in " ".join(row(30.001))


def test_an_indicator_without_measurements_is_not_measurable() -> None:
    assert printed(performance_table(indicators(PRODUCT, {}))).count("not measurable") == 4


@pytest.mark.parametrize(("clock", "shown"), [("simulated", False), ("real", True)])
def test_indicators_are_printed_after_a_run_in_real_time(clock: str, shown: bool) -> None:
    assert ("OCPP response time" in printed(campaigns.report(clock=clock))) == shown


def test_without_a_case_no_indicators_are_printed() -> None:
    text = printed(campaigns.report(clock="real", of=(), before=(campaigns.FINDING,)))
    assert "before the" in text
    assert "No case was run" in text
    assert "OCPP response time" not in text


def test_a_reason_that_is_printed_elsewhere_is_not_repeated() -> None:
    console = Console(file=io.StringIO(), width=140, color_system=None)
    show(console, campaigns.report(of=(), before=(campaigns.FINDING,)), printed=campaigns.FINDING.actual)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert campaigns.FINDING.actual not in text
    assert "No case was run" in text
