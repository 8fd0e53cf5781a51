"""What a reader has to know before the results: it stands on the first page, and is never left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plugfest.lab.verdict import Verdict
from plugfest.reports.model import CaseEntry, NotApplicable, Run

DISCLAIMER = (
    "Self-test report, not an OCA certificate. Plugfest made it; no OCA test laboratory took part, and it says nothing"
    " about certification."
)

HIDDEN = (
    "Passwords, tokens and private keys are not in this report. Names such as token-1 stand for them, the same name for"
    " the same secret."
)

UNANSWERED = {
    Verdict.NOT_IMPLEMENTED: "applies and was not run: this version of the lab has no code for it",
    Verdict.INCONCLUSIVE: "was inconclusive: the situation to test from was not reached",
    Verdict.ERROR: "has no result: the lab broke",
}


class Errata(NamedTuple):
    """The edition of the errata that the cases are selected by, and the one that they are judged by."""

    selected_by: str
    judged_by: str


def statements(
    run: Run, cases: Sequence[CaseEntry], not_applicable: Sequence[NotApplicable], *, software: str, errata: Errata
) -> tuple[str, ...]:
    """Each thing that limits what the report says, as a sentence."""
    return (*_of_run(run, software), *_of_cases(cases, not_applicable, errata), HIDDEN)


def _of_run(run: Run, software: str) -> Iterator[str]:
    if run.hands == "virtual":
        yield f"The station was a virtual one that comes with {software}, in the same process as the lab."
    if run.clock == "simulated":
        yield (
            "The clock was simulated: time jumped over every moment at which nothing had to be done. Durations are"
            " those that the same run would have had in real time, and no performance was measured."
        )
    if run.shuffle is not None:
        yield f"The cases were run in an order drawn from seed {run.shuffle}, not in that of the test plan."
    if run.narrowed:
        yield "Only picked cases were run. Other cases apply to this product too; this report says nothing about them."


def _of_cases(cases: Sequence[CaseEntry], not_applicable: Sequence[NotApplicable], errata: Errata) -> Iterator[str]:
    if errata.selected_by != errata.judged_by:
        yield (
            f"The cases are those of the errata {errata.selected_by}, which the product was declared with; each was"
            f" judged as the errata {errata.judged_by} have it."
        )
    count = Counter(one.verdict for one in cases)
    for verdict, what in UNANSWERED.items():
        if count[verdict]:
            yield f"{_number(count[verdict])} {what}."
    if not_applicable:
        yield f"{_number(len(not_applicable))} of the test plan did not apply by the PICS; the reasons are listed."


def _number(cases: int) -> str:
    return "1 case" if cases == 1 else f"{cases} cases"
