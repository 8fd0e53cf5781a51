"""The record as exchanges: each CALL with its answer and the times of both."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from plugfest.lab.recording.record import Direction, Frame
from plugfest.ocpp import codec
from plugfest.ocpp import frames as wire
from plugfest.ocpp.errors import RemoteError
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.versions import Protocol

OPPOSITE = {Direction.FROM_LAB: Direction.FROM_STATION, Direction.FROM_STATION: Direction.FROM_LAB}


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A CALL and its answer. Times are loop times in seconds, `frame` and `answered_in` indexes into the record.

    `time` is the wall clock at `at`. `request` and `response` are None if the payload was not valid; `answered_in` and
    `answered_at` are None if no answer came.
    """

    by: Direction
    action: str
    message_id: str
    frame: int
    at: float
    time: datetime
    request: Request[Any] | None
    answered_in: int | None = None
    answered_at: float | None = None
    response: Response | None = None

    def loop_time(self, time: datetime) -> float:
        """The loop time of a timestamp of the station, if its clock is synchronized with that of the lab."""
        return self.at - (self.time - time).total_seconds()


def parsed(text: str) -> wire.Frame | None:
    """The OCPP-J message in a recorded text; None if it is not valid."""
    try:
        return wire.parse(text, max_size=len(text.encode()))
    except wire.FrameError:
        return None


def exchanges(frames: Iterable[Frame], protocol: Protocol) -> list[Exchange]:
    """Every CALL of the record, in order. A second answer to the same CALL is ignored."""
    found: list[Exchange] = []
    open_calls: dict[tuple[Direction, str], int] = {}
    for frame in frames:
        message = parsed(frame.text)
        if isinstance(message, wire.Call):
            open_calls[frame.direction, message.message_id] = len(found)
            found.append(_unanswered(message, frame, protocol))
        elif message is not None:
            number = open_calls.pop((OPPOSITE[frame.direction], message.message_id), None)
            if number is not None:
                found[number] = _answered(found[number], message, frame)
    return found


def _unanswered(call: wire.Call, frame: Frame, protocol: Protocol) -> Exchange:
    kind = protocol.requests.get(call.action)
    return Exchange(
        by=frame.direction,
        action=call.action,
        message_id=call.message_id,
        frame=frame.index,
        at=frame.at,
        time=frame.time,
        request=None if kind is None else _decoded(kind, call.payload),
    )


def _answered(exchange: Exchange, answer: wire.CallResult | wire.CallError, frame: Frame) -> Exchange:
    response = None
    if exchange.request is not None and isinstance(answer, wire.CallResult):
        response = _decoded(exchange.request.response_type, answer.payload)
    return msgspec.structs.replace(exchange, answered_in=frame.index, answered_at=frame.at, response=response)


def _decoded(kind: type[Any], payload: msgspec.Raw) -> Any:
    try:
        return codec.decode(kind, payload)
    except RemoteError:
        return None
