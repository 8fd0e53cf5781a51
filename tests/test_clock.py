"""The clock: simulated time jumps to the next timer, and stands still while work is done."""

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest import clock

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
A_DAY = 86_400.0


def simulated(main):
    return clock.run(main, simulated=True, start=START)


def test_a_simulated_day_of_sleep_is_shorter_than_a_day():
    began = time.monotonic()
    simulated(asyncio.sleep(A_DAY))
    assert time.monotonic() - began < A_DAY


@pytest.mark.parametrize(("seconds", "is_set", "when"), [(3.0, False, 3.0), (7.0, True, 5.0), (None, True, 5.0)])
def test_a_wait_for_an_event_ends_with_the_event_or_its_time_limit(
    seconds: float | None, is_set: bool, when: float
) -> None:
    async def main() -> tuple[bool, float]:
        event, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.call_later(5.0, event.set)
        return await clock.set_within(event, seconds), loop.time()

    assert simulated(main()) == (is_set, when)


def test_the_wall_clock_follows_the_loop():
    async def main() -> datetime:
        await asyncio.sleep(90.5)
        return clock.utc_now()

    assert simulated(main()) == START + timedelta(seconds=90.5)


def test_timers_fire_in_their_order_at_exactly_their_times():
    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        fired: list[float] = []
        for delay in (3.0, 1.0, 2.0):
            loop.call_later(delay, lambda: fired.append(loop.time()))
        await asyncio.sleep(4)
        return fired

    assert simulated(main()) == [1.0, 2.0, 3.0]


def test_a_timeout_does_not_fire_before_a_socket_that_has_data():
    async def main() -> bytes:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            writer.write(b"ping\n")
            return await asyncio.wait_for(reader.readline(), 0.001)
        finally:
            writer.close()
            server.close()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    assert simulated(main()) == b"ping\n"


def test_small_writes_are_not_delayed():
    async def main() -> None:
        closed = asyncio.Event()

        async def answer_in_pieces(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.read(100):
                writer.write(b"one ")
                await asyncio.sleep(0)
                writer.write(b"two")
            writer.close()
            closed.set()

        # asyncio leaves Nagle's algorithm on where a socket does not name its protocol.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.bind(("127.0.0.1", 0))
        server = await asyncio.start_server(answer_in_pieces, sock=listening)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            for _ in range(3):
                writer.write(b"ask")
                assert await asyncio.wait_for(reader.readexactly(7), 0.001) == b"one two"
        finally:
            writer.close()
            await closed.wait()
            server.close()

    simulated(main())


def test_a_silent_socket_reaches_its_timeout_at_once():
    async def main() -> float:
        closed = asyncio.Event()

        async def send_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()
            closed.set()

        server = await asyncio.start_server(send_nothing, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.readline(), 3_600)
        finally:
            writer.close()
            await closed.wait()
            server.close()
        return asyncio.get_running_loop().time()

    assert simulated(main()) == 3_600


def test_an_executor_job_takes_no_simulated_time():
    async def main() -> float:
        async with asyncio.timeout(0.001):
            await asyncio.to_thread(time.sleep, 0.05)
        return asyncio.get_running_loop().time()

    assert simulated(main()) == 0.0


def test_an_executor_job_that_is_stuck_still_reaches_its_timeout(monkeypatch):
    monkeypatch.setattr(clock, "MAX_STANDSTILL", 0.01)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(time.sleep, 0.2), 0.05)

    simulated(main())


def test_time_jumps_again_after_an_executor_job():
    async def main() -> float:
        await asyncio.to_thread(time.sleep, 0.01)
        await asyncio.sleep(A_DAY)
        return asyncio.get_running_loop().time()

    assert simulated(main()) == A_DAY


@pytest.mark.parametrize("shell", [False, True])
def test_a_subprocess_takes_no_simulated_time(shell):
    async def main() -> tuple[bytes, float]:
        pipe = asyncio.subprocess.PIPE
        if shell:
            process = await asyncio.create_subprocess_shell("sleep 0.05; echo done", stdout=pipe)
        else:
            process = await asyncio.create_subprocess_exec("sh", "-c", "sleep 0.05; echo done", stdout=pipe)
        async with asyncio.timeout(0.001):
            output, _ = await process.communicate()
        spent = asyncio.get_running_loop().time()
        await asyncio.sleep(A_DAY)
        return output, spent

    assert simulated(main()) == (b"done\n", 0.0)


def test_a_subprocess_that_cannot_start_releases_the_clock():
    async def main() -> float:
        with pytest.raises(FileNotFoundError):
            await asyncio.create_subprocess_exec("/nonexistent/program")
        await asyncio.sleep(A_DAY)
        return asyncio.get_running_loop().time()

    assert simulated(main()) == A_DAY


def test_work_in_a_thread_of_its_own_needs_a_hold():
    async def main() -> float:
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        with clock.hold(), clock.hold():
            loop.run_in_executor(None, time.sleep, 0.01)
            loop.call_later(5, done.set)
            sleeper = asyncio.create_task(asyncio.to_thread(time.sleep, 0.03))
            await sleeper
            assert not done.is_set()
        await done.wait()
        return loop.time()

    assert simulated(main()) == 5.0


def test_two_runs_start_at_the_same_moment():
    async def main() -> tuple[float, datetime]:
        return asyncio.get_running_loop().time(), clock.utc_now()

    assert clock.run_simulated(main()) == clock.run_simulated(main()) == (0.0, clock.TEST_START)


def test_simulated_time_starts_now_by_default():
    async def main() -> datetime:
        return clock.utc_now()

    begun = clock.run(main(), simulated=True)
    assert abs(begun - datetime.now(UTC)) < timedelta(seconds=5)
    assert begun.microsecond == 0


