"""The processes of a fleet on this computer."""

import asyncio
import os
import signal
import subprocess
import sys

import msgspec
import pytest
from tests.fleet.csms_process import running_csms
from tests.fleet.plans import plan_of

from plugfest.fleet.local import LocalProcess, local_workers
from plugfest.fleet.plan import FleetPlan, shares
from plugfest.fleet.process import REPORT
from plugfest.fleet.worker import WorkerFailed, WorkerReport
from plugfest.fleet.workers import Workers

LIMIT = 60.0


async def until_prepared(workers: Workers, stations: int) -> None:
    while (await workers.report()).prepared < stations:
        pass


async def until_accepted(workers: Workers, stations: int) -> WorkerReport:
    while (report := await workers.report()).figures.accepted < stations:
        pass
    return report


def test_two_processes_connect_their_stations_and_report_as_one() -> None:
    async def main(plan: FleetPlan) -> None:
        async with asyncio.timeout(LIMIT), local_workers(shares(plan, 2)) as workers:
            await until_prepared(workers, 5)
            assert (await workers.report()).figures.connections == 0
            await workers.begin()
            await until_accepted(workers, 5)
            last = await workers.close()
            assert (last.figures.stations, last.figures.connected, last.figures.connections) == (5, 5, 5)
            assert last.figures.latencies["BootNotification"].count == 5
            assert last.figures.errors == {}

    with running_csms() as url:
        asyncio.run(main(plan_of(url, stations=5, rate=1000.0)))


def test_stations_that_cannot_be_commissioned_are_named() -> None:
    async def main(plan: FleetPlan) -> None:
        async with asyncio.timeout(LIMIT), local_workers(shares(plan, 1)) as workers:
            with pytest.raises(WorkerFailed, match=r"CS00001: this product has no variable A\.B"):
                await until_prepared(workers, 2)

    asyncio.run(main(plan_of(variables={"A.B": "1"})))


def test_a_process_that_is_killed_is_an_error_and_the_figures_before_remain() -> None:
    async def main(plan: FleetPlan) -> None:
        async with asyncio.timeout(LIMIT):
            process = await LocalProcess.start(shares(plan, 1)[0])
            workers = Workers([process])
            await until_prepared(workers, 2)
            os.kill(process._process.pid, signal.SIGKILL)
            with pytest.raises(WorkerFailed, match=r"was ended by SIGKILL; is there enough memory\?"):
                await workers.report()
            assert (await workers.close()).prepared == 2

    asyncio.run(main(plan_of(stations=2)))


def test_a_process_ends_when_its_input_does() -> None:
    async def main(plan: FleetPlan) -> None:
        async with asyncio.timeout(LIMIT):
            process = await LocalProcess.start(shares(plan, 1)[0])
            await process.report()
            process._commands.close()
            assert await process._process.wait() == 0

    asyncio.run(main(plan_of(stations=2)))


@pytest.mark.parametrize("sent", [b"", b'{"plan": '], ids=["nothing", "a part of a share"])
def test_a_process_that_gets_no_share_ends_without_a_word(sent: bytes) -> None:
    assert ended(sent) == (0, b"")


def test_a_process_shuts_its_stations_down_when_its_reader_is_gone() -> None:
    (share,) = shares(plan_of(stations=2), 1)
    assert ended(msgspec.json.encode(share) + b"\n" + REPORT * 2) == (0, b"")


def ended(sent: bytes) -> tuple[int | None, bytes]:
    """The exit code and the errors of a process whose output cannot be written."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "plugfest.fleet.process"]
    try:
        done = subprocess.run(command, input=sent, stdout=writing, stderr=subprocess.PIPE, timeout=LIMIT, check=False)
    finally:
        os.close(writing)
    return done.returncode, done.stderr
