"""The memory of idle stations of OCPP 1.6: Plugfest against other simulators, in the same run and with the same CSMS.

An environment variable names the folder of each simulator, ready to run: PLUGFEST_PEER_SHIV3, PLUGFEST_PEER_SAP. The
cost of one station is the slope between two numbers of stations, each in a process of its own; garbage is collected
before. With `--stations 5000` the larger number is 5,000.
"""

import asyncio
import os
import resource
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import msgspec
import pytest
from benchmarks.idle_stations import Cost
from benchmarks.peer_simulators import Csms, Start, accepting_csms, resident_memory, sap, shiv3, until_accepted
from benchmarks.peers import raise_file_limit
from benchmarks.test_station_memory import FEW, KIB, MANY, ROUNDS, Figures

MB: Final = 1e6

_WITHIN: Final = 300.0
_SETTLING: Final = 5.0
"""Seconds in which the stations send what follows their boot, and garbage is collected."""

Measure = Callable[[Csms, int], Awaitable[int]]
"""The memory of a process with so many stations, in bytes."""


class Simulator(NamedTuple):
    """Another simulator, and limits for the memory of Plugfest divided by its memory.

    `process` is for MANY stations. With more of them what a process has before its first station counts less.
    """

    name: str
    variable: str
    program: str
    start: Start
    station: float
    process: float


SIMULATORS: Final = {
    "shiv3": Simulator("shiv3/ocpp-cp-simulator", "PLUGFEST_PEER_SHIV3", "bun", shiv3, station=0.7, process=0.6),
    "sap": Simulator(
        "SAP e-mobility-charging-stations-simulator", "PLUGFEST_PEER_SAP", "node", sap, station=3, process=0.4
    ),
}


class Memory(NamedTuple):
    """Medians: of one station more in KiB, and of the process with the larger number in MB."""

    station: float
    process: float


@pytest.fixture(autouse=True)
def _enough_files() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    raise_file_limit()
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


async def plugfest(csms: Csms, count: int) -> int:
    """Plugfest."""
    script = str(Path(__file__).with_name("idle_stations.py"))
    command = [sys.executable, script, "plugfest16", csms.url, "", str(count)]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    printed, _ = await process.communicate()
    assert len(csms.accepted) == count
    return msgspec.json.decode(printed, type=Cost).memory


def other(start: Start, folder: Path) -> Measure:
    """Another simulator."""

    async def measure(csms: Csms, count: int) -> int:
        with tempfile.TemporaryDirectory() as scratch:
            async with asyncio.timeout(_WITHIN), start(folder, Path(scratch), csms.url, count) as process:
                await until_accepted(csms, process, count)
                await asyncio.sleep(_SETTLING)
                return resident_memory(process.pid)

    return measure


async def memory(measures: list[Measure], many: int) -> list[Memory]:
    """The memory by each of the measures, which take turns."""
    found: list[list[tuple[int, int]]] = [[] for _ in measures]
    for _ in range(ROUNDS):
        for measure, pairs in zip(measures, found, strict=True):
            pairs.append((await _once(measure, FEW), await _once(measure, many)))
    return [
        Memory(
            median((larger - smaller) / (many - FEW) / KIB for smaller, larger in pairs),
            median(larger / MB for _, larger in pairs),
        )
        for pairs in found
    ]


async def _once(measure: Measure, count: int) -> int:
    async with accepting_csms() as csms:
        return await measure(csms, count)


@pytest.mark.parametrize("simulator", SIMULATORS.values(), ids=SIMULATORS)
def test_idle_stations(simulator: Simulator, figure: Figures, request: pytest.FixtureRequest) -> None:
    folder = os.environ.get(simulator.variable)
    if not folder:
        pytest.skip(f"set {simulator.variable} to a folder with {simulator.name}, ready to run")
    if shutil.which(simulator.program) is None:
        pytest.skip(f"{simulator.name} needs {simulator.program}, which is not in PATH")
    many = request.config.getoption("--stations") or MANY
    measures: list[Measure] = [plugfest, other(simulator.start, Path(folder).resolve())]
    ours, theirs = asyncio.run(memory(measures, many))
    title = f"an idle station, Plugfest {ours.station:.0f} KiB / {simulator.name} {theirs.station:.0f} KiB"
    figure(title, ours.station / theirs.station, simulator.station, "")
    title = f"a process with {many} of them, Plugfest {ours.process:.0f} MB / the other {theirs.process:.0f} MB"
    figure(title, ours.process / theirs.process, simulator.process if many == MANY else 1, "")
