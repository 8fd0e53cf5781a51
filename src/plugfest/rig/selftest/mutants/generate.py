"""Generates mutants from the checks of a passing case: for each check the smallest change that violates it."""

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
from plugfest.rig.selftest.mutants.mutant import Fault, Mutant, Place, parsed_frame
from plugfest.rig.selftest.mutants.variations import Variation, variations

PREPARATION = "preparation"

REPEATABLE = frozenset({"StatusNotification", "Heartbeat", "NotifyEvent", "MeterValues", "SecurityEventNotification"})
"""Requests that a station may repeat: sending one twice is no fault."""


UNKNOWN_TOKENS: dict[str, object] = {
    "1.6": {"idTag": "UnknownToken"},
    "2.0.1": {"idToken": {"idToken": "UnknownToken", "type": "Local"}},
}
"""The unsolicited AuthorizeRequest of each OCPP version: no scenario has this token."""

MAX_PROBES = 12
"""The largest number of changes to a message without declared checks."""


def mutants_of(
    case_id: str, protocol: Protocol, judged: Iterable[CheckedMessage], frames: Sequence[Frame], scenario: int = 0
) -> list[Mutant]:
    """The mutants of a case, from the messages that it checked and the frames of its run.

    `scenario` is the index of the first frame after the preparation. Faults before it make a case INCONCLUSIVE and do
    not test its checks.
    """
    mutants: list[Mutant] = []
    sent = sent_messages(frames, scenario)
    placed = list(_locate((one for one in judged if one.step != PREPARATION), sent))
    for place, one in placed:
        mutants += _changed(case_id, place, one)
        mutants += _omitted_or_repeated(case_id, place, one.step)
    checked = {place for place, _ in placed}
    for message in sent:
        if message.place not in checked and not message.place.is_answer:
            mutants += _probes(case_id, protocol, message)
    return [*mutants, _unsolicited(case_id, protocol)]


def _probes(case_id: str, protocol: Protocol, sent: "SentMessage") -> Iterator[Mutant]:
    """Some changes to a request without declared checks: the case may check it in another way."""
    request = protocol.requests.get(sent.place.action)
    if request is None:
        return
    message = codec.decode(request, sent.payload)
    every = list(variations(message))
    for variation in every[:: max(1, len(every) // MAX_PROBES)][:MAX_PROBES]:
        yield Mutant(
            case=case_id,
            place=sent.place,
            fault=Fault.CHANGED,
            change=variation.change,
            key=variation.key,
            payload=variation.payload,
            probe=True,
        )
    yield Mutant(case=case_id, place=sent.place, fault=Fault.OMITTED, probe=True)


def _unsolicited(case_id: str, protocol: Protocol) -> Mutant:
    """An unsolicited AuthorizeRequest at the start of the scenario."""
    return Mutant(
        case=case_id, place=Place("Authorize", False, 0), fault=Fault.UNSOLICITED, payload=UNKNOWN_TOKENS[protocol.name]
    )


def _locate(judged: Iterable[CheckedMessage], sent: "Sequence[SentMessage]") -> Iterator[tuple[Place, CheckedMessage]]:
    """Each checked message with its place in the scenario."""
    requests = {one.index: one for one in sent if not one.place.is_answer}
    answers = [one for one in sent if one.place.is_answer]
    for one in judged:
        if one.frame is not None:
            if one.frame in requests:
                yield requests[one.frame].place, one
            continue
        answer = next((each for each in answers if each.is_answer_like(one.message)), None)
        if answer is not None:
            answers = answers[answers.index(answer) + 1 :]
            yield answer.place, one


class SentMessage(msgspec.Struct, frozen=True):
    """A message of the station, and its place in the scenario."""

    index: int
    place: Place
    payload: msgspec.Raw

    def is_answer_like(self, message: Request[Any] | Response) -> bool:
        if type(message).__name__ != f"{self.place.action}Response":
            return False
        return codec.decode(type(message), self.payload) == message


def sent_messages(frames: Iterable[Frame], scenario: int) -> list[SentMessage]:
    """The messages of the station in the scenario, requests and answers counted by action."""
    sent: list[SentMessage] = []
    counts: Counter[tuple[str, bool]] = Counter()
    actions: dict[str, str] = {}
    for frame in frames:
        parsed = parsed_frame(frame.text)
        if parsed is None:
            continue
        if frame.direction is Direction.FROM_LAB:
            if isinstance(parsed, Call):
                actions[parsed.message_id] = parsed.action
            continue
        if frame.index < scenario:
            continue
        is_answer = isinstance(parsed, CallResult)
        action = parsed.action if isinstance(parsed, Call) else actions.get(parsed.message_id, "")
        sent.append(SentMessage(frame.index, Place(action, is_answer, counts[action, is_answer]), parsed.payload))
        counts[action, is_answer] += 1
    return sent


def _changed(case_id: str, place: Place, one: CheckedMessage) -> Iterator[Mutant]:
    """Mutants whose changes violate every check at least once, changes that violate few checks first."""
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
    """The paths of the checks that a payload violates."""
    changed = codec.decode(type(one.message), msgspec.json.encode(payload))
    comparison: Comparison = differences(changed, one.checks)
    return tuple(sorted({difference.path for difference in comparison.differences}))


def _omitted_or_repeated(case_id: str, place: Place, step: str) -> Iterator[Mutant]:
    if place.is_answer:
        yield Mutant(case=case_id, place=place, fault=Fault.UNANSWERED, step=step)
        yield Mutant(case=case_id, place=place, fault=Fault.ANSWERED_TWICE, step=step)
        return
    yield Mutant(case=case_id, place=place, fault=Fault.OMITTED, step=step)
    if place.action not in REPEATABLE:
        yield Mutant(case=case_id, place=place, fault=Fault.TWICE, step=step)
