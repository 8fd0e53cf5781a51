"""Frames as a person reads them: who said what to whom, and when."""

from collections.abc import Iterator, Sequence

import msgspec

from plugfest.lab.exchanges import parsed
from plugfest.lab.record import Direction, Frame
from plugfest.ocpp import frames as wire


class Line(msgspec.Struct, frozen=True):
    """One frame. `after` is in seconds since the conversation began."""

    index: int
    after: float
    from_station: bool
    kind: str
    payload: str


def conversation(frames: Sequence[Frame]) -> Iterator[Line]:
    """The frames one by one; an answer carries the name of what it answers."""
    actions: dict[str, str] = {}
    for frame in frames:
        kind, payload = _read(parsed(frame), frame.text, actions)
        from_station = frame.direction is Direction.FROM_STATION
        yield Line(frame.index, frame.at - frames[0].at, from_station, kind, payload)


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
