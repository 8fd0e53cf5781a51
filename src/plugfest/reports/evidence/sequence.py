"""A case as the rows of a sequence diagram: messages, steps, findings and pauses."""

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final, Literal

import msgspec

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.reports.evidence import message_summary
from plugfest.reports.evidence.frames import shown_frames, without_message
from plugfest.reports.evidence.payload import decoded
from plugfest.reports.model.report import CaseEntry, FindingEntry, FrameEntry

MIN_PAUSE: Final = 5.0
"""Seconds without a frame that give a row of their own."""

MIN_REPETITIONS: Final = 4
"""From this many consecutive equal exchanges on, only the first and the last are shown."""

PREPARATION: Final = "Preparation"
SCENARIO: Final = "Scenario"

Kind = Literal["call", "result", "error", "invalid"]


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a frame. `words` are its main values, `series_key` the same without counters."""

    kind: Kind
    id: str
    action: str
    words: tuple[str, ...]
    series_key: tuple[str, ...]


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A frame. `after` is in seconds since the first frame of the case. Only a CALL can be unanswered."""

    index: int
    after: float
    from_station: bool
    content: Content
    answered: bool
    findings: tuple[FindingEntry, ...]


class PhaseRow(msgspec.Struct, frozen=True):
    """The preparation or the scenario begins."""

    title: str


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """Steps of the case that begin at the same frame."""

    names: tuple[str, ...]
    requirements: tuple[str, ...]
    checks: int


class PauseRow(msgspec.Struct, frozen=True):
    """A time without messages."""

    seconds: float


class RepetitionRow(msgspec.Struct, frozen=True):
    """Exchanges that are not shown because they are equal to the one before."""

    exchanges: int


class OmittedRow(msgspec.Struct, frozen=True):
    """Frames that are not shown because the case has too many."""

    frames: int


class FindingRow(msgspec.Struct, frozen=True):
    """A finding without a frame of the case."""

    finding: FindingEntry


Row = MessageRow | PhaseRow | StepRow | PauseRow | RepetitionRow | OmittedRow | FindingRow


def rows(frames: Sequence[FrameEntry], case: CaseEntry) -> list[Row]:
    """The rows of a case with its frames, from top to bottom."""
    messages = _messages(frames, case)
    return list(_with_pauses(_in_order(messages, case)))


def _in_order(messages: Sequence[MessageRow], case: CaseEntry) -> Iterator[Row]:
    answers = {row.index for row in messages if row.content.kind in ("result", "error")}
    headings = _headings(case, answers)
    visible = {row.index for row in messages if row.findings} | {frame for frame, _ in headings}
    waiting = deque(headings)
    for row in _shortened(messages, visible):
        while isinstance(row, MessageRow) and waiting and waiting[0][0] <= row.index:
            yield waiting.popleft()[1]
        yield row
    yield from (row for _, row in waiting)
    shown = {row.index for row in messages}
    yield from (FindingRow(finding) for finding in case.findings if finding.frame not in shown)


def _headings(case: CaseEntry, answers: Container[int]) -> list[tuple[int, PhaseRow | StepRow]]:
    """Phases and steps in their order, each with the index of the frame that it precedes."""
    begin, end = case.frames
    scenario = None if case.scenario is None else _heading_frame(case.scenario, case, answers)
    found: list[tuple[int, PhaseRow | StepRow]] = []
    if begin < end and scenario != begin:
        found.append((begin, PhaseRow(PREPARATION)))
        if scenario is not None:
            found.append((scenario, PhaseRow(SCENARIO)))
    found += ((frame, step) for frame, steps in _steps(case, answers).items() for step in steps)
    return sorted(found, key=itemgetter(0))


def _heading_frame(frame: int, case: CaseEntry, answers: Container[int]) -> int:
    """The next frame from there on that is not an answer: a heading does not separate a request from its answer."""
    begin, end = case.frames
    frame = min(max(frame, begin), end)
    while frame in answers:
        frame += 1
    return frame


