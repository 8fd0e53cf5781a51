"""Idle stations in one process: `python idle_stations.py KIND URL ROOTS COUNT...` prints their cost at each.

Kinds: `plugfest`, complete virtual stations that the CSMS has accepted; `plugfest16`, the same with OCPP 1.6;
`websocket`, bare connections, the lower bound.
ROOTS: the file of the root certificate of the CSMS, or an empty text without TLS.
"""

import asyncio
import gc
import itertools
import resource
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from websockets.asyncio.client import connect as open_websocket

from plugfest.garbage_collection import collect_less_often
from plugfest.light_event import LightEvent
from plugfest.link.handshake import basic, connection_url
from plugfest.link.tls import client_context
from plugfest.ocpp.versions import V201
from plugfest.products import load_product
from plugfest.security.profile import SecurityProfile
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.station.setup.provisioning import Settings

PRODUCT: Final = "chargepoint-ct4000"
PRODUCT_16: Final = "reference-16-ac"

PASSWORD: Final = "password-of-sixteen"

_AT_ONCE: Final = 16
"""Stations that connect at one time."""

_WITHIN: Final = 60.0
_SETTLING: Final = 2.0
"""Seconds after which the last station has nothing more to send."""

Start = Callable[[str], Awaitable[object]]


class Cost(msgspec.Struct, frozen=True):
    """What so many stations cost in all: memory in bytes, and CPU time in seconds."""

    stations: int
    memory: int
    cpu: float


def plugfest(url: str, roots: str, product_name: str = PRODUCT) -> Start:
    """Complete stations."""
    product = load_product(product_name)
    roots_pem = (Path(roots).read_text(),) if roots else ()
    profile = SecurityProfile.TLS_BASIC if roots else SecurityProfile.BASIC

    async def start(identity: str) -> object:
        settings = Settings(
            identity=identity,
            csms_url=url,
            password=PASSWORD,
            security_profile=profile,
            csms_roots=roots_pem,
            boot_seconds=0.0,
        )
        accepted = LightEvent()
        station = VirtualStation(
            product,
            settings,
            keep_frames=0,
            on_start=lambda started: started.context.lifecycle.boot_accepted.add(accepted.set),
        )
        station.power_on()
        async with asyncio.timeout(_WITHIN):
            await accepted.wait()
        return station

    return start


def websocket(url: str, roots: str) -> Start:
    """Connections without a station, all with one TLS context."""
    tls: ssl.SSLContext | None = client_context([Path(roots).read_text()]) if roots else None

    async def start(identity: str) -> object:
        return await open_websocket(
            connection_url(url, identity),
            subprotocols=[V201.subprotocol],  # type: ignore[list-item]
            additional_headers={"Authorization": basic((identity, PASSWORD))},
            compression=None,
            ssl=tls,
        )

    return start


KINDS: Final[dict[str, Callable[[str, str], Start]]] = {
    "plugfest": plugfest,
    "plugfest16": partial(plugfest, product_name=PRODUCT_16),
    "websocket": websocket,
}


async def costs(start: Start, counts: list[int]) -> None:
    """Start stations up to each count, and print what they cost."""
    running: list[object] = []
    numbers: Iterator[int] = itertools.count()
    for count in counts:
        limit = asyncio.Semaphore(_AT_ONCE)

        async def one(limit: asyncio.Semaphore = limit) -> None:
            async with limit:
                running.append(await start(f"CS{next(numbers):06}"))

        begun = time.process_time()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(count - len(running)):
                tasks.create_task(one())
        used = time.process_time() - begun
        await asyncio.sleep(_SETTLING)
        gc.collect()
        print(msgspec.json.encode(Cost(len(running), resident_memory(), used)).decode(), flush=True)


def resident_memory() -> int:
    """The memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    kind, url, roots, *counts = sys.argv[1:]
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    collect_less_often()
    asyncio.run(costs(KINDS[kind](url, roots), [int(count) for count in counts]))
