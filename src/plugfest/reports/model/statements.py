"""What a reader has to know before the results: it stands on the first page, and is never left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plugfest.lab.verdict import Verdict
from plugfest.reports.model.report import CaseEntry, NotApplicable, Run

DISCLAIMER = (
    "Self-test report, not an OCA certificate. Plugfest made it; no OCA test laboratory took part, and it says nothing"
    " about certification."
)

HIDDEN = (
    "Passwords, tokens and private keys are not in this report. Names such as token-1 stand for them, the same name for"
    " the same secret."
)

NOT_PASSED = {
    Verdict.FAIL: ("case failed", "cases failed"),
    Verdict.NOT_IMPLEMENTED: (
        "case applies and was not run: this version of the lab has no code for it",
        "cases apply and were not run: this version of the lab has no code for them",
    ),
    Verdict.INCONCLUSIVE: (
        "case was inconclusive: the situation to test from was not reached",
        "cases were inconclusive: the situation to test from was not reached",
    ),
    Verdict.ERROR: ("case has no result: the lab broke", "cases have no result: the lab broke"),
}
"""What is said of one case with that verdict, and of several."""


class Errata(NamedTuple):
    """The edition of the errata that the cases are selected by, and the one that they are judged by."""

    selected_by: str
    judged_by: str


def statements(
    run: Run,
    cases: Sequence[CaseEntry],
    not_applicable: Sequence[NotApplicable],
    *,
    software: str,
    errata: Errata,
    left_out: int = 0,
) -> tuple[str, ...]:
    """Each thing that limits what the report says, as a sentence. `left_out` counts cases that nobody picked."""
    return (*_of_run(run, software, left_out), *_of_cases(cases, not_applicable, errata), HIDDEN)


def _of_run(run: Run, software: str, left_out: int) -> Iterator[str]:
    if run.operator == "virtual":
        yield f"The station was a virtual one that comes with {software}, in the same process as the lab."
    if run.clock == "simulated":
        yield (
            "The clock was simulated: time jumped over every moment at which nothing had to be done. Durations are"
            " those that the same run would have had in real time, and no performance was measured."
        )
    if run.shuffle is not None:
        yield f"The cases were run in an order drawn from seed {run.shuffle}, not in that of the test plan."
    if run.narrowed:
        number = "1 case" if left_out == 1 else f"{left_out} cases"
        yield f"Only picked cases were run. Of what else applies to this product, {number}, the report says nothing."


def _of_cases(cases: Sequence[CaseEntry], not_applicable: Sequence[NotApplicable], errata: Errata) -> Iterator[str]:
    if errata.selected_by != errata.judged_by:
        yield (
            f"The cases are those of the errata {errata.selected_by}, which the product was declared with; each was"
            f" judged as the errata {errata.judged_by} have it."
        )
    count = Counter(one.verdict for one in cases)
    for verdict, (of_one, of_several) in NOT_PASSED.items():
        if count[verdict]:
            yield f"{count[verdict]} {of_one if count[verdict] == 1 else of_several}."
    if not_applicable:
        number = "1 case" if len(not_applicable) == 1 else f"{len(not_applicable)} cases"
        yield f"{number} of the test plan did not apply by the PICS; the reasons are listed."
