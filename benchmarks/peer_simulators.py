"""Other simulators of charging stations with many idle stations in one process, and a CSMS that accepts them.

A simulator is a folder, ready to run; its program (`bun`, `node`) is found by PATH. Nothing is written to the folder.
Stations have OCPP 1.6 without TLS, and two connectors; they do nothing but heartbeats.
"""

import asyncio
import json
import os
import resource
import shutil
import signal
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import httpx
from benchmarks.peers import HOST

from plugfest.lab.csms.answers import Answers
from plugfest.lab.settings import LabSettings
from plugfest.lab.v16.answers import default_answers
from plugfest.link.peer import Peer
from plugfest.link.server import Admission, Connection, Server
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.versions import V16

CONNECTORS: Final = 2

COLLECTION: Final = "setInterval(() => globalThis.Bun ? Bun.gc(true) : gc(), 1000).unref()\n"
"""A module that collects garbage in its thread every second: what is measured then is in use."""

_AT_ONCE: Final = 10_000
_PAUSE: Final = 0.05


class Csms(NamedTuple):
    """A running CSMS, and the identities of the stations whose boot it has accepted."""

    url: str
    accepted: set[str]


@asynccontextmanager
async def accepting_csms() -> AsyncIterator[Csms]:
    """The CSMS of the lab on a free port, with its default answers for OCPP 1.6."""
    accepted: set[str] = set()
    answers = Answers(default_answers(LabSettings(), lambda: datetime.now(UTC)))

    async def handle(connection: Connection) -> None:
        def respond(request: Request[Response]) -> Response:
            if isinstance(request, m.BootNotificationRequest):
                accepted.add(connection.handshake.identity)
            return answers.respond(request)

        await Peer(connection.websocket, RpcEndpoint(connection.protocol), respond=respond).run()

    server = Server()
    await server.listen(
        HOST,
        0,
        protocols=[V16],
        admit=lambda _: Admission.accept(),
        on_connection=handle,
        max_handshakes=_AT_ONCE,
    )
    try:
        yield Csms(f"ws://{HOST}:{server.port}", accepted)
    finally:
        await server.close()


class Start(Protocol):
    """Starts the process of a simulator with so many stations, which connect to `url`. `scratch`: an empty folder."""

    def __call__(self, folder: Path, scratch: Path, url: str, count: int) -> AbstractAsyncContextManager[Process]: ...


@asynccontextmanager
async def shiv3(folder: Path, scratch: Path, url: str, count: int) -> AsyncIterator[Process]:
    """The server of shiv3/ocpp-cp-simulator, which creates stations on request (MCP)."""
    with socket.socket() as unused:
        unused.bind((HOST, 0))
        port = str(unused.getsockname()[1])
    collection, main = _write(scratch / "collection.js", COLLECTION), folder / "src/cli/main.ts"
    async with (
        _running(
            scratch, "bun", "--no-install", "--preload", str(collection), str(main), "--http-port", port
        ) as process,
        httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False) as client,
    ):
        for number in range(count):
            station = {"cpId": f"CS{number:06}", "wsUrl": url, "connectors": CONNECTORS, "autoConnect": True}
            await _call_tool(client, process, "cp_create", station)
        yield process


async def _call_tool(client: httpx.AsyncClient, process: Process, name: str, arguments: dict[str, Any]) -> None:
    """Tried again while the server does not listen yet, and when it limits the rate."""
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    while process.returncode is None:
        with suppress(httpx.ConnectError):
            answer = await client.post("/mcp", json=call, headers={"Accept": "application/json"})
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                result = answer.raise_for_status().json().get("result")
                assert result is not None, answer.text
                assert not result.get("isError"), answer.text
                return
        await asyncio.sleep(_PAUSE)


@asynccontextmanager
async def sap(folder: Path, scratch: Path, url: str, count: int) -> AsyncIterator[Process]:
    """SAP e-mobility-charging-stations-simulator, with all stations in one thread and without logs or statistics."""
    shutil.copytree(folder / "dist", scratch / "dist")  # it reads its settings there, and keeps its stations there
    (scratch / "node_modules").symlink_to(folder / "node_modules")
    settings = {
        "$schemaVersion": 1,
        "supervisionUrls": [url],
        "log": {"enabled": False},
        "performanceStorage": {"enabled": False},
        "worker": {"processType": "workerSet", "elementsPerWorker": "all"},
        "stationTemplateUrls": [{"file": "idle.station-template.json", "numberOfStations": count}],
    }
    station = {
        "$schemaVersion": 1,
        "baseName": "CS",
        "chargePointVendor": "Plugfest",
        "chargePointModel": "Idle",
        "ocppVersion": "1.6",
        "power": 22_080,
        "powerUnit": "W",
        "numberOfConnectors": CONNECTORS,
        "randomConnectors": False,
        "Connectors": {str(number): {} for number in range(CONNECTORS + 1)},
    }
    assets = scratch / "dist/assets"
    _write(assets / "config.json", json.dumps(settings))
    _write(assets / "station-templates/idle.station-template.json", json.dumps(station))
    collection, main = _write(scratch / "collection.mjs", COLLECTION), scratch / "dist/start.js"
    async with _running(scratch, "node", "--expose-gc", "--import", str(collection), str(main)) as process:
        yield process


def _write(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


@asynccontextmanager
async def _running(folder: Path, *command: str) -> AsyncIterator[Process]:
    """A process in a group of its own, which is killed at the end."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def until_accepted(csms: Csms, process: Process, count: int) -> None:
    """Wait until the CSMS has accepted so many stations of the process."""
    while len(csms.accepted) < count:
        assert process.returncode is None, "the simulator has ended; its program may be too old"
        await asyncio.sleep(_PAUSE)


def resident_memory(process: int) -> int:
    """The memory of a process and of its children, in bytes."""
    threads = Path(f"/proc/{process}/task").iterdir()
    children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() + sum(map(resident_memory, children))
