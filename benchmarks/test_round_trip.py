"""A request and its answer over a WebSocket between two processes: echo, Plugfest and the PyPI package `ocpp`."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from benchmarks.alternating import Trip, durations, microseconds, ratio
from benchmarks.messages import TRANSACTION_EVENT, call
from benchmarks.test_campaign import Figures
from ocpp.v201 import ChargePoint
from ocpp.v201 import call as ocpp_calls
from websockets.asyncio.client import connect as connect_websocket

from plugfest.lab.settings import LabSettings
from plugfest.link.client import connect
from plugfest.link.peer import Answer, Peer
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.versions import V201

PAYLOADS: dict[str, dict[str, Any]] = {"Heartbeat": {}, "TransactionEvent": TRANSACTION_EVENT}


@contextmanager
def running_server(implementation: str, *tls_folder: Path) -> Iterator[int]:
    """Start the server process; yields its port. `tls_folder`: see `peers`."""
    command = [sys.executable, str(Path(__file__).with_name("peers.py")), implementation, *map(str, tls_folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield int(process.stdout.readline())
        process.stdin.close()


@asynccontextmanager
async def echo_trip(port: int, action: str) -> AsyncIterator[Trip]:
    websocket = await connect_websocket(f"ws://127.0.0.1:{port}", compression=None)
    text = call(action, PAYLOADS[action])

    async def trip() -> None:
        await websocket.send(text)
        await websocket.recv()

    yield trip
    await websocket.close()


@asynccontextmanager
async def plugfest_trip(port: int, action: str) -> AsyncIterator[Trip]:
    settings = LabSettings()
    websocket = await connect(
        f"ws://127.0.0.1:{port}",
        settings.identity,
        protocols=[V201],
        credentials=(settings.identity, settings.password),
    )
    peer = Peer(websocket, RpcEndpoint(V201), on_call=_no_calls)
    serving = asyncio.ensure_future(peer.run())
    requests: dict[str, Request[Any]] = {
        "Heartbeat": m.HeartbeatRequest(),
        "TransactionEvent": msgspec.convert(TRANSACTION_EVENT, m.TransactionEventRequest),
    }
    request = requests[action]

    async def trip() -> None:
        assert not serving.done()
        await peer.call(request)

    yield trip
    await peer.close()
    await serving


async def _no_calls(_: Request[Response]) -> Response | Answer:
    raise AssertionError("the CSMS sends no CALL in this benchmark")


@asynccontextmanager
async def ocpp_trip(port: int, action: str) -> AsyncIterator[Trip]:
    websocket = await connect_websocket(
        f"ws://127.0.0.1:{port}/CS",
        compression=None,
        subprotocols=["ocpp2.0.1"],  # type: ignore[list-item]
    )
    station = ChargePoint("CS", websocket)
    serving = asyncio.ensure_future(station.start())
    requests = {
        "Heartbeat": ocpp_calls.Heartbeat(),
        "TransactionEvent": ocpp_calls.TransactionEvent(**_snake_case(TRANSACTION_EVENT)),
    }
    request = requests[action]

    async def trip() -> None:
        assert not serving.done()
        await station.call(request)

    yield trip
    await websocket.close()
    await asyncio.wait({serving})
    serving.exception()


def _snake_case(payload: dict[str, Any]) -> dict[str, Any]:
    from ocpp.charge_point import camel_to_snake_case

    result: dict[str, Any] = camel_to_snake_case(payload)
    return result


AT_MOST_OF_OCPP = {"Heartbeat": 1 / 3, "TransactionEvent": 1 / 8}

CLIENTS = {"echo": echo_trip, "plugfest": plugfest_trip, "ocpp": ocpp_trip}


@pytest.mark.parametrize("action", PAYLOADS)
def test_round_trip(action: str, figure: Figures) -> None:
    with ExitStack() as servers, asyncio.Runner() as runner:
        clients = {
            name: client(servers.enter_context(running_server(name)), action) for name, client in CLIENTS.items()
        }
        found = runner.run(durations({name: runner.run(client.__aenter__()) for name, client in clients.items()}))
        for client in clients.values():
            runner.run(client.__aexit__(None, None, None))
    title = f"round trip of {action} ({microseconds(found, 'plugfest'):.0f} µs)"
    figure(f"{title} / echo of websockets", ratio(found, "plugfest", "echo"), 1.4, "")
    figure(f"{title} / PyPI ocpp", ratio(found, "plugfest", "ocpp"), AT_MOST_OF_OCPP[action], "")
