"""The section in the loop of the test, with a CSMS."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from tests.station.csms import Csms

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.web.application import application
from plugfest.web.stations.section import Stations

PASSWORD = "a password of a station"
PRODUCT = "reference-ac"
ACCEPTED = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted)


class Site:
    """A client of the section."""

    def __init__(self, client: httpx.AsyncClient, csms: Csms) -> None:
        self._client = client
        self.csms = csms

    async def get(self, path: str) -> httpx.Response:
        return await self._client.get(path)

    async def see(self, path: str, text: str) -> str:
        """The page, as soon as it has the text."""
        for _ in range(120):
            if text in (found := (await self.get(path)).text):
                return found
            await asyncio.sleep(0.5)
        raise AssertionError(f"{path} never has the text {text}")

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self._client.post(path, data=fields)

    async def start(self, **fields: str) -> httpx.Response:
        """Start a station that connects to the CSMS."""
        fitting = {"product": PRODUCT, "identity": "CS001", "csms_url": self.csms.url, "password": PASSWORD}
        return await self.post("/stations", **{**fitting, **fields})


@asynccontextmanager
async def section(data: Path) -> AsyncIterator[Site]:
    """The section without stations. They are shut down at the end."""
    csms, part = Csms(), Stations(data)
    csms.replies["Authorize"] = lambda _: m.AuthorizeResponse(id_token_info=ACCEPTED)
    await csms.listen()
    transport = httpx.ASGITransport(application(part.routes()))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield Site(client, csms)
    finally:
        await part.close()
        await csms.server.close()


def problems(response: httpx.Response) -> dict[str, str]:
    """What is wrong, by field."""
    return dict(re.findall(r'class="wrong" id="(\w+)-problem">([^<]*)<', response.text))


def simulated(data: Path, scenario: Callable[[Site], Awaitable[None]]) -> None:
    async def run() -> None:
        async with section(data) as site:
            await scenario(site)

    run_simulated(run())
