"""Frames as a person reads them: who said what to whom, and when."""

from collections.abc import Iterator, Sequence

import msgspec

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.reports.model.model import FrameEntry


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
