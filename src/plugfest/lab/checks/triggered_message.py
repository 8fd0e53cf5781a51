"""A message that the station sends on request (TriggerMessage)."""

from typing import Any

import msgspec

from plugfest.lab.bench import AnyBench
from plugfest.lab.recording.record import Direction
from plugfest.ocpp.message import Request

CALLRESULT = 3


async def trigger(bench: AnyBench, request: Request[Any], *kinds: type[Request[Any]]) -> None:
    """Ask for a message and have the station agree.

    What it sends of these kinds before it answers does not count as what was asked for (F06.FR.04).
    """
    bench.csms.inbox.set_mark()
    first_frame = bench.csms.last_frame + 1
    await bench.call(request, status="Accepted")
    answer = _answer(bench, first_frame)
    for seen in bench.csms.inbox.since_mark():
        if isinstance(seen.message, kinds) and seen.frame.index < answer:
            seen.consumed = True


def _answer(bench: AnyBench, first_frame: int) -> int:
    """The frame of the station's answer: one CALL of the lab is outstanding at a time."""
    for frame in bench.csms.record.since(first_frame):
        if frame.direction is Direction.FROM_STATION and msgspec.json.decode(frame.text)[0] == CALLRESULT:
            return frame.index
    return bench.csms.last_frame
