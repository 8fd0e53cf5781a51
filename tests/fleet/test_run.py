"""A run of a fleet, with processes that are made up."""

import asyncio
from collections.abc import Callable

from plugfest.clock import TEST_START, run_simulated
from plugfest.fleet.figures import Figures
from plugfest.fleet.results import FleetDescription, FleetResult
from plugfest.fleet.run import NOTHING_CONNECTS, FleetRun
from plugfest.fleet.worker import WorkerFailed, WorkerReport
from plugfest.fleet.workers import REPORT_TIMEOUT, Workers


class FakeWorker:
    """A process that prepares its stations in `preparing` seconds, and connects one a second after it has begun."""

    def __init__(self, stations: int = 4, preparing: float = 3.0, connects: bool = True) -> None:
        self._stations = stations
        self._preparing = preparing
        self._connects = connects
        self._began: float | None = None
        self.fails_after: float | None = None
        self.answers_within = 0.0

    async def begin(self) -> None:
        self._began = asyncio.get_running_loop().time()

    async def report(self) -> WorkerReport:
        await asyncio.sleep(self.answers_within)
        now = asyncio.get_running_loop().time()
        if self.fails_after is not None and now > self.fails_after:
            raise WorkerFailed("a process of the fleet ended with exit code 1")
        seconds = 0.0 if self._began is None else now - self._began
        connected = min(self._stations, int(seconds + 0.001)) if self._connects else 0
        figures = Figures(
            stations=self._stations, connected=connected, accepted=connected, connections=connected, sent=10 * connected
        )
        if self._began is not None and not self._connects:
            figures.failed("cannot reach 127.0.0.1:9: Connection refused", 3)
        return WorkerReport(prepared=self._stations if now >= self._preparing else 0, figures=figures)

    async def close(self) -> WorkerReport:
        return await self.report()


def description(stations: int = 4, duration: float | None = 10.0) -> FleetDescription:
    return FleetDescription(
        software="Plugfest",
        started_at=TEST_START,
        csms_url="ws://127.0.0.1:9",
        stations=stations,
        products={"reference-ac": stations},
        identity="CS{:05d}",
        rate=1.0,
        seed=1,
        scenario=None,
        misbehaving=(),
        sources=(),
        workers=1,
        where="this computer",
        duration=duration,
    )


def run(
    *workers: FakeWorker,
    duration: float | None = 10.0,
    meanwhile: Callable[[FleetRun], None] = lambda _: None,
) -> tuple[FleetRun, list[FleetResult]]:
    """The run, and each result that it has given."""

    async def main() -> tuple[FleetRun, list[FleetResult]]:
        results: list[FleetResult] = []
        fleet = FleetRun(Workers(workers), description(4 * len(workers), duration), results.append)
        meanwhile(fleet)
        assert await fleet.run() == results[-1]
        return fleet, results

    return run_simulated(main())


def test_a_fleet_is_prepared_first_and_ends_after_its_duration() -> None:
    fleet, results = run(FakeWorker())
    assert [one.phase for one in results] == ["preparing"] * 4 + ["running"] * 10 + ["ended"]
    assert results[-1].reason == "the duration is over"
    assert results[-1].all_accepted
    assert results[-1].now.at == 10.0
    assert not fleet.failed


def test_rates_are_those_of_each_second() -> None:
    _, results = run(FakeWorker(), FakeWorker())
    running = [one.now for one in results if one.phase == "running"]
    assert [one.connection_rate for one in running] == [2.0] * 4 + [0.0] * 6
    assert [one.message_rate for one in running] == [20.0] * 4 + [0.0] * 6
    assert results[-1].fastest_connecting == 2.0
    assert results[-1].most_messages == 20.0


def test_a_fleet_without_a_duration_runs_until_it_is_stopped() -> None:
    def stop_later(fleet: FleetRun) -> None:
        asyncio.get_running_loop().call_later(33.5, fleet.stop)

    _, results = run(FakeWorker(), duration=None, meanwhile=stop_later)
    assert results[-1].reason == "stopped"
    assert results[-1].now.at == 30.5


def test_a_fleet_that_is_stopped_while_it_is_prepared_ends_with_a_result() -> None:
    def stop_soon(fleet: FleetRun) -> None:
        asyncio.get_running_loop().call_later(1.5, fleet.stop)

    fleet, results = run(FakeWorker(), meanwhile=stop_soon)
    assert [one.phase for one in results] == ["preparing", "preparing", "ended"]
    assert not fleet.failed


def test_a_fleet_of_which_no_station_connects_ends_with_the_reason() -> None:
    fleet, results = run(FakeWorker(connects=False), duration=None)
    assert fleet.failed
    assert results[-1].reason == ("no station connected within 60 s: cannot reach 127.0.0.1:9: Connection refused")
    assert NOTHING_CONNECTS <= results[-1].now.at <= NOTHING_CONNECTS + 2


def test_a_process_that_fails_ends_the_fleet_with_the_figures_so_far() -> None:
    failing = FakeWorker()
    failing.fails_after = 8.0
    fleet, results = run(failing, FakeWorker())
    assert fleet.failed
    assert results[-1].reason == "a process of the fleet ended with exit code 1"
    assert results[-1].now.connected == 8
    assert results[-1].now.at < 7


def test_a_busy_process_is_waited_for_and_then_its_report_before_counts() -> None:
    busy = FakeWorker()
    busy.answers_within = 2.5 * REPORT_TIMEOUT
    _, results = run(busy, FakeWorker(), duration=60.0)
    assert results[-1].all_accepted
    assert results[0].now.prepared == 0
    assert {one.now.prepared for one in results} == {0, 4, 8}
