"""A day of heartbeats over real TLS websockets: fast, and the same on every run."""

import asyncio
import itertools
import time

from tests.link.endpoints import HOST, answer_heartbeats, pki, running_csms

from plugfest import clock
from plugfest.link.client import connect
from plugfest.link.peer import Peer
from plugfest.link.tls import client_context, server_context
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v201.messages import HeartbeatRequest
from plugfest.ocpp.versions import V201

A_DAY = 24 * 3_600
INTERVALS = {"CS001": 60.0, "CS002": 61.5, "CS003": 300.0}

Trace = list[tuple[str, float, str, str]]


async def a_day() -> Trace:
    trace: Trace = []
    server = server_context(pki().csms(HOST), client_roots=[pki().root_pem])
    async with running_csms(tls=server) as csms, asyncio.TaskGroup() as group:
        for identity in INTERVALS:
            group.create_task(station_day(identity, csms.url("wss"), trace))
    return trace


async def station_day(identity: str, url: str, trace: Trace) -> None:
    tls = client_context([pki().root_pem], key=pki().station(identity))
    websocket = await connect(url, identity, protocols=[V201], tls=tls)
    numbers = itertools.count(1)
    peer = Peer(
        websocket,
        RpcEndpoint(V201, message_timeout=5, new_message_id=lambda: f"{identity}-{next(numbers)}"),
        on_call=answer_heartbeats,
        on_frame=lambda direction, text, now: trace.append((identity, now, direction, text)),
    )
    serving = asyncio.create_task(peer.run())
    while asyncio.get_running_loop().time() < A_DAY:
        await peer.call(HeartbeatRequest())
        await asyncio.sleep(INTERVALS[identity])
    await peer.close()
    await serving


def test_a_day_is_shorter_than_a_day_and_has_the_same_trace_every_time():
    began = time.monotonic()
    trace = clock.run_simulated(a_day())
    assert time.monotonic() - began < A_DAY
    sent = [identity for identity, _, direction, _ in trace if direction == "sent"]
    beats = {identity: sent.count(identity) for identity in INTERVALS}
    assert beats == {"CS001": 1440, "CS002": 1405, "CS003": 288}
    assert trace[-1][3] == '[3,"CS002-1405",{"currentTime":"2026-01-01T23:59:06Z"}]'
    assert clock.run_simulated(a_day()) == trace
