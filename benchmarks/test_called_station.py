"""A request of a CSMS and the answer of a station in another process: echo, Plugfest and the PyPI package `ocpp`.

The CSMS is the same for all, a WebSocket of `websockets` that sends and reads texts.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from benchmarks.alternating import Trip, durations, microseconds, ratio
from benchmarks.called_stations import STATIONS
from benchmarks.messages import call
from benchmarks.test_campaign import Figures
from websockets.asyncio.server import ServerConnection, serve

HOST: Final = "127.0.0.1"

SILENCE: Final = 1.0
"""Seconds without a message after which a station has sent what it sends after its connection."""

GET_VARIABLES: Final = {
    "getVariableData": [
        {"component": {"name": component}, "variable": {"name": variable}}
        for component, variable in (
            ("AuthCtrlr", "Enabled"),
            ("OCPPCommCtrlr", "HeartbeatInterval"),
            ("TxCtrlr", "EVConnectionTimeOut"),
        )
    ]
}

ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "BootNotification": {"currentTime": "2026-01-01T12:00:00Z", "interval": 3600, "status": "Accepted"}
}
"""What the CSMS answers, by action; else nothing is in the answer."""


@contextmanager
def running_station(implementation: str, url: str) -> Iterator[None]:
    """A station in a process of its own."""
    script = str(Path(__file__).with_name("called_stations.py"))
    with subprocess.Popen([sys.executable, script, implementation, url]) as process:
        try:
            yield
        finally:
            process.kill()


class Csms:
    """Accepts one station, and answers its messages until it sends no more."""

    def __init__(self) -> None:
        self._released = asyncio.Event()

    async def listen(self) -> str:
        """Returns the URL."""
        self._connected: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()
        self._server = await serve(self._serve, HOST, 0, compression=None, subprotocols=["ocpp2.0.1"])  # type: ignore[list-item]
        return f"ws://{HOST}:{next(iter(self._server.sockets)).getsockname()[1]}"

    async def accept(self) -> ServerConnection:
        websocket = await self._connected
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    text = await websocket.recv()
            except TimeoutError:
                return websocket
            _, message_id, action, _ = msgspec.json.decode(text)
            await websocket.send(msgspec.json.encode([3, message_id, ANSWERS.get(action, {})]).decode())

    async def close(self) -> None:
        self._released.set()
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, websocket: ServerConnection) -> None:
        self._connected.set_result(websocket)
        await self._released.wait()


def test_get_variables(figure: Figures) -> None:
    with asyncio.Runner() as runner, ExitStack() as stations:
        trips = {}
        for name in STATIONS:
            csms = Csms()
            stations.enter_context(running_station(name, runner.run(csms.listen())))
            stations.callback(lambda csms=csms: runner.run(csms.close()))
            trips[name] = get_variables(runner.run(csms.accept()))
        found = runner.run(durations(trips))
    title = f"round trip of GetVariables ({microseconds(found, 'plugfest'):.0f} µs)"
    figure(f"{title} / echo of websockets", ratio(found, "plugfest", "echo"), 1.4, "")
    figure(f"{title} / PyPI ocpp", ratio(found, "plugfest", "ocpp"), 1 / 4, "")


def get_variables(websocket: ServerConnection) -> Trip:
    """A request and its answer."""
    text = call("GetVariables", GET_VARIABLES)

    async def trip() -> None:
        await websocket.send(text)
        assert '"AuthCtrlr"' in await websocket.recv(decode=True)

    return trip
