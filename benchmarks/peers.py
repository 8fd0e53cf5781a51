"""The far ends of the round trips, each in a process of its own: `python peers.py WHO` prints its port."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Any

from ocpp.routing import on
from ocpp.v201 import ChargePoint, call_result
from websockets.asyncio.server import ServerConnection, serve

from plugfest.lab.csms.answers import Answers
from plugfest.lab.csms.answers_v201 import usual_answers
from plugfest.lab.csms.csms import Csms
from plugfest.lab.csms.endpoint import EndpointSettings
from plugfest.lab.record import Record
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.versions import V201
from plugfest.security.profile import SecurityProfile


async def echo() -> int:
    """A websocket server that sends back what comes: the floor."""

    async def back(websocket: ServerConnection) -> None:
        async for text in websocket:
            await websocket.send(text)

    server = await serve(back, "127.0.0.1", 0, compression=None)
    return int(next(iter(server.sockets)).getsockname()[1])


async def plugfest() -> int:
    """The lab's CSMS with all that it does for a frame: session, record, inbox, answer."""
    settings = LabSettings()
    record = Record(asyncio.get_running_loop().time, lambda: datetime.now(UTC))
    answers = Answers(usual_answers(settings, lambda: datetime.now(UTC)))
    csms = Csms(V201, settings, record, answers)
    endpoint = await csms.open(
        "main",
        EndpointSettings(identity=settings.identity, password=settings.password, profile=SecurityProfile.BASIC),
    )
    return int(endpoint.url.rpartition(":")[2])


class CentralSystem(ChargePoint):  # type: ignore[misc]
    """The CSMS of PyPI `ocpp`."""

    @on("Heartbeat")
    async def on_heartbeat(self, **_: Any) -> Any:
        return call_result.Heartbeat(current_time=datetime.now(UTC).isoformat())

    @on("TransactionEvent")
    async def on_transaction_event(self, **_: Any) -> Any:
        return call_result.TransactionEvent()


async def ocpp() -> int:
    """The same two answers on PyPI `ocpp`."""

    async def welcome(websocket: ServerConnection) -> None:
        await CentralSystem("CS", websocket).start()

    server = await serve(welcome, "127.0.0.1", 0, compression=None, subprotocols=["ocpp2.0.1"])  # type: ignore[list-item]
    return int(next(iter(server.sockets)).getsockname()[1])


async def main(who: str) -> None:
    """Serve until standard input closes."""
    port = await {"echo": echo, "plugfest": plugfest, "ocpp": ocpp}[who]()
    print(port, flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
