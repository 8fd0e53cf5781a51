"""Mutants from what a passing case judged: for each check, the smallest change that breaks it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from plugfest.lab.expectations import Comparison, differences
from plugfest.lab.judge import CheckedMessage
from plugfest.lab.recording.record import Direction, Frame
from plugfest.ocpp import codec
from plugfest.ocpp.frames import Call, CallResult
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.versions import Protocol
from plugfest.rig.selftest.mutants.mutant import Fault, Mutant, Place
from plugfest.rig.selftest.mutants.variations import Variation, variations
from plugfest.rig.selftest.mutants.wire import parsed_frame

PREPARATION = "preparation"

NEEDS_NO_SECOND = frozenset(
    {"StatusNotification", "Heartbeat", "NotifyEvent", "MeterValues", "SecurityEventNotification"}
)
"""Requests that a station may repeat as it likes: sent twice is no defect."""


STRANGERS: dict[str, object] = {
    "1.6": {"idTag": "Stranger"},
    "2.0.1": {"idToken": {"idToken": "Stranger", "type": "Local"}},
}
"""The AuthorizeRequest of each version that no scenario holds."""

PROBES = 12
"""How many changes are tried of a message that a case looked at, if at all, by itself."""


def mutants_of(
    case_id: str, protocol: Protocol, judged: Iterable[CheckedMessage], frames: Sequence[Frame], scenario: int = 0
) -> list[Mutant]:
    """Every mutant of a case, from the messages that it judged and the frames of its run.

    `scenario` is the index of the first frame after the preparation: what goes wrong before makes a case INCONCLUSIVE
    and says nothing about its checks.
    """
    mutants: list[Mutant] = []
    said = _said(frames, scenario)
    placed = list(_placed((one for one in judged if one.step != PREPARATION), said))
    for place, one in placed:
        mutants += _changed(case_id, place, one)
        mutants += _missing_or_double(case_id, place, one.step)
    looked_at = {place for place, _ in placed}
    for one_said in said:
        if one_said.place not in looked_at and not one_said.place.is_answer:
            mutants += _probes(case_id, protocol, one_said)
    return [*mutants, _unasked(case_id, protocol)]


def _probes(case_id: str, protocol: Protocol, said: "_Said") -> Iterator[Mutant]:
    """Some changes of a request that no declared check is about: the case may look at it in its own way."""
    request = protocol.requests.get(said.place.action)
    if request is None:
        return
    message = codec.decode(request, said.payload)
    every = list(variations(message))
    for variation in every[:: max(1, len(every) // PROBES)][:PROBES]:
        yield Mutant(
            case=case_id,
            place=said.place,
            fault=Fault.CHANGED,
            change=variation.change,
            key=variation.key,
            payload=variation.payload,
            probe=True,
        )
    yield Mutant(case=case_id, place=said.place, fault=Fault.LEFT_OUT, probe=True)


def _unasked(case_id: str, protocol: Protocol) -> Mutant:
    """Somebody whom nobody has seen asks to charge, as the scenario begins."""
    return Mutant(
        case=case_id, place=Place("Authorize", False, 0), fault=Fault.UNASKED, payload=STRANGERS[protocol.name]
    )


def _placed(judged: Iterable[CheckedMessage], said: "Sequence[_Said]") -> Iterator[tuple[Place, CheckedMessage]]:
    """Each judged message with its place in the conversation."""
    asked = {one.index: one for one in said if not one.place.is_answer}
    answers = [one for one in said if one.place.is_answer]
    for one in judged:
        if one.frame is not None:
            if one.frame in asked:
                yield asked[one.frame].place, one
            continue
        answer = next((each for each in answers if each.is_answer_like(one.message)), None)
        if answer is not None:
            answers = answers[answers.index(answer) + 1 :]
            yield answer.place, one


class _Said(msgspec.Struct, frozen=True):
    """A frame of the station, and where in the scenario it stands."""

    index: int
    place: Place
    payload: msgspec.Raw

    def is_answer_like(self, message: Request[Any] | Response) -> bool:
        if type(message).__name__ != f"{self.place.action}Response":
            return False
        return codec.decode(type(message), self.payload) == message


def _said(frames: Iterable[Frame], scenario: int) -> list[_Said]:
    """What the station said in the scenario, each request and each answer counted by its action."""
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
        if frame.index < scenario:
            continue
        is_answer = isinstance(parsed, CallResult)
        action = parsed.action if isinstance(parsed, Call) else asked.get(parsed.message_id, "")
        said.append(_Said(frame.index, Place(action, is_answer, counts[action, is_answer]), parsed.payload))
        counts[action, is_answer] += 1
    return said


def _changed(case_id: str, place: Place, one: CheckedMessage) -> Iterator[Mutant]:
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
                key=variation.key,
                breaks=breaks,
                step=one.step,
                payload=variation.payload,
            )


def _breaks(one: CheckedMessage, payload: Any) -> tuple[str, ...]:
    """The paths of the checks that a payload does not meet."""
    changed = codec.decode(type(one.message), msgspec.json.encode(payload))
    comparison: Comparison = differences(changed, one.checks)
    return tuple(sorted({difference.path for difference in comparison.differences}))


def _missing_or_double(case_id: str, place: Place, step: str) -> Iterator[Mutant]:
    if place.is_answer:
        yield Mutant(case=case_id, place=place, fault=Fault.UNANSWERED, step=step)
        yield Mutant(case=case_id, place=place, fault=Fault.ANSWERED_TWICE, step=step)
        return
    yield Mutant(case=case_id, place=place, fault=Fault.LEFT_OUT, step=step)
    if place.action not in NEEDS_NO_SECOND:
        yield Mutant(case=case_id, place=place, fault=Fault.TWICE, step=step)
