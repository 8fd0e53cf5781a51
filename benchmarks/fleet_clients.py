"""Clients of a CSMS in a process: `python fleet_clients.py bare|fleet URL FIRST COUNT`.

Standard input: a line with the frames of a station after its connection as JSON; "connect"; "exchange SECONDS". "bare"
are WebSocket clients that send these frames, "fleet" are the stations of a process of a fleet. Standard output:
"ready", "connected" when every answer was read, and how many messages were exchanged: Heartbeats and their answers, one
after the other at every client.
"""

import asyncio
import json
import sys
from random import Random
from typing import Final, Protocol

from websockets.asyncio.client import ClientConnection, connect

from plugfest.fleet.driving import Drive
from plugfest.fleet.member import CONNECTING_AT_ONCE
from plugfest.fleet.plan import FleetPlan, Weighted, shares
from plugfest.fleet.worker import Worker
from plugfest.garbage_collection import collect_less_often
from plugfest.ocpp.v201.messages import HeartbeatRequest
from plugfest.products import load_product
from plugfest.station.control.virtual_station import VirtualStation

PRODUCT: Final = "reference-ac"
PASSWORD: Final = "a-password-of-16"

HEARTBEAT: Final = '[2,"3c1f3c52-6a0a-4a5e-9a44-0d7b7e1a0001","Heartbeat",{}]'


class Clients(Protocol):
    async def prepare(self) -> None: ...

    async def connect(self) -> None: ...

    async def exchange(self, seconds: float) -> int: ...


class BareClients:
    """WebSockets of `websockets`, without OCPP."""

    def __init__(self, url: str, first: int, count: int, frames: list[str]) -> None:
        self._urls = [f"{url}/CS{number:05d}" for number in range(first, first + count)]
        self._frames = frames
        self._places = asyncio.Semaphore(CONNECTING_AT_ONCE)
        self._clients: list[ClientConnection] = []

    async def prepare(self) -> None:
        """There is nothing to prepare."""

    async def connect(self) -> None:
        self._clients = list(await asyncio.gather(*(self._open(url) for url in self._urls)))

    async def exchange(self, seconds: float) -> int:
        until = asyncio.get_running_loop().time() + seconds
        return sum(await asyncio.gather(*(self._heartbeats(client, until) for client in self._clients)))

    async def _open(self, url: str) -> ClientConnection:
        async with self._places:
            websocket = await connect(
                url,
                compression=None,
                subprotocols=["ocpp2.0.1"],  # type: ignore[list-item]
                ping_interval=None,
                proxy=None,
            )
            for frame in self._frames:
                await websocket.send(frame)
                await websocket.recv()
            return websocket

    async def _heartbeats(self, websocket: ClientConnection, until: float) -> int:
        count, loop = 0, asyncio.get_running_loop()
        while loop.time() < until:
            await websocket.send(HEARTBEAT)
            await websocket.recv()
            count += 2
        return count


class FleetClients:
    """Complete stations, with the figures of a fleet."""

    def __init__(self, url: str, first: int, count: int, frames: list[str]) -> None:
        plan = FleetPlan(
            stations=count,
            first=first,
            products=(Weighted(load_product(PRODUCT)),),
            csms_url=url,
            password=PASSWORD,
            rate=1e9,
        )
        self._count = count
        self._messages = 2 * len(frames) * count
        self._until = 0.0
        self._exchanging = asyncio.Event()
        self._worker = Worker(shares(plan, 1)[0], Drive(self._heartbeats))

    async def prepare(self) -> None:
        await self._worker.prepare()
        while self._worker.report().prepared < self._count:  # noqa: ASYNC110 - it is the report that is measured
            await asyncio.sleep(0.01)

    async def connect(self) -> None:
        self._worker.begin()
        while self._worker.report().figures.messages < self._messages:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def exchange(self, seconds: float) -> int:
        before = self._worker.report().figures.messages
        self._until = asyncio.get_running_loop().time() + seconds
        self._exchanging.set()
        await asyncio.sleep(seconds)
        return self._worker.report().figures.messages - before

    async def _heartbeats(self, virtual: VirtualStation, _: Random) -> None:
        await self._exchanging.wait()
        station, loop = virtual.station.station, asyncio.get_running_loop()
        assert station is not None
        while loop.time() < self._until:
            await station.context.csms.call(HeartbeatRequest())


IMPLEMENTATIONS: Final = {"bare": BareClients, "fleet": FleetClients}


async def main(implementation: str, url: str, first: int, count: int) -> None:
    """Follow the commands of standard input."""
    clients: Clients = IMPLEMENTATIONS[implementation](url, first, count, json.loads(sys.stdin.readline()))
    await clients.prepare()
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await clients.connect()
    print("connected", flush=True)
    command = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    print(await clients.exchange(float(command.split()[1])), flush=True)


if __name__ == "__main__":
    collect_less_often()
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
