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
from plugfest.web.bench.part import BenchPart
from plugfest.web.fleets.part import FleetsPart
from plugfest.web.idle_detector import IdleDetector
from plugfest.web.products.part import ProductsPart
from plugfest.web.runs.part import RunsPart
from plugfest.web.runs.store import Runs
from plugfest.web.stations.section import Stations


class SitePart(Protocol):
    """A section of the site."""

    def routes(self) -> Sequence[BaseRoute]:
        """Its pages."""
        ...

    async def prepare(self, idle: IdleDetector) -> None:
        """Do in the background, a piece at a time, what the first page would have to wait for."""
        ...

    async def close(self) -> None:
        """End what it has started: campaigns, stations."""
        ...


def site_parts(data_folder: Path) -> list[SitePart]:
    """The sections. `data_folder`: where the runs and the PICS files of the user are."""
    runs = Runs(data_folder / "runs")
    return [
        ProductsPart(data_folder, runs),
        BenchPart(data_folder, runs),
        RunsPart(runs),
        Stations(data_folder),
        FleetsPart(data_folder),
    ]


async def run_site(data_folder: Path, listening: socket.socket, token: str | None) -> None:
    """Serve the site on a bound socket until cancelled."""
    parts, idle = site_parts(data_folder), IdleDetector()
    async with AsyncExitStack() as stack:
        for part in parts:
            stack.push_async_callback(part.close)
        preparing = asyncio.create_task(_prepare(parts, idle))
        stack.callback(preparing.cancel)
        routes = [route for part in parts for route in part.routes()]
        await serving.serve(idle.watching(application(routes, token)), listening)


async def _prepare(parts: Sequence[SitePart], idle: IdleDetector) -> None:
    for part in parts:
        await part.prepare(idle)
