"""Stations that take time to answer."""

import asyncio
from typing import Any

from plugfest.link.peer import Answer
from plugfest.ocpp.message import Request, Response
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import awaited
from plugfest.station.connection.handlers import Handlers


def slow_to_handle(seconds: float) -> Patch:
    """Handles each request only after some time."""

    def make(original: Function) -> Function:
        async def answer(self: Handlers, request: Request[Any]) -> Response | Answer:
            await asyncio.sleep(seconds)
            return await awaited(original(self, request))  # type: ignore[no-any-return]

        return answer

    return Patch(Handlers, "answer", make)


def slow_to_answer(seconds: float) -> Patch:
    """Handles each request at once, and sends the answer after some time."""

    def make(original: Function) -> Function:
        async def answer(self: Handlers, request: Request[Any]) -> Response | Answer:
            response = await awaited(original(self, request))
            await asyncio.sleep(seconds)
            return response  # type: ignore[no-any-return]

        return answer

    return Patch(Handlers, "answer", make)
