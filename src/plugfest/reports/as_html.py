"""The report for people: one page that needs nothing else, neither network nor scripts."""

from collections.abc import Sequence
from functools import cache

import jinja2

from plugfest.lab.verdict import Verdict
from plugfest.reports.conversation import Line, conversation
from plugfest.reports.model import CaseEntry, Document, FamilyReport, Report
from plugfest.reports.wording import duration

LONGEST_CONVERSATION = 150
"""Frames of a case that the page shows, the last ones; the JSON form has all."""

MARKS = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✕",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_APPLICABLE: "·",
    Verdict.NOT_IMPLEMENTED: "○",
    Verdict.ERROR: "!",
}


def page(document: Document) -> str:
    """The whole page. What came from a station or a PICS is shown as text, whatever is in it."""
    if isinstance(document, FamilyReport):
        return _template("family.html").render(family=document)
    return _product_page(document)


def _product_page(report: Report) -> str:
    not_passed = [one for one in report.cases if one.verdict not in (Verdict.PASS, Verdict.NOT_IMPLEMENTED)]
    return _template("page.html").render(
        report=report,
        not_passed=not_passed,
        not_implemented=report.with_verdict(Verdict.NOT_IMPLEMENTED),
        conversations={one.id: _conversation(one, report) for one in (*not_passed, *report.remarked)},
        by_profile=_by_profile(report.cases),
    )


def _by_profile(cases: Sequence[CaseEntry]) -> dict[str, list[CaseEntry]]:
    grouped: dict[str, list[CaseEntry]] = {}
    for one in cases:
        grouped.setdefault(one.profile, []).append(one)
    return grouped


def _conversation(case: CaseEntry, report: Report) -> list[Line]:
    return list(conversation(report.frames_of(case), case.frames[0]))[-LONGEST_CONVERSATION:]


def _css_name(verdict: str) -> str:
    return verdict.lower().replace(" ", "-")


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("plugfest.reports", "template"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"duration": duration, "css_name": _css_name, "mark": lambda name: MARKS[Verdict(name)]}
    return environment.get_template(name)