def test_the_start_is_converted_to_utc():
    async def main() -> datetime:
        return clock.utc_now()

    start = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert clock.run(main(), simulated=True, start=start).isoformat() == "2026-03-01T12:00:00+00:00"


def test_a_start_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="needs a time zone"):
        clock.run(asyncio.sleep(0), simulated=True, start=datetime(2026, 3, 1))


def test_real_time_is_the_time_of_the_computer():
    async def main() -> tuple[datetime, bool]:
        with clock.hold():
            return clock.utc_now(), clock.is_simulated()

    now, is_simulated = clock.run(main())
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
    assert not is_simulated


def test_outside_of_a_loop_the_time_is_that_of_the_computer():
    assert not clock.is_simulated()
    assert clock.utc_now().tzinfo is UTC


def test_a_run_cleans_up_after_itself():
    closed: list[str] = []

    async def ticks() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            closed.append("generator")

    async def linger() -> None:
        try:
            await asyncio.sleep(A_DAY)
        finally:
            closed.append("task")

    async def main() -> int:
        assert clock.is_simulated()
        main.left_over = asyncio.create_task(linger()), ticks()  # referenced, so that only the end of the run ends them
        await asyncio.sleep(0)
        return await anext(main.left_over[1])

    assert simulated(main()) == 1
    assert closed == ["task", "generator"]


INTERRUPTED = """
import asyncio, os, signal
from plugfest import clock

async def main():
    asyncio.get_running_loop().call_later(10, os.kill, os.getpid(), signal.SIGINT)
    try:
        await asyncio.Event().wait()
    finally:
        print("cleaned up")

try:
    clock.run(main(), simulated=True)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_cancels_the_main_task_first():
    async def main() -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", INTERRUPTED, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        return output

    assert simulated(main()).split(b"\n")[:2] == [b"cleaned up", b"interrupted"]


class Computer:
    """Clocks that a test moves."""

    def __init__(self) -> None:
        self.now = clock.ClockReadings(monotonic=100.0, passed=100.0, worked=0.0, of_day=START.timestamp())

    def move(self, **seconds: float) -> clock.ClockReadings:
        moved = {name: getattr(self.now, name) + by for name, by in seconds.items()}
        self.now = self.now._replace(**moved)
        return self.now

    def stop(self, seconds: float) -> None:
        """The process is stopped."""
        self.move(monotonic=seconds, passed=seconds, of_day=seconds)

    def sleep(self, seconds: float) -> None:
        """The computer sleeps."""
        self.move(passed=seconds, of_day=seconds)


def watched(main, computer: Computer):
    with asyncio.Runner(loop_factory=lambda: clock.WatchedLoop(lambda: computer.now)) as runner:
        return runner.run(main)


@pytest.mark.parametrize("stand_still", [Computer.stop, Computer.sleep])
def test_no_timer_expires_because_the_process_stood_still(stand_still: Callable[[Computer, float], None]) -> None:
    async def main() -> tuple[list[str], float, bool]:
        loop, noted = asyncio.get_running_loop(), list[str]()
        clock.on_standstill(noted.append)
        began = loop.time()
        asked = loop.create_future()
        loop.call_later(30, asked.set_result, None)
        loop.call_soon(stand_still, computer, 40.0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return noted, loop.time() - began, asked.done()

    computer = Computer()
    assert watched(main(), computer) == (["the lab stood still for 40 s"], 0.0, False)


def test_the_listener_of_a_standstill_is_called_before_timers_and_sockets_are_handled() -> None:
    async def main() -> list[str]:
        loop, noted = asyncio.get_running_loop(), list[str]()
        clock.on_standstill(lambda _: noted.append("standstill"))
        one, other = socket.socketpair()
        with one, other:
            loop.add_reader(one, noted.append, "socket")
            other.send(b"x")
            computer.stop(40)
            for _ in range(2):
                await asyncio.sleep(0)
            loop.remove_reader(one)
        return noted

    computer = Computer()
    assert watched(main(), computer)[:2] == ["standstill", "socket"]


def test_the_time_of_day_counts_a_standstill_and_does_not_follow_when_the_clock_is_set() -> None:
    async def main() -> tuple[datetime, list[str], tuple[float, ...]]:
        noted: list[str] = []
        clock.on_standstill(noted.append)
        computer.sleep(40)
        await asyncio.sleep(0)
        computer.move(of_day=-3600)
        await asyncio.sleep(0)
        return clock.utc_now(), noted, clock.steps()

    computer = Computer()
    now, noted, steps = watched(main(), computer)
    assert now == START + timedelta(seconds=40)
    assert noted == ["the lab stood still for 40 s", "the clock of the computer was set by -3600 s"]
    assert steps == (-3600.0,)


def test_a_process_that_works_does_not_stand_still() -> None:
    watch, computer = clock.StandstillWatch(Computer().now), Computer()
    assert not list(watch.look(computer.move(monotonic=20, passed=20, worked=19, of_day=20)))
    assert watch.left_out == 0


@given(seconds=st.lists(st.floats(0, clock.MAX_GAP), max_size=50))
def test_short_gaps_are_no_standstill_however_many(seconds: list[float]) -> None:
    watch, computer = clock.StandstillWatch(Computer().now), Computer()
    for gap in seconds:
        computer.stop(gap)
        assert not list(watch.look(computer.now))


def test_a_watched_loop_runs_in_real_time() -> None:
    async def main() -> datetime:
        clock.on_standstill(lambda _: None)
        return clock.utc_now()

    assert abs(clock.run(main(), watched=True) - datetime.now(UTC)) < timedelta(seconds=5)
