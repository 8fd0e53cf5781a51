"""What the conforming station does in each case: which variants have an effect there, which scenarios are equal."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, Final

import msgspec

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.engine import CampaignOutcome
from plugfest.lab.recording.exchanges import parsed
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.selection import written_cases
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult
from plugfest.ocpp.frames import Call, CallResult
from plugfest.ocpp.versions import Protocol, by_name
from plugfest.products import Product, load_product
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch, patched
from plugfest.rig.selftest.bench import shared_pki
from plugfest.rig.selftest.variants.catalogue import CATALOGUE
from plugfest.rig.selftest.variants.message_filter import FilterRun, MessageFilter
from plugfest.rig.selftest.variants.variant import Variant, same_product
from plugfest.rig.virtual import run_campaign

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z.-]*")
"""Texts that a digest contains: values of enumerations, names of components and variables."""


class Scenario(msgspec.Struct, frozen=True):
    """A case with the conforming station.

    `frames` are those of the case and of the restoring after it, `called` the functions of the station that variants
    replace, if they were called in the case or before the first case. `digest` is equal if the same steps were taken
    with as many checks, and the messages have the same fields and names; numbers, times and ids may differ.
    """

    frames: tuple[Frame, ...]
    called: frozenset[str]
    digest: str


def has_effect(variant: Variant, scenario: Scenario, protocol: Protocol) -> bool:
    """Whether a variant does anything in this scenario that the conforming station does not do."""
    if variant.product is not same_product or any(str(patch) in scenario.called for patch in variant.patches):
        return True
    return variant.filter is not None and _changes(variant.filter, scenario.frames, protocol)


def _changes(message_filter: MessageFilter, frames: Iterable[Frame], protocol: Protocol) -> bool:
    run = FilterRun(message_filter, protocol)
    actions: dict[str, str] = {}  # of the requests of the lab, by message id
    for frame in frames:
        message = parsed(frame.text)
        if frame.direction is Direction.FROM_LAB and isinstance(message, Call):
            actions[message.message_id] = message.action
        elif frame.direction is Direction.FROM_STATION and isinstance(message, Call):
            list(run.calls(message))
        elif isinstance(message, CallResult) and message.message_id in actions:
            run.result(message, actions[message.message_id])
        if run.applied:
            return True
    return False


class Scenarios:
    """The scenarios of one product. Each case is run once, when it is asked for."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._known: dict[str, Scenario] = {}

    def of(self, case_ids: Collection[str]) -> dict[str, Scenario]:
        """The scenarios of these cases, which apply to the product."""
        missing = [one for one in written_cases(self._product) if one.id in case_ids and one.id not in self._known]
        if missing:
            with patched(_observed(self._product.ocpp_version)) as called:
                listener = _Calls(called)
                running = run_campaign(
                    self._product, missing, settings=LabSettings(), listeners=[listener], pki=shared_pki()
                )
                outcome = clock.run(running, simulated=True)
            self._known.update(_scenarios(outcome, listener.by_case))
        return {case_id: self._known[case_id] for case_id in case_ids}


def _observed(version: str) -> list[Patch]:
    """The functions that variants of this version replace, unchanged."""
    found = (patch for variant in CATALOGUE if variant.ocpp_version == version for patch in variant.patches)
    return list({str(patch): Patch(patch.owner, patch.name, _unchanged) for patch in found}.values())


def _unchanged(original: Function) -> Function:
    return original


class _Calls:
    """Notes which functions are called in each case; those before the first case count in each of them."""

    def __init__(self, called: set[Patch]) -> None:
        self._called = called
        self._first: frozenset[str] | None = None
        self._case = ""
        self.by_case: dict[str, frozenset[str]] = {}

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.CaseStarted | events.CampaignFinished):
            names = frozenset(map(str, self._called))
            self._called.clear()
            if self._first is None:
                self._first = names
            else:
                self.by_case[self._case] = self._first | names
        if isinstance(event, events.CaseStarted):
            self._case = event.id


def _scenarios(outcome: CampaignOutcome, called: dict[str, frozenset[str]]) -> Iterator[tuple[str, Scenario]]:
    begins = [result.frames[0] for result in outcome.results]
    ends = [*begins[1:], len(outcome.frames)]
    for result, begin, end in zip(outcome.results, begins, ends, strict=True):
        frames = tuple(outcome.frames[begin:end])
        yield result.id, Scenario(frames, called[result.id], _digest(result, outcome.frames[slice(*result.frames)]))


def _digest(result: CaseResult, frames: Sequence[Frame]) -> str:
    steps = [step.step for step in result.steps]
    messages = [_outline(msgspec.json.decode(frame.text)) for frame in frames if parsed(frame.text) is not None]
    return sha256(msgspec.json.encode([result.checks, steps, messages], order="sorted")).hexdigest()


def _outline(value: Any) -> Any:
    """A message without numbers, times and ids."""
    if isinstance(value, dict):
        return {name: _outline(field) for name, field in value.items()}
    if isinstance(value, list):
        return [_outline(item) for item in value]
    if isinstance(value, str):
        return value if _NAME.fullmatch(value) else ""
    return value if isinstance(value, bool) else 0


@cache
def scenarios_of(product: str) -> Scenarios:
    """The scenarios of a product, by its name, for all jobs of this process."""
    return Scenarios(load_product(product))


def new_cases(
    variant: Variant, product: str, case_ids: Sequence[str], run_before: Mapping[str, Sequence[str]]
) -> list[str]:
    """The cases in which a variant has an effect, without those that are equal with a product before.

    `run_before`: those products, and the cases that the variant is run with as each of them.
    """
    if variant.product is not same_product:
        return list(case_ids)
    scenarios, protocol = scenarios_of(product).of(case_ids), by_name(variant.ocpp_version)
    effective = [case_id for case_id in case_ids if has_effect(variant, scenarios[case_id], protocol)]
    known = {
        (case_id, scenario.digest)
        for earlier, ids in run_before.items()
        for case_id, scenario in scenarios_of(earlier).of([one for one in ids if one in effective]).items()
    }
    return [case_id for case_id in effective if (case_id, scenarios[case_id].digest) not in known]
