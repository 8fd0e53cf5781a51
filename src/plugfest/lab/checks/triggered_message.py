"""A message that the station sends on request (TriggerMessage)."""

from typing import Any

from plugfest.lab.bench import AnyBench
from plugfest.ocpp.message import Request

CALLRESULT = 3


async def trigger(bench: AnyBench, request: Request[Any], *kinds: type[Request[Any]]) -> None:
    """Request a message with TriggerMessage, which the station accepts.

    Messages of these types that come before the response are consumed: they were not triggered (F06.FR.04).
    """
    bench.csms.inbox.set_mark()
    await bench.call(request, status="Accepted")
    response_frame = bench.csms.answer_frame
    for seen in bench.csms.inbox.since_mark():
        if isinstance(seen.message, kinds) and seen.frame.index < response_frame:
            seen.consumed = True
