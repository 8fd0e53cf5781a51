"""A message that the station sends on request (TriggerMessage)."""

from typing import Any

import msgspec

from plugfest.lab.bench import AnyBench
from plugfest.lab.recording.record import Direction
from plugfest.ocpp.message import Request

CALLRESULT = 3


async def trigger(bench: AnyBench, request: Request[Any], *kinds: type[Request[Any]]) -> None:
    """Request a message with TriggerMessage, which the station accepts.

    Messages of these types that come before the response are consumed: they were not triggered (F06.FR.04).
    """
    bench.csms.inbox.set_mark()
    first_frame = bench.csms.last_frame + 1
    await bench.call(request, status="Accepted")
    response_frame = _response_frame(bench, first_frame)
    for seen in bench.csms.inbox.since_mark():
        if isinstance(seen.message, kinds) and seen.frame.index < response_frame:
            seen.consumed = True


def _response_frame(bench: AnyBench, first_frame: int) -> int:
    """The index of the station's CALLRESULT: the first one, because the lab has one CALL outstanding at a time."""
    for frame in bench.csms.record.since(first_frame):
        if frame.direction is Direction.FROM_STATION and msgspec.json.decode(frame.text)[0] == CALLRESULT:
            return frame.index
    return bench.csms.last_frame