def _steps(case: CaseEntry, answers: Container[int]) -> dict[int, list[StepRow]]:
    """The steps by the frame that they precede; steps with equal requirements share a row."""
    found: dict[int, list[StepRow]] = {}
    for entry in case.steps:
        steps = found.setdefault(_heading_frame(entry.frame, case, answers), [])
        name = entry.step.removeprefix("step ")
        requirements = tuple(part for part in entry.requirement.split(", ") if part)
        if steps and steps[-1].requirements == requirements:
            last = steps.pop()
            names, checks = (*last.names, name), last.checks + entry.checks
        else:
            names, checks = (name,), entry.checks
        steps.append(StepRow(names=names, requirements=requirements, checks=checks))
    return found


def _with_pauses(found: Iterable[Row]) -> Iterator[Row]:
    """The rows with a row for each pause, directly before the message that ends it."""
    last: float | None = None
    for row in found:
        if isinstance(row, RepetitionRow | OmittedRow):
            last = None  # pauses between omitted messages are omitted too
        if isinstance(row, MessageRow):
            if last is not None and row.after - last >= MIN_PAUSE:
                yield PauseRow(row.after - last)
            last = row.after
        yield row


def _messages(frames: Sequence[FrameEntry], case: CaseEntry) -> list[MessageRow]:
    findings: dict[int | None, list[FindingEntry]] = {}
    for finding in case.findings:
        findings.setdefault(finding.frame, []).append(finding)
    messages = [parsed(frame.text) for frame in frames]
    answered = {one.message_id for one in messages if isinstance(one, wire.CallResult | wire.CallError)}
    calls = {one.message_id: one for one in messages if isinstance(one, wire.Call)}
    shown = shown_frames(case)
    return [
        MessageRow(
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
            value = decoded(payload)
            words = message_summary.request_words(action, value)
            key = message_summary.series_key(message_summary.REQUEST_TEMPLATES, action, value)
            return Content(kind="call", id=id, action=action, words=words, series_key=key)
        case wire.CallResult(id, payload):
            action = calls[id].action if id in calls else "unknown"
            value = decoded(payload)
            words = message_summary.response_words(action, value)
            key = message_summary.series_key(message_summary.RESPONSE_TEMPLATES, action, value)
            return Content(kind="result", id=id, action=action, words=words, series_key=key)
        case wire.CallError(id, code, description):
            action = calls[id].action if id in calls else "unknown"
            words = (code, description) if description else (code,)
            return Content(kind="error", id=id, action=action, words=words, series_key=words)
        case _:
            return Content(kind="invalid", id="", action=without_message(text), words=(text,), series_key=(text,))


def _shortened(
    messages: Sequence[MessageRow], visible: Container[int]
) -> Iterator[MessageRow | RepetitionRow | OmittedRow]:
    """The messages without repetitions, and with a row for frames that are not shown. `visible` frames stay."""
    begin = 0
    for index in range(1, len(messages) + 1):
        if index == len(messages) or messages[index].index != messages[index - 1].index + 1:
            yield from _without_repetitions(messages[begin:index], visible)
            begin = index
            if index < len(messages):
                yield OmittedRow(messages[index].index - messages[index - 1].index - 1)


def _without_repetitions(
    messages: Sequence[MessageRow], visible: Container[int]
) -> Iterator[MessageRow | RepetitionRow]:
    """The messages without the middle of each series of equal exchanges; a visible frame ends a series."""
    index = 0
    while index < len(messages):
        length = _series_length(messages, index, visible)
        if length < MIN_REPETITIONS:
            yield messages[index]
            index += 1
        else:
            end = index + 2 * length
            yield from messages[index : index + 2]
            yield RepetitionRow(length - 2)
            yield from messages[end - 2 : end]
            index = end


def _series_length(messages: Sequence[MessageRow], begin: int, visible: Container[int]) -> int:
    """The number of consecutive equal exchanges from there on."""
    first = _exchange(messages, begin)
    length = 0
    while first is not None and _exchange(messages, begin + 2 * length) == first:
        if length and any(messages[begin + 2 * length + offset].index in visible for offset in (0, 1)):
            break
        length += 1
    return length


def _exchange(messages: Sequence[MessageRow], index: int) -> tuple[bool, str, tuple[str, ...], tuple[str, ...]] | None:
    """The content of a CALL and the CALLRESULT directly after it, without counters; None if there is no such pair."""
    if index + 1 >= len(messages):
        return None
    call, result = messages[index].content, messages[index + 1].content
    if call.kind != "call" or result.kind != "result" or call.id != result.id:
        return None
    return messages[index].from_station, call.action, call.series_key, result.series_key
