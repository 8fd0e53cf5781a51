"""A fleet of two processes against bare WebSocket clients in two processes: the same CSMS, the same frames."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final, NamedTuple

import pytest
from benchmarks.fleet_clients import IMPLEMENTATIONS, PASSWORD, PRODUCT
from benchmarks.test_round_trip import running_server
from tests.fleet.csms_process import running_csms

from plugfest.link.peer import Direction
from plugfest.products import load_product
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.station.setup.provisioning import Settings

PROCESSES: Final = 2
STATIONS: Final = 250
"""Of a process."""

EXCHANGING: Final = 5.0
"""Seconds of messages."""

ROUNDS: Final = 3
AT_MOST: Final = {"ocpp": 1 / 0.8, "smallest": 4.0}
"""How many times the rate of a fleet bare clients may have, by CSMS."""

BOOT_SECONDS: Final = 3.0
"""After which a station has sent what it sends after its connection."""

Figures = Callable[[str, float, float, str], None]


class Rates(NamedTuple):
    """Connections a second, each with its first messages, and messages a second."""

    connections: float
    messages: float


def first_frames(url: str) -> list[str]:
    """What a station sends after its connection."""
    sent: list[str] = []

    def listen(direction: Direction, text: str, _: float) -> None:
        if direction is Direction.SENT:
            sent.append(text)

    async def connect() -> None:
        settings = Settings(identity="CS00000", csms_url=url, password=PASSWORD, boot_seconds=0)
        station = VirtualStation(load_product(PRODUCT), settings, on_frame=listen)
        station.power_on()
        await asyncio.sleep(BOOT_SECONDS)
        await station.close()

    asyncio.run(connect())
    return sent


def measured(implementation: str, url: str, frames: list[str]) -> Rates:
    """The rates of all processes together."""
    script = str(Path(__file__).with_name("fleet_clients.py"))
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, script, implementation, url, str(1 + number * STATIONS), str(STATIONS)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(PROCESSES)
        ]

        def ask(line: str) -> list[str]:
            for process in processes:
                assert process.stdin is not None
                process.stdin.write(f"{line}\n")
                process.stdin.flush()
            return [process.stdout.readline() for process in processes if process.stdout is not None]

        assert ask(json.dumps(frames)) == ["ready\n"] * PROCESSES
        began = perf_counter()
        assert ask("connect") == ["connected\n"] * PROCESSES
        seconds = perf_counter() - began
        messages = sum(map(int, ask(f"exchange {EXCHANGING}")))
    return Rates(PROCESSES * STATIONS / seconds, messages / EXCHANGING)


@pytest.mark.parametrize("csms", ["ocpp", "smallest"])
def test_a_fleet_against_bare_clients(csms: str, figure: Figures) -> None:
    """With a CSMS of the PyPI package `ocpp`; with one that does next to nothing, the clients are the limit."""
    rates: dict[str, list[Rates]] = {implementation: [] for implementation in IMPLEMENTATIONS}
    with running_csms() if csms == "smallest" else running_ocpp() as url:
        frames = first_frames(url)
        for _ in range(ROUNDS):
            for implementation, found in rates.items():
                found.append(measured(implementation, url, frames))
    for name in Rates._fields:
        bare, fleet = (median(getattr(each, name) for each in rates[one]) for one in ("bare", "fleet"))
        title = f"{csms} CSMS, {name} a second: {bare:.0f} of bare clients / {fleet:.0f} of a fleet"
        figure(title, bare / fleet, AT_MOST[csms], "times")


@contextmanager
def running_ocpp() -> Iterator[str]:
    """The URL of a CSMS of the package `ocpp`, in a process of its own."""
    with running_server("ocpp") as port:
        yield f"ws://127.0.0.1:{port}"
