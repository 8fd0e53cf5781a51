"""Runs a case with changes of its messages: which of them does the lab notice?"""

from collections.abc import Iterator, Sequence

import msgspec

from plugfest.lab.case import CampaignCase
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding, Verdict
from plugfest.ocpp.versions import by_name
from plugfest.products import Product
from plugfest.rig.selftest.mutants.mutant import Mutant
from plugfest.rig.selftest.mutants.run import ConformingStationFailed, run_in_turn
from plugfest.rig.selftest.specification.change import Change
from plugfest.rig.selftest.specification.generate import changes, sample

TOGETHER = 20
"""The number of changes on one bench."""


class ChangeOutcome(msgspec.Struct, frozen=True):
    """The result of a case with a change. `noticed`: the case fails, or a recommendation is not followed."""

    change: Change
    result: CaseResult
    noticed: bool


async def run_changes(
    product: Product, case: CampaignCase, settings: LabSettings, *, size: int, seed: str
) -> list[ChangeOutcome]:
    """Run a sample of the changes of a case.

    A change that could not be made has no outcome: the moved message was the last one, or an earlier one hides it.

    Raises:
        ConformingStationFailed: the conforming station does not pass the case.
    """
    (conforming,), frames, listener = await run_in_turn(product, case, [None], settings)
    if conforming.verdict is not Verdict.PASS:
        raise ConformingStationFailed(f"{case.id} is {conforming.verdict} for the conforming {product.slug}")
    protocol = by_name(product.ocpp_version)
    every = list(changes(case.id, protocol, frames[slice(*conforming.frames)], listener.scenario))
    outcomes: list[ChangeOutcome] = []
    for together in _batches(sample(every, size, f"{seed} {case.id}")):
        done, again = await _run_in_sequence(product, case, together, settings)
        outcomes += done
        outcomes += await run_separated(product, case, again, settings)
    return outcomes


def _batches(every: Sequence[Change]) -> Iterator[Sequence[Change]]:
    for first in range(0, len(every), TOGETHER):
        yield every[first : first + TOGETHER]


async def _run_in_sequence(
    product: Product, case: CampaignCase, together: Sequence[Change], settings: LabSettings
) -> tuple[list[ChangeOutcome], Sequence[Change]]:
    """Run changes on one bench, one after the other, between two runs of the conforming station.

    Returns the outcomes, and the changes to be run again: those that were not made, perhaps because of the one before
    them; all, if the last run fails, because one of them has left the station in another state.
    """
    results, _, listener = await run_in_turn(product, case, [None, *(one.mutant for one in together), None], settings)
    conforming, *changed, last = results
    if last.verdict is not Verdict.PASS:
        return [], together
    applied, again = [], []
    for change, result, was_applied in zip(together, changed, listener.applied[1:-1], strict=True):
        if was_applied:
            applied.append(ChangeOutcome(change, result, _is_noticed(conforming, result)))
        else:
            again.append(change)
    return applied, again


async def run_separated(
    product: Product, case: CampaignCase, pending: Sequence[Change], settings: LabSettings
) -> list[ChangeOutcome]:
    """Run changes, each after a run of the conforming station, on as many benches as they need.

    A change that could not be made has no outcome.
    """
    outcomes: list[ChangeOutcome] = []
    while pending:
        together, pending = pending[:TOGETHER], pending[TOGETHER:]
        done, again = await _run_alternating(product, case, together, settings)
        outcomes += done
        pending = [*again, *pending]
    return outcomes


async def _run_alternating(
    product: Product, case: CampaignCase, together: Sequence[Change], settings: LabSettings
) -> tuple[list[ChangeOutcome], Sequence[Change]]:
    """Run changes on one bench, each after a run of the conforming station.

    Returns the outcomes, and the changes to be run again: a conforming station that fails was left in another state by
    the change before, and the bench is no longer fit for use.
    """
    turns: list[Mutant | None] = [turn for change in together for turn in (None, change.mutant)]
    results, _, listener = await run_in_turn(product, case, turns, settings)
    outcomes: list[ChangeOutcome] = []
    for number, change in enumerate(together):
        conforming, changed = results[2 * number : 2 * number + 2]
        if number and conforming.verdict is not Verdict.PASS:
            return outcomes, together[number:]
        if listener.applied[2 * number + 1]:
            outcomes.append(ChangeOutcome(change, changed, _is_noticed(conforming, changed)))
    return outcomes, []


def _is_noticed(conforming: CaseResult, changed: CaseResult) -> bool:
    if changed.verdict is Verdict.FAIL:
        return True
    known = {_rule(finding) for finding in conforming.findings}
    return changed.verdict is Verdict.PASS and any(_rule(finding) not in known for finding in changed.findings)


def _rule(finding: Finding) -> tuple[str, str]:
    return finding.requirement, finding.expected
