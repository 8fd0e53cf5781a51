"""Answers that the lab sends only after it has had the answer to a request of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from plugfest.lab.csms.csms import Csms
from plugfest.lab.recording.exchanges import parsed
from plugfest.lab.recording.record import Direction
from plugfest.link.errors import LinkError
from plugfest.link.peer import NoAnswer
from plugfest.ocpp import codec, frames
from plugfest.ocpp.message import Request, Response


@asynccontextmanager
async def deferred_answers(csms: Csms, kind: type[Request[Any]]) -> AsyncIterator[None]:
    """Requests of this type that come within the block are answered at its end, so that the station keeps them queued.

    A station sends one request at a time, so at most one waits. Other answers of the case to this type are forgotten.
    """
    first_frame = len(csms.record)

    def no_answer(request: Request[Any]) -> Response:
        raise NoAnswer

    csms.answers.override(kind, no_answer)
    try:
        yield
    finally:
        csms.answers.reset(kind)
    for call in _calls(csms, kind, first_frame):
        request = codec.decode(kind, call.payload)
        response = csms.answers.respond(request)
        for listener in csms.on_answer:
            listener(request, response)
        try:
            await csms.send_text(frames.call_result(call.message_id, codec.encode(response)))
        except LinkError:
            return


def _calls(csms: Csms, kind: type[Request[Any]], first_frame: int) -> Iterator[frames.Call]:
    """The calls of this type on the connection that exists now."""
    if csms.connection_periods:
        first_frame = max(first_frame, csms.connection_periods[-1].first_frame)
    for frame in csms.record.since(first_frame):
        message = parsed(frame.text) if frame.direction is Direction.FROM_STATION else None
        if isinstance(message, frames.Call) and message.action == kind.action:
            yield message
