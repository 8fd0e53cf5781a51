"""Real and simulated time: the current time, and how to run a coroutine in either.

In simulated time the clock of the event loop stands still while a callback is ready or a socket has data. Otherwise it
jumps to the next timer. A day of heartbeats over loopback sockets takes a fraction of a second, and the times are the
same in every run.

The clock must not jump while work is done outside the loop. Executor jobs and subprocesses hold the clock
automatically; other work calls :func:`hold`. A held clock stands still for ``MAX_STANDSTILL``, so that a short job does
not change the times of a run. After that it runs at the speed of real time, so that a stuck job reaches its timeout.
Both ends of a connection must run in the same loop: the clock does not wait for a peer in another process.

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
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

MAX_STANDSTILL = 2.0
"""Seconds of real time that a held simulated clock stands still before it continues."""

TEST_START = datetime(2026, 1, 1, tzinfo=UTC)
"""The time of day at which :func:`run_simulated` starts."""


class Clock(Protocol):
    """Provides the time of day."""

    def now(self) -> datetime:
        """The time of day in UTC."""
        ...


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


def run(main: Coroutine[Any, Any, T], *, simulated: bool = False, start: datetime | None = None) -> T:
    """Run ``main`` as `asyncio.run` does, optionally in simulated time.

    ``start`` is the time of day at which simulated time begins; the default is the real time in whole seconds.
    Raises ValueError if ``start`` has no time zone.
    """
    if not simulated:
        return asyncio.run(main)
    begin = start or SystemClock().now().replace(microsecond=0)
    if begin.tzinfo is None:
        main.close()
        raise ValueError(f"the start of simulated time needs a time zone, got {begin.isoformat()}")
    with asyncio.Runner(loop_factory=lambda: SimulatedLoop(begin)) as runner:
        return runner.run(main)


def run_simulated(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` in simulated time that starts at ``TEST_START`` in every run."""
    return run(main, simulated=True, start=TEST_START)


def current() -> Clock:
    """The clock of the running loop; the clock of the computer if there is no simulated loop."""
    loop = _simulated_loop()
    return SystemClock() if loop is None else loop.clock


def utc_now() -> datetime:
    """The time of day in UTC by the clock of the running loop."""
    return current().now()


async def set_within(event: asyncio.Event, seconds: float | None) -> bool:
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


def _simulated_loop() -> SimulatedLoop | None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    return loop if isinstance(loop, SimulatedLoop) else None
