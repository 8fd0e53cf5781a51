"""Mutants from what a passing case judged: for each check, the smallest change that breaks it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from plugfest.lab.expect import Outcome, differences
from plugfest.lab.judge import Judged
from plugfest.lab.record import Direction, Frame
from plugfest.ocpp import codec
from plugfest.ocpp.frames import Call, CallResult
from plugfest.ocpp.message import Request, Response
from plugfest.rig.mutants.mutant import Fault, Mutant, Place
from plugfest.rig.mutants.variations import Variation, variations
from plugfest.rig.mutants.wire import parsed_frame

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
    said = _said(frames)
    asked = {one.index: one for one in said if not one.place.is_answer}
    answers = [one for one in said if one.place.is_answer]
    for one in judged:
        if one.frame is not None:
            if one.frame in asked:
                yield asked[one.frame].place, one
            continue
        answer = next((said for said in answers if said.is_answer_like(one.message)), None)
        if answer is not None:
            answers = answers[answers.index(answer) + 1 :]
            yield answer.place, one


class _Said(msgspec.Struct, frozen=True):
    """A frame of the station, and where in the conversation it stands."""

    index: int
    place: Place
    payload: msgspec.Raw

    def is_answer_like(self, message: Request[Any] | Response) -> bool:
        if type(message).__name__ != f"{self.place.action}Response":
            return False
        return codec.decode(type(message), self.payload) == message


def _said(frames: Iterable[Frame]) -> list[_Said]:
    """What the station said, each request and each answer counted by its action."""
    said: list[_Said] = []
    counts: Counter[tuple[str, bool]] = Counter()
    asked: dict[str, str] = {}
    for frame in frames:
        parsed = parsed_frame(frame.text)
        if parsed is None:
            continue
        if frame.direction is Direction.FROM_LAB:
            if isinstance(parsed, Call):
                asked[parsed.message_id] = parsed.action
            continue
        is_answer = isinstance(parsed, CallResult)
        action = parsed.action if isinstance(parsed, Call) else asked.get(parsed.message_id, "")
        said.append(_Said(frame.index, Place(action, is_answer, counts[action, is_answer]), parsed.payload))
        counts[action, is_answer] += 1
    return said


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
