"""A case as the rows of a sequence diagram: what was said, which step began, how long nobody spoke."""

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final, Literal

import msgspec

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.reports.evidence import message_summary
from plugfest.reports.evidence.frames import excerpt
from plugfest.reports.evidence.payload import data
from plugfest.reports.model.report import CaseEntry, FindingEntry, FrameEntry, Report

LONG_SILENCE: Final = 5.0
"""Seconds without a frame that are worth a row of their own."""

SERIES: Final = 4
"""So many exchanges that say the same, one behind the other, are folded to the first and the last."""

PREPARATION: Final = "Preparation"
SCENARIO: Final = "Scenario"

Kind = Literal["call", "answer", "error", "noise"]


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a frame says: `kernel` are its words without those that count."""

    kind: Kind
    id: str
    action: str
    words: tuple[str, ...]
    kernel: tuple[str, ...]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A frame. `after` is in seconds since the first one of the case; `answered` is false for a CALL that was not."""

    index: int
    after: float
    from_station: bool
    content: Content
    answered: bool
    findings: tuple[FindingEntry, ...]


class Part(msgspec.Struct, frozen=True):
    """The preparation or the scenario begins."""

    title: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Steps of the case begin, all at the same frame."""

    names: tuple[str, ...]
    requirements: tuple[str, ...]
    checks: int


class Silence(msgspec.Struct, frozen=True):
    """Nobody spoke for so many seconds."""

    seconds: float


class Folded(msgspec.Struct, frozen=True):
    """So many exchanges like the one before were left out."""

    exchanges: int


class LeftOut(msgspec.Struct, frozen=True):
    """So many frames are not shown."""

    frames: int


class Unplaced(msgspec.Struct, frozen=True):
    """A finding that no frame of the case shows."""

    finding: FindingEntry


Row = Said | Part | Step | Silence | Folded | LeftOut | Unplaced


def rows(report: Report, case: CaseEntry) -> list[Row]:
    """The rows from top to bottom."""
    said = _said(report.frames_of(case), case)
    return list(_with_silence(_in_order(said, case)))


def _in_order(said: Sequence[Said], case: CaseEntry) -> Iterator[Row]:
    answers = {one.index for one in said if one.content.kind in ("answer", "error")}
    places = _places(case, answers)
    marks = {one.index for one in said if one.findings} | {frame for frame, _ in places}
    waiting = deque(places)
    for row in _shortened(said, marks):
        while isinstance(row, Said) and waiting and waiting[0][0] <= row.index:
            yield waiting.popleft()[1]
        yield row
    yield from (row for _, row in waiting)
    shown = {one.index for one in said}
    yield from (Unplaced(one) for one in case.findings if one.frame not in shown)


def _places(case: CaseEntry, answers: Container[int]) -> list[tuple[int, Part | Step]]:
    """Parts and steps, each with the frame that it stands above, in this order."""
    begin, end = case.frames
    scenario = None if case.scenario is None else _placed(case.scenario, case, answers)
    found: list[tuple[int, Part | Step]] = [(begin, Part(PREPARATION))] if begin < end and scenario != begin else []
    if found and scenario is not None:
        found.append((scenario, Part(SCENARIO)))
    found += ((frame, step) for frame, steps in _steps(case, answers).items() for step in steps)
    return sorted(found, key=itemgetter(0))


def _placed(frame: int, case: CaseEntry, answers: Container[int]) -> int:
    """The frame to stand above for what began there: an exchange is not torn, so it is none that answers."""
    begin, end = case.frames
    frame = min(max(frame, begin), end)
    while frame in answers:
        frame += 1
    return frame


def _steps(case: CaseEntry, answers: Container[int]) -> dict[int, list[Step]]:
    """The steps by the frame that they stand above; those of the same requirements become one row."""
    found: dict[int, list[Step]] = {}
    for one in case.steps:
        there = found.setdefault(_placed(one.frame, case, answers), [])
        name = one.step.removeprefix("step ")
        requirements = tuple(part for part in one.requirement.split(", ") if part)
        if there and there[-1].requirements == requirements:
            last = there.pop()
            there.append(Step(names=(*last.names, name), requirements=requirements, checks=last.checks + one.checks))
        else:
            there.append(Step(names=(name,), requirements=requirements, checks=one.checks))
    return found


def _with_silence(found: Iterable[Row]) -> Iterator[Row]:
    """The same rows with a row for each long silence, which stands right before the frame that ends it."""
    last: float | None = None
    for row in found:
        if isinstance(row, Folded | LeftOut):
            last = None  # the silences between are not shown either
        if isinstance(row, Said):
            if last is not None and row.after - last >= LONG_SILENCE:
                yield Silence(row.after - last)
            last = row.after
        yield row


def _said(frames: Sequence[FrameEntry], case: CaseEntry) -> list[Said]:
    findings: dict[int | None, list[FindingEntry]] = {}
    for one in case.findings:
        findings.setdefault(one.frame, []).append(one)
    messages = [parsed(frame.text) for frame in frames]
    answered = {one.message_id for one in messages if isinstance(one, wire.CallResult | wire.CallError)}
    calls = {one.message_id: one for one in messages if isinstance(one, wire.Call)}
    shown = excerpt(case)
    return [
        Said(
            index=index,
            after=frame.at - frames[0].at,
            from_station=frame.direction == "station",
            content=_content(message, frame.text, calls),
            answered=not isinstance(message, wire.Call) or message.message_id in answered,
            findings=tuple(findings.get(index, ())),
        )
        for index, (frame, message) in enumerate(zip(frames, messages, strict=True), case.frames[0])
        if index in shown
    ]


def _content(message: wire.Frame | None, text: str, calls: Mapping[str, wire.Call]) -> Content:
    match message:
        case wire.Call(id, action, payload):
            read = data(payload)
            words, kernel = (
                message_summary.request(action, read),
                message_summary.kernel(message_summary.REQUESTS, action, read),
            )
            return Content(kind="call", id=id, action=action, words=words, kernel=kernel)
        case wire.CallResult(id, payload):
            action = calls[id].action if id in calls else "unknown"
            read = data(payload)
            words, kernel = (
                message_summary.answer(action, read),
                message_summary.kernel(message_summary.ANSWERS, action, read),
            )
            return Content(kind="answer", id=id, action=action, words=words, kernel=kernel)
        case wire.CallError(id, code, description):
            action = calls[id].action if id in calls else "unknown"
            words = (code, description) if description else (code,)
            return Content(kind="error", id=id, action=action, words=words, kernel=words)
        case _:
            return Content(kind="noise", id="", action="not OCPP-J", words=(text,), kernel=(text,))


def _shortened(said: Sequence[Said], marks: Container[int]) -> Iterator[Said | Folded | LeftOut]:
    """What was said, with a row for what is not shown, and with series folded between."""
    begin = 0
    for place in range(1, len(said) + 1):
        if place == len(said) or said[place].index != said[place - 1].index + 1:
            yield from _folded(said[begin:place], marks)
            begin = place
            if place < len(said):
                yield LeftOut(said[place].index - said[place - 1].index - 1)


def _folded(said: Sequence[Said], marks: Container[int]) -> Iterator[Said | Folded]:
    """What was said, with the middle of each series of equal exchanges left out; a mark ends a series."""
    at = 0
    while at < len(said):
        length = _series(said, at, marks)
        if length < SERIES:
            yield said[at]
            at += 1
        else:
            behind = at + 2 * length
            yield from said[at : at + 2]
            yield Folded(length - 2)
            yield from said[behind - 2 : behind]
            at = behind


def _series(said: Sequence[Said], begin: int, marks: Container[int]) -> int:
    """How many exchanges from there on say the same, each answered at once."""
    first = _exchange(said, begin)
    length = 0
    while first is not None and _exchange(said, begin + 2 * length) == first:
        if length and any(said[begin + 2 * length + place].index in marks for place in (0, 1)):
            break
        length += 1
    return length


def _exchange(said: Sequence[Said], at: int) -> tuple[bool, str, tuple[str, ...], tuple[str, ...]] | None:
    """What an exchange says, None where there is no CALL with its answer right behind it."""
    if at + 1 >= len(said):
        return None
    call, answer = said[at].content, said[at + 1].content
    if call.kind != "call" or answer.kind != "answer" or call.id != answer.id:
        return None
    return said[at].from_station, call.action, call.kernel, answer.kernel
