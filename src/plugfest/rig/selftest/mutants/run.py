"""Runs mutants past the lab: which wrong stations does it notice?"""

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
from plugfest.rig.selftest.mutants.generate import mutants_of
from plugfest.rig.selftest.mutants.mutant import Mutant
from plugfest.rig.selftest.mutants.tamper import Tamper
from plugfest.rig.virtual import virtual_bench, virtual_lab


class NotHonest(LabError):
    """The case does not pass for the honest station, so mutants of it prove nothing."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one mutant. `struck`: whether its place in the conversation came at all."""

    mutant: Mutant
    result: CaseResult
    struck: bool

    @property
    def killed(self) -> bool:
        """The lab noticed: the wrong station failed the case, and not for what another one left behind."""
        return self.struck and self.result.verdict is Verdict.FAIL


class _Listener:
    """Tells the tamper which mutant begins, and keeps what each case judged."""

    def __init__(self, tampers: list[Tamper], mutants: Sequence[Mutant | None]) -> None:
        self._tampers = tampers
        self._mutants = mutants
        self._number = 0
        self.struck: list[bool] = []
        self.judged: tuple[CheckedMessage, ...] = ()
        self.scenario = 0

    def __call__(self, event: events.Event) -> None:
        (tamper,) = self._tampers
        if isinstance(event, events.CaseStarted):
            self._number = event.number
        elif isinstance(event, events.ScenarioStarted):  # what it takes to get there may differ from run to run
            tamper.begin(self._mutants[self._number - 1])
        elif isinstance(event, events.CaseFinished):
            self.struck.append(tamper.struck)
            tamper.begin(None)
            self.judged, self.scenario = event.judged, event.result.scenario or 0


async def selftest(product: Product, case: CampaignCase, settings: LabSettings) -> list[Outcome]:
    """Run every mutant of a case.

    Raises:
        NotHonest: the honest station does not pass the case.
    """
    (honest,), frames, listener = await _run(product, case, [None], settings)
    if honest.verdict is not Verdict.PASS:
        raise NotHonest(f"{case.id} is {honest.verdict} for the honest {product.slug}")
    protocol = by_name(product.ocpp_version)
    mutants = mutants_of(case.id, protocol, listener.judged, frames[slice(*honest.frames)], listener.scenario)
    outcomes = await _outcomes(product, case, mutants, settings)
    # One that never came to its place may have met with what the one before it had left behind: try it by itself.
    return [one if one.struck else (await _outcomes(product, case, [one.mutant], settings))[0] for one in outcomes]


async def _outcomes(
    product: Product, case: CampaignCase, mutants: Sequence[Mutant], settings: LabSettings
) -> list[Outcome]:
    """All of them on one bench."""
    if not mutants:
        return []
    results, _, listener = await _run(product, case, mutants, settings)
    return [
        Outcome(mutant, result, struck)
        for mutant, result, struck in zip(mutants, results, listener.struck, strict=True)
    ]


async def _run(
    product: Product, case: CampaignCase, mutants: Sequence[Mutant | None], settings: LabSettings
) -> tuple[tuple[CaseResult, ...], list[Frame], _Listener]:
    tampers: list[Tamper] = []
    listener = _Listener(tampers, mutants)
    lab = virtual_lab(product, settings, [listener])
    tampers.append(Tamper(lab.csms))
    async with virtual_bench(lab, product) as operator:
        results = await Engine(lab).run([case] * len(mutants), operator)
    return results, lab.record.frames, listener
