"""Runs the site: builds its sections, serves them, and ends what they have started."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

from starlette.routing import BaseRoute

from plugfest.http_server import serving
from plugfest.web.application import application
from plugfest.web.pages import prepare
from plugfest.web.stations.section import Stations


class SitePart(Protocol):
    """A section of the site."""

    def routes(self) -> Sequence[BaseRoute]:
        """Its pages."""
        ...

    async def close(self) -> None:
        """End what it has started: campaigns, stations."""
        ...


def site_parts(data_folder: Path) -> list[SitePart]:
    """The sections. `data_folder`: where the runs and the PICS files of the user are."""
    return [Stations(data_folder)]


async def run_site(data_folder: Path, listening: socket.socket, token: str | None) -> None:
    """Serve the site on a bound socket until cancelled."""
    async with AsyncExitStack() as stack:
        preparing = asyncio.create_task(prepare())
        stack.callback(preparing.cancel)
        routes: list[BaseRoute] = []
        for part in site_parts(data_folder):
            stack.push_async_callback(part.close)
            routes += part.routes()
        await serving.serve(application(routes, token), listening)
