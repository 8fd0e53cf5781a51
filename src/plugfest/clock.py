"""Real and simulated time: the current time, and how to run a coroutine in either.

In simulated time the clock of the event loop stands still while a callback is ready or a socket has data. Otherwise it
jumps to the next timer. A day of heartbeats over loopback sockets takes a fraction of a second, and the times are the
same in every run.

The clock must not jump while work is done outside the loop. Executor jobs and subprocesses hold the clock
automatically; other work calls :func:`hold`. A held clock stands still for ``MAX_STANDSTILL``, so that a short job does
not change the times of a run. After that it runs at the speed of real time, so that a stuck job reaches its timeout.
Both ends of a connection must run in the same loop: the clock does not wait for a peer in another process.

In watched real time the clock of the loop leaves out the time in which the process stood still (Ctrl-Z, a debugger, a
closed laptop), so that no timer expires by it, and the time of day does not follow when the clock of the computer is
set. Listeners are called about both.

OpenSSL checks the validity of certificates against real time. A simulated run therefore starts at the current date by
default.
"""

import asyncio
import contextlib
import selectors
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from plugfest.light_event import LightEvent

T = TypeVar("T")

MAX_STANDSTILL = 2.0
"""Seconds of real time that a held simulated clock stands still before it continues."""

MAX_GAP: Final = 5.0
"""Seconds between two looks at the clocks, without work, after which the process stood still."""

MAX_STEP: Final = 2.0
"""Seconds by which the time of day may deviate from the time that has passed before the clock was set."""

LOOK_INTERVAL: Final = 1.0
"""Seconds between two looks at the clocks in watched real time."""

TEST_START = datetime(2026, 1, 1, tzinfo=UTC)
"""The time of day at which :func:`run_simulated` starts."""


