"""The sittings of a run: which cases are left, and the report about all of them."""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignOutcome
from plugfest.lab.selection import Choice
from plugfest.products import Product
from plugfest.reports.build import CampaignDetails, build_report, redactor_for
from plugfest.reports.model.report import Report, SittingEntry
from plugfest.reports.redaction.redactor import Redactor
from plugfest.runs.combination import combination, done_ids, joined, passed_ids
from plugfest.runs.entries import SittingBegan
from plugfest.runs.sitting import Sitting


def left_cases(choice: Choice, sittings: Sequence[Sitting], *, repeats: bool) -> tuple[CampaignCase, ...]:
    """The cases that have no result yet; if the run `repeats`, also those that did not pass."""
    without = passed_ids(sittings) if repeats else done_ids(sittings)
    return tuple(case for case in choice.chosen if case.id not in without)


def sitting_of(began: SittingBegan, outcome: CampaignOutcome, duration_s: float, planned: tuple[str, ...]) -> Sitting:
    """A sitting that has ended. `planned`: the ids of its cases."""
    return Sitting(
        began=began,
        duration_s=duration_s,
        results=outcome.results,
        frames=outcome.frames,
        findings=outcome.findings,
        missing=outcome.missing_capabilities,
        contradictions=outcome.contradictions,
        connections=outcome.connections,
        standstills=outcome.standstills,
        is_finished=True,
        planned=planned,
    )


def report_of_sittings(
    product: Product, sittings: Sequence[Sitting], make_details: Callable[..., CampaignDetails]
) -> tuple[Report, Redactor]:
    """The report about all sittings with results, and what redacts other texts of them like the report.

    `make_details` lacks only what is in the sittings.
    """
    with_results = joined([one for one in sittings if one.results] or list(sittings[-1:]))
    combined = combination(with_results)
    outcome = combined.outcome
    details = make_details(
        clock=with_results[0].began.clock,
        operator=with_results[0].began.operator,
        settings=with_results[0].began.settings,
        started_at=with_results[0].began.started_at,
        duration_s=sum(one.duration_s for one in with_results),
        jobs=max(one.began.jobs for one in with_results),
    )
    if len(with_results) > 1:
        count = Counter(combined.sitting_of.values())
        entries = tuple(_entry(one, count[number]) for number, one in enumerate(with_results, 1))
        details = msgspec.structs.replace(details, sittings=entries, sitting_of=combined.sitting_of)
    redactor = redactor_for(outcome.frames, *(one.began.settings for one in with_results))
    report = build_report(
        product,
        outcome.results,
        outcome.frames,
        details,
        redactor,
        outcome.findings,
        outcome.missing_capabilities,
        outcome.contradictions,
        outcome.connections,
        outcome.standstills,
    )
    return report, redactor


def _entry(sitting: Sitting, cases: int) -> SittingEntry:
    began = sitting.began
    return SittingEntry(
        started_at=began.started_at,
        duration_s=round(sitting.duration_s, 3),
        software=began.software,
        cases=cases,
    )
