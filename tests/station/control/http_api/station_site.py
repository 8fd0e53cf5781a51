"""A station with its CSMS, and clients of its control API: in the process, and on a socket."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import msgspec
from tests.station.csms import Csms
from tests.station.v16.station_bench import Csms16

from plugfest.clock import run_simulated
from plugfest.http_server import serving
from plugfest.link.server import bind
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.control.conditions import Condition
from plugfest.station.control.http_api.application import application
from plugfest.station.control.virtual_station import VirtualStation, load_station_product
from plugfest.station.setup.provisioning import Settings

PASSWORD = "a password of a station"
PRODUCT_201, PRODUCT_16 = "reference-ac", "reference-16-ac"
ACCEPTED = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted)


class Site:
    """The station and a client of its control API."""

    def __init__(self, virtual: VirtualStation, csms: Csms, client: httpx.AsyncClient) -> None:
        self.virtual = virtual
        self.csms = csms
        self._client = client
        self._listening: socket.socket | None = None
        self._serving: asyncio.Task[None] | None = None

    async def get(self, path: str, **query: object) -> httpx.Response:
        return await self._client.get(path, params={name: _text(value) for name, value in query.items()} or None)

    async def post(self, operation: str, **arguments: Any) -> httpx.Response:
        return await self._client.post(operation, json=arguments)

    async def do(self, operation: str, **arguments: Any) -> Any:
        """An operation that succeeds, and its answer."""
        answer = await self.post(operation, **arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def charge(self) -> None:
        """Plug in and present a token, and let the EV charge."""
        await self.do("plug_in", evse_id=1, connector_id=1)
        await self.do("present_token", id_token="04A2B1C3", evse_id=1)
        await self.virtual.wait_for(Condition(charging_state="Charging", evse_id=1), 60)

    def serve(self) -> int:
        """The port of the control API on a socket."""
        if self._listening is None:
            self._listening = bind("127.0.0.1", 0)
            self._listening.listen()
            self._serving = asyncio.create_task(serving.serve(application(self.virtual), self._listening))
        port: int = self._listening.getsockname()[1]
        return port

    async def close(self) -> None:
        if self._serving is not None and self._listening is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
            self._listening.close()


@contextlib.asynccontextmanager
async def site(product: str = PRODUCT_201, *, keep_frames: int = 1000, settle: float = 5.0) -> AsyncIterator[Site]:
    """A station that its CSMS has accepted, `settle` seconds ago."""
    loaded = load_station_product(product)
    csms = Csms16() if loaded.ocpp_version == "1.6" else Csms()
    if loaded.ocpp_version != "1.6":
        csms.replies["Authorize"] = lambda _: m.AuthorizeResponse(id_token_info=ACCEPTED)
    await csms.listen()
    settings = Settings(identity="CS001", csms_url=csms.url, password=PASSWORD)
    virtual = VirtualStation(loaded, settings, keep_frames=keep_frames)
    virtual.power_on()
    transport = httpx.ASGITransport(application(virtual))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
            await virtual.wait_for(Condition(accepted=True), 60)
            await asyncio.sleep(settle)  # for what follows the boot
            one = Site(virtual, csms, client)
            yield one
            await one.close()
    finally:
        await virtual.close()
        await csms.server.close()


def on_site(scenario: Callable[[Site], Awaitable[None]], product: str = PRODUCT_201, **settings: Any) -> None:
    """Run a test in simulated time."""

    async def run() -> None:
        async with site(product, **settings) as one:
            await scenario(one)

    run_simulated(run())


def _text(value: object) -> str:
    """A value as it is written in a query."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
