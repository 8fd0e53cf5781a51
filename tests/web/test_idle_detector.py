"""The background waits while pages are asked for."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from plugfest.clock import run_simulated
from plugfest.web.idle_detector import PAUSE, IdleDetector


async def _application(_: Scope, receive: Receive, send: Send) -> None:
    """Answers nothing."""


async def _receive() -> Message:
    return {}


async def _send(_: Message) -> None:
    """Sends nothing."""


async def _waited(idle: IdleDetector) -> float:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await idle.wait()
    return loop.time() - begin


async def _after_requests(*times: float) -> float:
    idle = IdleDetector()
    loop, begin = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    for at in times:
        await asyncio.sleep(begin + at - loop.time())
        await idle.watching(_application)({"type": "http"}, _receive, _send)
    return await _waited(idle)


def test_without_a_request_nothing_waits() -> None:
    assert run_simulated(_after_requests()) == 0


def test_the_last_request_counts() -> None:
    assert abs(run_simulated(_after_requests(0, PAUSE / 2)) - PAUSE) < 1e-6