class SystemClock:
    """The time of day of the computer."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """The time of day in a simulated loop: the start plus the seconds of the loop."""

    def __init__(self, start: datetime, loop_time: Callable[[], float]) -> None:
        self._start = start
        self._loop_time = loop_time

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop_time())


class ClockReadings(NamedTuple):
    """The clocks of the computer at one moment, in seconds.

    `monotonic` stands still while the computer sleeps, where the system has it so; `passed` does not. `worked` is the
    time of the processor that the process has used, `of_day` the time of day.
    """

    monotonic: float
    passed: float
    worked: float
    of_day: float


_PASSED: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # BOOTTIME: only on Linux


def read_clocks() -> ClockReadings:
    """The clocks of the computer now."""
    return ClockReadings(time.monotonic(), time.clock_gettime(_PASSED), time.process_time(), time.time())


class StandstillWatch:
    """Finds from the clocks of the computer, one look after the other, when the process stood still.

    A busy process does not stand still: the time that it has worked does not count.
    """

    def __init__(self, now: ClockReadings) -> None:
        self.left_out = 0.0
        """Seconds of the monotonic clock in which the process stood still."""
        self.steps: tuple[float, ...] = ()
        """By how many seconds the clock of the computer was ahead of the time of day here, after each change of it."""
        self._start = self._before = now
        self._step = 0.0

    def look(self, now: ClockReadings) -> Iterator[str]:
        """What has happened since the look before, in words; nothing as a rule."""
        before, self._before = self._before, now
        gap = now.passed - before.passed
        if gap - (now.worked - before.worked) > MAX_GAP:
            self.left_out += now.monotonic - before.monotonic
            yield f"the lab stood still for {gap:.0f} s"
        step = now.of_day - self.time_of_day()
        if abs(step - self._step) > MAX_STEP:
            yield f"the clock of the computer was set by {step - self._step:+.0f} s"
            self._step = step
            self.steps = (*self.steps, step)

    def time_of_day(self) -> float:
        """The time of day at the last look, by the clock of the computer as it was at the first one."""
        return self._start.of_day + self._before.passed - self._start.passed


class _WakingSelector(selectors.DefaultSelector):
    """Waits only until the next look at the clocks, and looks before anything else is handled."""

    look: Callable[[], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(LOOK_INTERVAL if timeout is None else min(timeout, LOOK_INTERVAL))
        self.look()
        return ready


class WatchedLoop(asyncio.SelectorEventLoop):
    """An event loop in real time without the time in which the process stood still.

    `listeners` are called with what has happened, in words, before any callback is.
    """

    def __init__(self, read: Callable[[], ClockReadings] = read_clocks) -> None:
        self.listeners: list[Callable[[str], None]] = []
        self._read = read
        self._watch = StandstillWatch(read())
        selector = _WakingSelector()
        selector.look = self._look
        super().__init__(selector)
        self.clock = WatchedClock(self)

    def time(self) -> float:
        self._look()
        return self._read().monotonic - self._watch.left_out

    def time_of_day(self) -> float:
        """Seconds since 1970."""
        self._look()
        return self._watch.time_of_day()

    @property
    def steps(self) -> tuple[float, ...]:
        """As in StandstillWatch."""
        return self._watch.steps

    def _look(self) -> None:
        for event in tuple(self._watch.look(self._read())):
            for listener in self.listeners:
                listener(event)


class WatchedClock:
    """The time of day in a watched loop: it does not follow when the clock of the computer is set."""

    def __init__(self, loop: WatchedLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._loop.time_of_day(), UTC)


class _JumpingSelector(selectors.DefaultSelector):
    """Polls instead of waiting, and lets the clock jump to the next timer when no socket is ready."""

    standstill_left: Callable[[], float | None]
    jump: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(None)
        standstill = self.standstill_left()
        if standstill is not None:
            return super().select(standstill + timeout)
        self.jump(timeout)
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts at zero and jumps from timer to timer.

    `before_jump` is called when nothing is left to do at a time, before the next one.
    """

    def __init__(self, start: datetime) -> None:
        self.before_jump: Callable[[], None] = lambda: None
        self._now = 0.0
        self._holds = 0
        self._held_since = 0.0
        selector = _JumpingSelector()
        super().__init__(selector)
        selector.standstill_left = self._standstill_left
        selector.jump = self._jump
        self.clock = SimulatedClock(start.astimezone(UTC), self.time)

    def time(self) -> float:
        if not self._holds:
            return self._now
        return self._now + max(0.0, time.monotonic() - self._held_since - MAX_STANDSTILL)

    @property
    def timers(self) -> int:
        """The number of timers that are set, with those that were cancelled a moment ago."""
        return len(self._scheduled)  # type: ignore[attr-defined]

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Keep the clock from jumping. Holds may overlap; the clock is released when the last one ends."""
        self._open_hold()
        try:
            yield
        finally:
            self._close_hold()

    async def create_server(self, *args: Any, **kwargs: Any) -> asyncio.Server:
        # Nagle's algorithm delays a small write for up to 40 ms of real time; the clock would jump meanwhile.
        # Accepted sockets inherit the option; asyncio itself sets it on those that it opened by host and port only.
        server = await super().create_server(*args, **kwargs)
        for listening in server.sockets:
            if listening.family in (socket.AF_INET, socket.AF_INET6):
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return server

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        future: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        self._open_hold()
        future.add_done_callback(lambda _: self._close_hold())
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:
        with self.hold():
            await super().shutdown_default_executor(*args)

    async def subprocess_exec(self, protocol_factory: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._held_until_exit(super().subprocess_exec, protocol_factory, *args, **kwargs)

    async def subprocess_shell(self, protocol_factory: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._held_until_exit(super().subprocess_shell, protocol_factory, *args, **kwargs)

    async def _held_until_exit(self, start: Any, protocol_factory: Any, *args: Any, **kwargs: Any) -> Any:
        held = contextlib.ExitStack()
        held.enter_context(self.hold())

        def make_protocol() -> asyncio.SubprocessProtocol:
            protocol: asyncio.SubprocessProtocol = protocol_factory()
            notify_owner = protocol.process_exited

            def process_exited() -> None:
                held.close()
                notify_owner()

            protocol.process_exited = process_exited  # type: ignore[method-assign]
            return protocol

        try:
            return await start(make_protocol, *args, **kwargs)
        except BaseException:
            held.close()  # no process was started, so none will exit
            raise

    def _open_hold(self) -> None:
        if not self._holds:
            self._held_since = time.monotonic()
        self._holds += 1

    def _close_hold(self) -> None:
        if self._holds == 1:
            self._now = self.time()
        self._holds -= 1

    def _standstill_left(self) -> float | None:
        """Seconds of real time for which a held clock still stands still; None if it is not held."""
        if not self._holds:
            return None
        return max(0.0, self._held_since + MAX_STANDSTILL - time.monotonic())

    def _jump(self, seconds: float) -> None:
        self.before_jump()
        self._now += seconds


def run(
    main: Coroutine[Any, Any, T], *, simulated: bool = False, start: datetime | None = None, watched: bool = False
) -> T:
    """Run ``main`` as `asyncio.run` does, optionally in simulated time, or in watched real time.

    ``start`` is the time of day at which simulated time begins; the default is the real time in whole seconds.
    Raises ValueError if ``start`` has no time zone.
    """
    if not simulated:
        with asyncio.Runner(loop_factory=WatchedLoop if watched else None) as runner:
            return runner.run(main)
    begin = start or SystemClock().now().replace(microsecond=0)
    if begin.tzinfo is None:
        main.close()
        raise ValueError(f"the start of simulated time needs a time zone, got {begin.isoformat()}")
    with asyncio.Runner(loop_factory=lambda: SimulatedLoop(begin)) as runner:
        return runner.run(main)


def run_simulated(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` in simulated time that starts at ``TEST_START`` in every run."""
    return run(main, simulated=True, start=TEST_START)


def on_standstill(listener: Callable[[str], None]) -> None:
    """Call the listener whenever the process stood still, or the clock was set. No effect unless time is watched."""
    loop = _running_loop()
    if isinstance(loop, WatchedLoop):
        loop.listeners.append(listener)


def steps() -> tuple[float, ...]:
    """By how many seconds the clock of the computer was ahead of the time of day, after each change of it."""
    loop = _running_loop()
    return loop.steps if isinstance(loop, WatchedLoop) else ()


def utc_now() -> datetime:
    """The time of day in UTC by the clock of the running loop."""
    loop = _running_loop()
    return loop.clock.now() if isinstance(loop, SimulatedLoop | WatchedLoop) else datetime.now(UTC)


async def set_within(event: LightEvent, seconds: float | None) -> bool:
    """Whether the event is set within so many seconds; None: wait without a limit."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def is_simulated() -> bool:
    """Whether the running loop is simulated."""
    return _simulated_loop() is not None


def hold() -> AbstractContextManager[None]:
    """Keep simulated time from jumping during work outside the loop. No effect in real time."""
    loop = _simulated_loop()
    return nullcontext() if loop is None else loop.hold()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _simulated_loop() -> SimulatedLoop | None:
    loop = _running_loop()
    return loop if isinstance(loop, SimulatedLoop) else None
