"""The report as one HTML page, which loads nothing and has no scripts."""

from collections.abc import Iterable
from functools import cache
from typing import Final

import jinja2

from plugfest.lab.verdict import Verdict
from plugfest.reports.drawings.response_times import response_times
from plugfest.reports.formats.html_environment import html_environment
from plugfest.reports.formats.html_evidence import evidence
from plugfest.reports.formats.line_breaks import with_line_breaks
from plugfest.reports.model.report import CaseEntry, Document, FamilyReport, Report
from plugfest.reports.model.wording import (
    METER_VALUES,
    RESPONSE_TIMES,
    counted,
    duration,
    outcome,
    outcome_of_family,
    statements,
)

MARKS: Final = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✕",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_APPLICABLE: "·",
    Verdict.NOT_IMPLEMENTED: "○",
    Verdict.ERROR: "!",
}


def page(document: Document) -> str:
    """The page. Values from a station or a PICS are escaped."""
    family = document if isinstance(document, FamilyReport) else None
    report, *members = document.reports
    return _template().render(
        document=document,
        family=family,
        report=report,
        members=members,
        evidence=list(evidence(report)),
        response_times=response_times(report),
    )


def _not_passed(report: Report) -> list[CaseEntry]:
    """The cases that were run and did not pass."""
    return [case for case in report.cases if case.verdict not in (Verdict.PASS, Verdict.NOT_IMPLEMENTED)]


def _by_profile(cases: Iterable[CaseEntry]) -> list[tuple[str, list[CaseEntry]]]:
    found: dict[str, list[CaseEntry]] = {}
    for case in cases:
        found.setdefault(case.profile, []).append(case)
    return list(found.items())


def css_name(verdict: str) -> str:
    """The CSS class of a verdict."""
    return verdict.lower().replace(" ", "-")


@cache
def _template() -> jinja2.Template:
    environment = html_environment("plugfest.reports.formats", "template")
    environment.globals |= {"METER_VALUES": METER_VALUES, "RESPONSE_TIMES": RESPONSE_TIMES}
    environment.filters |= {
        "breakable": with_line_breaks,
        "by_profile": _by_profile,
        "counted": counted,
        "css_name": css_name,
        "duration": duration,
        "mark": lambda name: MARKS[Verdict(name)],
        "not_passed": _not_passed,
        "outcome": outcome,
        "outcome_of_family": outcome_of_family,
        "statements": statements,
    }
    return environment.get_template("page.html")
