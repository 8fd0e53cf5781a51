"""The frames of a case as lines of text, and which of them a report shows."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.reports.long_frames import is_shortened
from plugfest.reports.model.report import CaseEntry, FrameEntry

MAX_SHOWN_FRAMES: Final = 300
"""A case with more frames is shown in part: a station may flood the lab, but not the report."""

CONTEXT_FRAMES: Final = 5
"""Frames shown before and after a frame with a finding."""

MAX_FINDINGS_WITH_CONTEXT: Final = 20
"""Findings of a case whose context is shown."""


TOO_LONG: Final = "too long to show"
"""What a frame is of which the report has only the beginning."""


class FrameLine(msgspec.Struct, frozen=True):
    """A frame as text. `index` is that in the report, `after` is in seconds since the first frame of the case."""

    index: int
    after: float
    from_station: bool
    kind: str
    payload: str


def frame_lines(frames: Sequence[FrameEntry], first: int) -> Iterator[FrameLine]:
    """The frames of a case; `first` is the index of the first one. A response is named after its request."""
    actions: dict[str, str] = {}
    for index, frame in enumerate(frames, first):
        kind, payload = _described(parsed(frame.text), frame.text, actions)
        yield FrameLine(index, frame.at - frames[0].at, frame.direction == "station", kind, payload)


def without_message(text: str) -> str:
    """What a frame is that has no OCPP-J message."""
    return TOO_LONG if is_shortened(text) else "not OCPP-J"


def shown_frames(case: CaseEntry) -> Collection[int]:
    """The indexes of the frames to show: all, or the first, the last and those around findings."""
    begin, end = case.frames
    return range(begin, end) if end - begin <= MAX_SHOWN_FRAMES else frozenset(_excerpt(case))


def _described(message: wire.Frame | None, text: str, actions: dict[str, str]) -> tuple[str, str]:
    """The kind and the payload of a message. `actions` maps the ids of earlier CALLs to their actions."""
    match message:
        case wire.Call(message_id, action, payload):
            actions[message_id] = action
            return action, bytes(payload).decode()
        case wire.CallResult(message_id, payload):
            return f"{actions.get(message_id, 'unknown')} response", bytes(payload).decode()
        case wire.CallError(message_id, code, description):
            return f"{actions.get(message_id, 'unknown')} CALLERROR: {code}", description
        case _:
            return without_message(text), text


def _excerpt(case: CaseEntry) -> Iterator[int]:
    begin, end = case.frames
    yield from range(begin, begin + MAX_SHOWN_FRAMES // 2)
    yield from range(end - MAX_SHOWN_FRAMES // 2, end)
    frames = [finding.frame for finding in case.findings if finding.frame is not None and begin <= finding.frame < end]
    for frame in frames[:MAX_FINDINGS_WITH_CONTEXT]:
        yield from range(max(begin, frame - CONTEXT_FRAMES), min(end, frame + CONTEXT_FRAMES + 1))
