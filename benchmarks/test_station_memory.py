"""The memory of idle stations in one process, with and without TLS, beside bare connections."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import pytest
from benchmarks.idle_stations import Cost
from benchmarks.peers import HOST, ROOT_FILE

FEW, MANY = 200, 1000
"""The memory of a station is the slope between these numbers: what is shared does not count."""

LIMITS: Final = {False: 1e9 / 10_000, True: 1.6e9 / 10_000}
"""Bytes of a station, without and with TLS: 10,000 in 1 GB and in 1.6 GB."""

Figures = Callable[[str, float, float, str], None]


@contextmanager
def csms_url(folder: Path, *, tls: bool) -> Iterator[str]:
    """A CSMS in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("peers.py")), "plugfest", *([str(folder)] if tls else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield f"{'wss' if tls else 'ws'}://{HOST}:{int(process.stdout.readline())}"
        process.stdin.close()


def costs(kind: str, url: str, roots: str, *counts: int) -> list[Cost]:
    program = str(Path(__file__).with_name("idle_stations.py"))
    arguments = [sys.executable, program, kind, url, roots, *map(str, counts)]
    printed = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    return [msgspec.json.decode(line, type=Cost) for line in printed.splitlines()]


@pytest.mark.parametrize("tls", [False, True], ids=["without TLS", "with TLS"])
def test_an_idle_station(tls: bool, tmp_path: Path, figure: Figures) -> None:
    with csms_url(tmp_path, tls=tls) as url:
        roots = str(tmp_path / ROOT_FILE) if tls else ""
        each = {kind: bytes_of_one(costs(kind, url, roots, FEW, MANY)) for kind in ("plugfest", "websocket")}
    name = "an idle station with TLS" if tls else "an idle station without TLS"
    bare = f"a bare connection of websockets takes {each['websocket'] / 1024:.0f} KiB"
    figure(f"{name}, of {MANY} ({bare})", each["plugfest"] / 1024, LIMITS[tls] / 1024, "KiB")


def bytes_of_one(measured: list[Cost]) -> float:
    few, many = measured
    return (many.memory - few.memory) / (many.stations - few.stations)
