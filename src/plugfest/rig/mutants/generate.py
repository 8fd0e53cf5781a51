"""Mutants from what a passing case judged: for each check, the smallest change that breaks it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from plugfest.lab.expect import Outcome, differences
from plugfest.lab.judge import Judged
from plugfest.lab.record import Direction, Frame
from plugfest.ocpp import codec
from plugfest.ocpp.message import Request
from plugfest.rig.mutants.mutant import Fault, Mutant, Place
from plugfest.rig.mutants.variations import Variation, variations

PREPARATION = "preparation"

NEEDS_NO_SECOND = frozenset(
    {"StatusNotification", "Heartbeat", "NotifyEvent", "MeterValues", "SecurityEventNotification"}
)
"""Requests that a station may repeat as it likes: sent twice is no defect."""


def mutants_of(case_id: str, judged: Iterable[Judged], frames: Iterable[Frame]) -> list[Mutant]:
    """Every mutant of a case, from the messages that it judged and the frames of its run."""
    mutants: list[Mutant] = []
    for place, one in _placed(judged, frames):
        if one.step == PREPARATION:
            continue  # what goes wrong before the scenario makes a case INCONCLUSIVE: it says nothing about its checks
        mutants += _changed(case_id, place, one)
        mutants += _missing_or_double(case_id, place, one)
    return mutants


def _placed(judged: Iterable[Judged], frames: Iterable[Frame]) -> Iterator[tuple[Place, Judged]]:
    """Each judged message with its place in the conversation."""
    places = _places_of_requests(frames)
    answers: Counter[str] = Counter()
    for one in judged:
        if isinstance(one.message, Request):
            if one.frame in places:
                yield places[one.frame], one
        else:
            action = type(one.message).__name__.removesuffix("Response")
            yield Place(action, is_answer=True, number=answers[action]), one
            answers[action] += 1


def _places_of_requests(frames: Iterable[Frame]) -> dict[int | None, Place]:
    places: dict[int | None, Place] = {}
    seen: Counter[str] = Counter()
    for frame in frames:
        call = _call(frame)
        if call is not None:
            places[frame.index] = Place(call, is_answer=False, number=seen[call])
            seen[call] += 1
    return places


def _call(frame: Frame) -> str | None:
    """The action of a CALL of the station."""
    if frame.direction is not Direction.FROM_STATION:
        return None
    try:
        parts = msgspec.json.decode(frame.text)
    except msgspec.DecodeError:
        return None
    return str(parts[2]) if isinstance(parts, list) and len(parts) == 4 and parts[0] == 2 else None


def _changed(case_id: str, place: Place, one: Judged) -> Iterator[Mutant]:
    """One mutant for each set of checks that a change can break, the smallest sets first."""
    best: dict[tuple[str, ...], Variation] = {}
    for variation in variations(one.message):
        breaks = _breaks(one, variation.payload)
        if breaks:
            best.setdefault(breaks, variation)
    covered: set[str] = set()
    for breaks in sorted(best, key=len):
        if not covered.issuperset(breaks):
            covered.update(breaks)
            variation = best[breaks]
            yield Mutant(
                case=case_id,
                place=place,
                fault=Fault.CHANGED,
                change=variation.change,
                breaks=breaks,
                step=one.step,
                payload=variation.payload,
            )


def _breaks(one: Judged, payload: Any) -> tuple[str, ...]:
    """The paths of the checks that a payload does not meet."""
    changed = codec.decode(type(one.message), msgspec.json.encode(payload))
    outcome: Outcome = differences(changed, one.checks)
    return tuple(sorted({difference.path for difference in outcome.differences}))


def _missing_or_double(case_id: str, place: Place, one: Judged) -> Iterator[Mutant]:
    if place.is_answer:
        yield Mutant(case=case_id, place=place, fault=Fault.UNANSWERED, step=one.step)
        yield Mutant(case=case_id, place=place, fault=Fault.ANSWERED_TWICE, step=one.step)
        return
    yield Mutant(case=case_id, place=place, fault=Fault.LEFT_OUT, step=one.step)
    if place.action not in NEEDS_NO_SECOND:
        yield Mutant(case=case_id, place=place, fault=Fault.TWICE, step=one.step)
