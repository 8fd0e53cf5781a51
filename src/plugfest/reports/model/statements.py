"""The statements on the first page of a report: everything that limits what its results mean."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from plugfest.lab.verdict import Verdict
from plugfest.products.editions import AmendedEdition
from plugfest.reports.model.report import CaseEntry, NotApplicable, Run, SittingEntry
from plugfest.reports.model.wording import counted

DISCLAIMER: Final = (
    "Self-test report, not an OCA certificate. It was made by Plugfest without an OCA test laboratory and does not"
    " imply certification."
)

REDACTED: Final = (
    "Passwords, tokens and private keys are replaced by names such as token-1; equal secrets have equal names."
)

NOT_PASSED: Final = {
    Verdict.FAIL: ("case failed", "cases failed"),
    Verdict.NOT_IMPLEMENTED: (
        "case applies but was not run: this version of the lab does not implement it",
        "cases apply but were not run: this version of the lab does not implement them",
    ),
    Verdict.INCONCLUSIVE: (
        "case was inconclusive: the initial state was not reached or not restored, or the operator did not act",
        "cases were inconclusive: the initial state was not reached or not restored, or the operator did not act",
    ),
    Verdict.ERROR: (
        "case has no result because of an error in the lab",
        "cases have no result because of an error in the lab",
    ),
}
"""The statement about one case with a verdict, and about several."""


class Editions(NamedTuple):
    """The edition and errata by which the cases are selected, and those by which they are judged."""

    selected_by: AmendedEdition
    judged_by: AmendedEdition


def statements(
    run: Run,
    cases: Sequence[CaseEntry],
    not_applicable: Sequence[NotApplicable],
    *,
    software: str,
    editions: Editions,
    left_out: int = 0,
) -> tuple[str, ...]:
    """The statements, a sentence or two each. `left_out`: the number of applicable cases that were not selected."""
    return (
        *_about_run(run, software, left_out),
        *_about_sittings(run),
        *_about_cases(cases, not_applicable, editions),
        REDACTED,
    )


def _about_run(run: Run, software: str, left_out: int) -> Iterator[str]:
    if run.operator == "virtual":
        yield f"The station was the virtual station of {software}, in the same process as the lab."
    if run.jobs > 1:
        yield f"{run.jobs} such processes shared the cases, each with a station of its own."
    if run.clock == "simulated":
        yield (
            "The clock was simulated: it skips the time between events. Durations are those of a run in real time;"
            " performance was not measured."
        )
    yield from _about_preparation(run)
    if run.contradictions:
        lines = ". ".join(one.line for one in run.contradictions)
        yield f"The PICS contradicts what the station reports; the verdicts follow the PICS. {lines}."
    for one in run.missing_capabilities:
        if one.cases:
            yield f"{one.reason[:1].upper()}{one.reason[1:]}: {counted(len(one.cases), 'case')} could not be run."
    if run.shuffle is not None:
        yield f"The cases were run in random order (seed {run.shuffle}), not in the order of the test plan."
    if left_out:
        yield f"Only selected cases were run. The report does not cover {counted(left_out, 'other applicable case')}."


def _about_preparation(run: Run) -> Iterator[str]:
    if run.findings:
        yield f"Before the first case: {'; '.join(finding.line for finding in run.findings)}."
    if run.standstills:
        yield f"Before the first case, {'; '.join(run.standstills)}: the lab prepared the station again."


def _about_sittings(run: Run) -> Iterator[str]:
    if run.sittings:
        yield f"The cases were run in {len(run.sittings)} sittings: {'; '.join(map(_sitting, run.sittings))}."
    if run.unfinished:
        yield f"The run is not finished: {counted(run.unfinished, 'more case')} without a result."


def _sitting(one: SittingEntry) -> str:
    return f"{counted(one.cases, 'case')} in that of {one.started_at:%Y-%m-%d %H:%M:%S} UTC, by {one.software}"


def _about_cases(
    cases: Sequence[CaseEntry], not_applicable: Sequence[NotApplicable], editions: Editions
) -> Iterator[str]:
    selected_by, judged_by = editions
    if selected_by.edition != judged_by.edition:
        yield f"The cases were selected by {selected_by.title}, and judged by {judged_by.title}."
    elif selected_by != judged_by:
        yield (
            f"The cases were selected by the errata {selected_by.errata}, which the product declares, and judged by"
            f" the errata {judged_by.errata}."
        )
    count = Counter(case.verdict for case in cases)
    for verdict, (singular, plural) in NOT_PASSED.items():
        if count[verdict]:
            yield f"{count[verdict]} {singular if count[verdict] == 1 else plural}."
    if not_applicable:
        number = counted(len(not_applicable), "case")
        yield f"According to the PICS, {number} of the test plan did not apply; the reasons are listed."
