"""The parts of a foreign station besides OCPP: it connects again and again, and a test fixture acts at it over HTTP."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from websockets.headers import build_authorization_basic

BACK_OFF = 1.0
"""Seconds from the loss of the connection to the next attempt."""


class Power:
    """A station that is switched on, and connects again after each lost connection.

    `connected` makes the station of one connection: it has `boot`, `start`, `plug` and `present_token`.
    """

    def __init__(
        self, csms_url: str, identity: str, password: str, subprotocol: str, connected: Callable[[Any], Any]
    ) -> None:
        self._url = f"{csms_url}/{identity}"
        self._headers = {"Authorization": build_authorization_basic(identity, password)}
        self._subprotocol = subprotocol
        self._connected = connected
        self.station: Any = None

    async def run(self) -> None:
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                async with websockets.connect(
                    self._url, subprotocols=[self._subprotocol], additional_headers=self._headers, compression=None
                ) as connection:
                    await self._serve(connection)
            self.station = None
            await asyncio.sleep(BACK_OFF)

    async def _serve(self, connection: websockets.ClientConnection) -> None:
        self.station = self._connected(connection)
        booting = asyncio.create_task(self.station.boot())
        try:
            await self.station.start()
        finally:
            booting.cancel()

    async def reboot(self) -> None:
        assert self.station is not None
        await self.station._connection.close()


def fixture(power: Power) -> Starlette:
    async def plugin(request: Request) -> Response:
        return await perform(lambda station: station.plug(True))

    async def plugout(request: Request) -> Response:
        return await perform(lambda station: station.plug(False))

    async def authorize(request: Request) -> Response:
        return await perform(
            lambda station: station.present_token(request.query_params["id"], request.query_params["type"])
        )

    async def reboot(request: Request) -> Response:
        await power.reboot()
        return Response()

    async def perform(what: Callable[[Any], Any]) -> Response:
        if power.station is None:
            return JSONResponse({"error": "the station is offline"}, 409)
        background.append(asyncio.create_task(in_turn(what(power.station))))
        return Response()

    async def in_turn(what: Any) -> None:
        async with turn:  # a station handles one action after the other
            await what

    turn = asyncio.Lock()
    background: list[asyncio.Task[None]] = []
    actions = (plugin, plugout, authorize, reboot)
    return Starlette(routes=[Route(f"/api/v1/{each.__name__}", each, methods=["POST"]) for each in actions])


async def run(power: Power, port: str) -> None:
    """Run the station until its fixture stops."""
    logging.getLogger("ocpp").setLevel(logging.CRITICAL)
    server = uvicorn.Server(uvicorn.Config(fixture(power), port=int(port), log_level="warning"))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(power.run())
        await server.serve()
        running.cancel()
