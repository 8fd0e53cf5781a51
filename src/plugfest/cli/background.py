"""Runs coroutines in the background until Ctrl-C or SIGTERM."""

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from typing import Any


async def until_stopped(background: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run until Ctrl-C or SIGTERM. If a background coroutine fails, raise its error."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    tasks = [asyncio.create_task(coroutine) for coroutine in (stopped.wait(), *background)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
