"""Runs a case with its mutants: which of them does the lab detect?"""

from collections.abc import Sequence

import msgspec

from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import Engine
from plugfest.lab.judge import CheckedMessage
from plugfest.lab.recording.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, LabError, Verdict
from plugfest.ocpp.versions import by_name
from plugfest.products import Product
from plugfest.rig.selftest.bench import shared_pki
from plugfest.rig.selftest.mutants.fault_injector import FaultInjector
from plugfest.rig.selftest.mutants.generate import mutants_of
from plugfest.rig.selftest.mutants.mutant import Mutant
from plugfest.rig.virtual import virtual_bench, virtual_lab


class ConformingStationFailed(LabError):
    """The case does not pass with the conforming station, so its mutants prove nothing."""


class Outcome(msgspec.Struct, frozen=True):
    """The result of a case with a mutant. `applied`: whether its fault was injected."""

    mutant: Mutant
    result: CaseResult
    applied: bool

    @property
    def detected(self) -> bool:
        """Whether the case failed because of the fault."""
        return self.applied and self.result.verdict is Verdict.FAIL


class MutantListener:
    """Starts the mutants at the fault injector, and keeps the checked messages of each case."""

    def __init__(self, injectors: list[FaultInjector], mutants: Sequence[Mutant | None]) -> None:
        self._tampers = injectors
        self._mutants = mutants
        self._number = 0
        self.applied: list[bool] = []
        self.judged: tuple[CheckedMessage, ...] = ()
        self.scenario = 0

    def __call__(self, event: events.Event) -> None:
        (injector,) = self._tampers
        if isinstance(event, events.CaseStarted):
            self._number = event.number
        elif isinstance(event, events.ScenarioStarted):  # the preparation may differ between runs
            injector.start(self._mutants[self._number - 1])
        elif isinstance(event, events.CaseFinished):
            self.applied.append(injector.applied)
            injector.start(None)
            self.judged, self.scenario = event.checked_messages, event.result.scenario or 0


async def run_mutants(product: Product, case: CampaignCase, settings: LabSettings) -> list[Outcome]:
    """Run every mutant of a case.

    Raises:
        ConformingStationFailed: the conforming station does not pass the case.
    """
    (conforming,), frames, listener = await run_in_turn(product, case, [None], settings)
    if conforming.verdict is not Verdict.PASS:
        raise ConformingStationFailed(f"{case.id} is {conforming.verdict} for the conforming {product.slug}")
    protocol = by_name(product.ocpp_version)
    mutants = mutants_of(case.id, protocol, listener.judged, frames[slice(*conforming.frames)], listener.scenario)
    outcomes = await _outcomes(product, case, mutants, settings)
    # A fault that was not injected may be due to the mutant before it: run this mutant alone.
    return [one if one.applied else (await _outcomes(product, case, [one.mutant], settings))[0] for one in outcomes]


async def _outcomes(
    product: Product, case: CampaignCase, mutants: Sequence[Mutant], settings: LabSettings
) -> list[Outcome]:
    """Run all mutants on one bench."""
    if not mutants:
        return []
    results, _, listener = await run_in_turn(product, case, mutants, settings)
    return [
        Outcome(mutant, result, applied)
        for mutant, result, applied in zip(mutants, results, listener.applied, strict=True)
    ]


async def run_in_turn(
    product: Product, case: CampaignCase, mutants: Sequence[Mutant | None], settings: LabSettings
) -> tuple[tuple[CaseResult, ...], list[Frame], MutantListener]:
    """Run the case once with each mutant, all on one bench; None: with the conforming station."""
    injectors: list[FaultInjector] = []
    listener = MutantListener(injectors, mutants)
    lab = virtual_lab(product, settings, [listener], shared_pki())
    injectors.append(FaultInjector(lab.csms))
    async with virtual_bench(lab, product) as operator:
        results = (await Engine(lab).run([case] * len(mutants), operator)).results
    return results, list(lab.record.frames), listener
