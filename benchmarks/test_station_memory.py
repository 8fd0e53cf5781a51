"""The memory and the CPU time of idle stations in one process, against bare WebSocket connections in another one.

The CSMS is a process of its own. The cost of one station is the slope between two numbers of stations. With
`--stations 10000` so many run in one process too.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import msgspec
import pytest
from benchmarks.idle_stations import Cost
from benchmarks.peers import HOST, ROOT_FILE
from benchmarks.test_round_trip import running_server

FEW, MANY = 200, 1000

ROUNDS: Final = 3
KIB: Final = 1024
GB: Final = 1e9

Figures = Callable[[str, float, float, str], None]


class Limits(NamedTuple):
    """Of the memory of a station in KiB, of that of 10,000 stations in GB, and of the CPU time in connections."""

    memory: float
    of_10_000: float
    connections: float


LIMITS: Final = {"plain": Limits(97, 1.0, 8), "TLS": Limits(156, 1.6, 5)}


class OneMore(NamedTuple):
    """What one more station costs: memory in KiB, and CPU time in milliseconds."""

    memory: float
    milliseconds: float


@contextmanager
def running_csms(transport: str, folder: Path) -> Iterator[tuple[str, str]]:
    """The URL of a CSMS, and the file of its root certificate; empty without TLS."""
    if transport == "plain":
        with running_server("plugfest") as port:
            yield f"ws://{HOST}:{port}", ""
    else:
        with running_server("plugfest", folder) as port:
            yield f"wss://{HOST}:{port}", str(folder / ROOT_FILE)


def costs(kind: str, url: str, roots: str, *counts: int) -> list[Cost]:
    """The costs at each number of stations."""
    script = str(Path(__file__).with_name("idle_stations.py"))
    command = [sys.executable, script, kind, url, roots, *map(str, counts)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [msgspec.json.decode(line, type=Cost) for line in printed.splitlines()]


def one_more(kind: str, url: str, roots: str) -> OneMore:
    """The medians of some processes."""
    pairs = [costs(kind, url, roots, FEW, MANY) for _ in range(ROUNDS)]
    count = MANY - FEW
    return OneMore(
        median((many.memory - few.memory) / count / KIB for few, many in pairs),
        median(many.cpu / count * 1000 for _, many in pairs),
    )


@pytest.mark.parametrize("transport", LIMITS)
def test_an_idle_station(transport: str, tmp_path: Path, figure: Figures) -> None:
    limits = LIMITS[transport]
    with running_csms(transport, tmp_path) as (url, roots):
        station, connection = (one_more(kind, url, roots) for kind in ("plugfest", "websocket"))
    assert station.memory > connection.memory
    title = f"an idle station, {transport}, of which {connection.memory:.0f} KiB are the connection"
    figure(title, station.memory, limits.memory, "KiB")
    title = f"to create and connect a station, {transport}: CPU time {station.milliseconds:.1f} ms"
    figure(title, station.milliseconds / connection.milliseconds, limits.connections, "connections")


@pytest.mark.parametrize("transport", LIMITS)
def test_thousands_of_idle_stations(
    transport: str, tmp_path: Path, figure: Figures, request: pytest.FixtureRequest
) -> None:
    count = request.config.getoption("--stations")
    if not count:
        pytest.skip("--stations is not given")
    with running_csms(transport, tmp_path) as (url, roots):
        (cost,) = costs("plugfest", url, roots, count)
    assert cost.stations == count
    figure(f"{count} idle stations, {transport}", cost.memory / GB, LIMITS[transport].of_10_000 * count / 10_000, "GB")
