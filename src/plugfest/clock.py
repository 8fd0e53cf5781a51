"""Time, real or simulated: one place to ask for it, one way to run under it.

Under simulation the event loop's clock stands still while anything is ready to run or any socket has something to say.
When nothing is left, it jumps to the next timer: a day of heartbeats over real loopback sockets takes a fraction of a
second, and every run sees the same times.

Where work goes on that the loop cannot see, time must not jump. Executor jobs and subprocesses hold the clock by
themselves, other work does it with :func:`hold`. While held the clock first stands still (so that a short job leaves no
mark in the times of a run) and after ``PATIENCE`` goes on at the speed of real time (so that a stuck job still meets
its timeout). A peer in another process is such work too: simulated time is for ends that live in one loop.

OpenSSL judges the validity of certificates by the real time, whatever the loop says. A simulated day therefore starts
now, unless the caller names another day.
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

PATIENCE = 2.0
"""Seconds of real time that a held simulated clock stands still before it goes on."""

TEST_START = datetime(2026, 1, 1, tzinfo=UTC)
"""The moment at which :func:`run_simulated` starts."""


class Clock(Protocol):
    """Whatever can tell the time of day."""

    def now(self) -> datetime:
        """The time of day in UTC."""
        ...


class SystemClock:
    """The computer's time of day."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """The time of day in a simulated loop: its start plus the loop's seconds."""

    def __init__(self, start: datetime, loop_time: Callable[[], float]) -> None:
        self._start = start
        self._loop_time = loop_time

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop_time())


class _JumpingSelector(selectors.DefaultSelector):
    """Polls instead of waiting, and asks to jump over the time nobody would have used."""

    hold_left: Callable[[], float | None]
    jump: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(None)
        standstill = self.hold_left()
        if standstill is not None:
            return super().select(standstill + timeout)
        self.jump(timeout)
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts at zero and jumps from timer to timer."""

    def __init__(self, start: datetime) -> None:
        self._now = 0.0
        self._holds = 0
        self._held_since = 0.0
        selector = _JumpingSelector()
        super().__init__(selector)
        selector.hold_left = self._hold_left
        selector.jump = self._jump
        self.clock = SimulatedClock(start.astimezone(UTC), self.time)

    def time(self) -> float:
        if not self._holds:
            return self._now
        return self._now + max(0.0, time.monotonic() - self._held_since - PATIENCE)

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Keep the clock from jumping. Holds may overlap; the last one to end lets go."""
        self._open_hold()
        try:
            yield
        finally:
            self._close_hold()

    async def create_server(self, *args: Any, **kwargs: Any) -> asyncio.Server:
        # Nagle's algorithm keeps a small write back for up to 40 ms of real time, which would look like silence.
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
            tell_owner = protocol.process_exited

            def process_exited() -> None:
                held.close()
                tell_owner()

            protocol.process_exited = process_exited  # type: ignore[method-assign]
            return protocol

        try:
            return await start(make_protocol, *args, **kwargs)
        except BaseException:
            held.close()  # nothing was started, so nothing will exit
            raise

    def _open_hold(self) -> None:
        if not self._holds:
            self._held_since = time.monotonic()
        self._holds += 1

    def _close_hold(self) -> None:
        if self._holds == 1:
            self._now = self.time()
        self._holds -= 1

    def _hold_left(self) -> float | None:
        """Seconds of real time for which a held clock still stands still; None if nobody holds it."""
        if not self._holds:
            return None
        return max(0.0, self._held_since + PATIENCE - time.monotonic())

    def _jump(self, seconds: float) -> None:
        self._now += seconds


def run(main: Coroutine[Any, Any, T], *, simulated: bool = False, start: datetime | None = None) -> T:
    """Run ``main`` as `asyncio.run` does, in simulated time if wanted.

    ``start`` is the time of day at which simulated time begins, by default the real one in whole seconds.
    Raises ValueError if it has no time zone.
    """
    if not simulated:
        return asyncio.run(main)
    begin = start or SystemClock().now().replace(microsecond=0)
    if begin.tzinfo is None:
        main.close()
        raise ValueError(f"the start of simulated time needs a time zone: {begin.isoformat()}")
    with asyncio.Runner(loop_factory=lambda: SimulatedLoop(begin)) as runner:
        return runner.run(main)


def run_simulated(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` in simulated time that begins at the same moment on every run: what tests want."""
    return run(main, simulated=True, start=TEST_START)


def current() -> Clock:
    """The clock of the running loop; the computer's where no loop or no simulated one runs."""
    loop = _simulated_loop()
    return SystemClock() if loop is None else loop.clock


def utc_now() -> datetime:
    """The time of day in UTC, by the clock of the running loop."""
    return current().now()


def is_simulated() -> bool:
    """Whether the running loop's time is simulated."""
    return _simulated_loop() is not None


def hold() -> AbstractContextManager[None]:
    """Keep simulated time from jumping while something works out of the loop's sight. Harmless in real time."""
    loop = _simulated_loop()
    return nullcontext() if loop is None else loop.hold()


def _simulated_loop() -> SimulatedLoop | None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    return loop if isinstance(loop, SimulatedLoop) else None
