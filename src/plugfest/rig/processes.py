"""Runs jobs on several processes."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice, pairwise
from multiprocessing import active_children, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Final, TypeVar

from plugfest.rig.selftest.worker import begin

J = TypeVar("J")
R = TypeVar("R")

_JOBS_IN_HAND = 4
"""How many jobs wait for each process: the jobs may have no end."""


def run_jobs(function: Callable[[J], R], jobs: Iterable[J], processes: int) -> Iterator[R]:
    """Yield the results as they are complete. A caller that stops early ends the processes."""
    # Spawned, not forked: the processes must not inherit the event loop and sockets of this one.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=begin, initargs=(os.getpid(),))
    left = iter(jobs)
    running: set[Future[R]] = set()
    try:
        while True:
            running |= {pool.submit(function, job) for job in islice(left, processes * _JOBS_IN_HAND - len(running))}
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                yield each.result()
    except BaseException:  # Ctrl-C, or the caller has stopped: do not wait for jobs
        for worker in active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class NumberQueue:
    """The numbers from 1 to `count`, of which each is given to one of several processes.

    Each process has a part of them, and takes what is left of the parts of the others after it: neighbours need the
    same modules, keys and servers, which a process loads or makes once. So each second process begins at the end of its
    part: what is left is between two of them. Pipes hold the numbers: a process that is killed leaves no lock behind.
    """

    _SIZE: Final = 2  # bytes of a number

    def __init__(self, count: int, processes: int) -> None:
        bounds = [count * number // processes for number in range(processes + 1)]
        parts = [range(begin + 1, end + 1) for begin, end in pairwise(bounds)]
        self._parts = [self._pipe(part[::-1] if number % 2 else part) for number, part in enumerate(parts)]

    def _pipe(self, numbers: Iterable[int]) -> int:
        reading, writing = os.pipe()
        os.write(writing, b"".join(number.to_bytes(self._SIZE, "big") for number in numbers))
        os.close(writing)
        return reading

    def numbers(self, process: int) -> Iterator[int]:
        """The numbers for a process, which is counted from 0."""
        for part in (*self._parts[process:], *self._parts[:process]):
            while number := os.read(part, self._SIZE):
                yield int.from_bytes(number, "big")

    def close(self) -> None:
        for part in self._parts:
            os.close(part)


Send = Callable[[bytes], None]
"""Sends a message to the parent process."""


class Part:
    """A process that does a part of the work."""

    def __init__(self, process: ForkProcess, messages: "Connection[bytes, bytes]") -> None:
        self._process = process
        self._messages = messages

    async def follow(self, receive: Callable[[bytes], None]) -> None:
        """Pass each message of the process to `receive`, until it ends."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def read() -> None:
            try:
                message = self._messages.recv_bytes()
            except (EOFError, OSError):
                ended.set()
            else:
                receive(message)

        loop.add_reader(self._messages.fileno(), read)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._messages.fileno())
        self._process.join()

    @property
    def exit_code(self) -> int | None:
        """Negative: the number of the signal that ended it. None: it runs."""
        return self._process.exitcode

    def end(self) -> None:
        """End the process if it still runs."""
        self._process.kill()
        self._process.join()
        self._messages.close()


@contextmanager
def forked(work: Callable[[int, Send], None], count: int) -> Iterator[list[Part]]:
    """Processes that each run `work` with their number, from 0, and a function that sends to this process.

    They are forked, so that what is imported and prepared is there at once: no event loop may run. At the end of the
    block those that still run are killed.
    """
    context, parent = get_context("fork"), os.getpid()
    pipes = [context.Pipe(duplex=False) for _ in range(count)]

    def run(number: int) -> None:
        for other, (reading, writing) in enumerate(pipes):
            reading.close()
            if other != number:
                writing.close()  # so that the parent sees the end of each process
        begin(parent)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            work(number, pipes[number][1].send_bytes)
        except BrokenPipeError:
            os._exit(1)  # the parent has ended

    parts: list[Part] = []
    try:
        for number, (reading, _) in enumerate(pipes):
            process = context.Process(target=run, args=(number,), daemon=True)
            process.start()
            parts.append(Part(process, reading))
        _close_all(writing for _, writing in pipes)
        yield parts
    finally:
        for part in parts:
            part.end()


def _close_all(connections: Iterable["Connection[bytes, bytes]"]) -> None:
    for one in connections:
        one.close()
