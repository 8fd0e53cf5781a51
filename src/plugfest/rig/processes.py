"""Runs jobs on several processes."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import active_children, get_context
from typing import TypeVar

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
