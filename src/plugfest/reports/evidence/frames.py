"""The frames of a case as lines of text, and which of them a report shows."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.reports.model.report import CaseEntry, FrameEntry


class Line(msgspec.Struct, frozen=True):
    """One frame. `after` is in seconds since the conversation began."""

    index: int
    after: float
    from_station: bool
    kind: str
    payload: str


def conversation(frames: Sequence[FrameEntry], first: int) -> Iterator[Line]:
    """The frames one by one, `first` being the index of the first; an answer carries the name of what it answers."""
    actions: dict[str, str] = {}
    for index, frame in enumerate(frames, first):
        kind, payload = _read(parsed(frame.text), frame.text, actions)
        yield Line(index, frame.at - frames[0].at, frame.direction == "station", kind, payload)


def _read(message: wire.Frame | None, text: str, actions: dict[str, str]) -> tuple[str, str]:
    match message:
        case wire.Call(message_id, action, payload):
            actions[message_id] = action
            return action, bytes(payload).decode()
        case wire.CallResult(message_id, payload):
            return f"{actions.get(message_id, 'unknown')} answered", bytes(payload).decode()
        case wire.CallError(message_id, code, description):
            return f"{actions.get(message_id, 'unknown')} refused: {code}", description
        case _:
            return "not OCPP-J", text


MOST: Final = 300
"""Frames of a case that are shown whole."""

AROUND: Final = 5
"""Frames that are shown before and behind one with a finding."""

MOST_FINDINGS: Final = 20
"""Findings whose surroundings are shown."""


def excerpt(case: CaseEntry) -> Collection[int]:
    """The indexes of the frames to show: all, or the first, the last and those around findings."""
    begin, end = case.frames
    return range(begin, end) if end - begin <= MOST else frozenset(_chosen(case))


def _chosen(case: CaseEntry) -> Iterator[int]:
    begin, end = case.frames
    yield from range(begin, begin + MOST // 2)
    yield from range(end - MOST // 2, end)
    frames = [one.frame for one in case.findings if one.frame is not None and begin <= one.frame < end]
    for frame in frames[:MOST_FINDINGS]:
        yield from range(max(begin, frame - AROUND), min(end, frame + AROUND + 1))
