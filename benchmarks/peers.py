"""The servers of the round trips, each in its own process: `python peers.py IMPLEMENTATION` prints its port."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Any

from ocpp.routing import on
from ocpp.v201 import ChargePoint, call_result
from websockets.asyncio.server import ServerConnection, serve

from plugfest.lab.csms.answers import Answers
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.answers import default_answers
from plugfest.link.peer import Peer
from plugfest.link.server import Admission, Connection, Server
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.versions import V201


async def echo() -> int:
    """A WebSocket server that sends every message back: the lower bound."""

    async def send_back(websocket: ServerConnection) -> None:
        async for text in websocket:
            await websocket.send(text)

    server = await serve(send_back, "127.0.0.1", 0, compression=None)
    return int(next(iter(server.sockets)).getsockname()[1])


async def plugfest() -> int:
    """The CSMS of the lab: server, peer, RPC layer and default answers."""
    settings = LabSettings()
    answers = Answers(default_answers(settings, lambda: datetime.now(UTC)))

    async def answer(request: Request[Any]) -> Response:
        return answers.respond(request)

    async def handle(connection: Connection) -> None:
        await Peer(connection.websocket, RpcEndpoint(connection.protocol), on_call=answer).run()

    server = Server()
    await server.listen("127.0.0.1", 0, protocols=[V201], admit=lambda _: Admission.accept(), on_connection=handle)
    return server.port


class CentralSystem(ChargePoint):  # type: ignore[misc]
    """A CSMS with the PyPI package `ocpp`."""

    @on("Heartbeat")
    async def on_heartbeat(self, **_: Any) -> Any:
        return call_result.Heartbeat(current_time=datetime.now(UTC).isoformat())

    @on("TransactionEvent")
    async def on_transaction_event(self, **_: Any) -> Any:
        return call_result.TransactionEvent()


async def ocpp() -> int:
    """The same two answers with the PyPI package `ocpp`."""

    async def handle(websocket: ServerConnection) -> None:
        await CentralSystem("CS", websocket).start()

    server = await serve(handle, "127.0.0.1", 0, compression=None, subprotocols=["ocpp2.0.1"])  # type: ignore[list-item]
    return int(next(iter(server.sockets)).getsockname()[1])


async def main(implementation: str) -> None:
    """Serve until standard input closes."""
    port = await {"echo": echo, "plugfest": plugfest, "ocpp": ocpp}[implementation]()
    print(port, flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
