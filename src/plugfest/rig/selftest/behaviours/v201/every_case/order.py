"""Messages in an order that Part 6 does not free."""

import asyncio
from typing import Any

from plugfest.lab.verdict import Level
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import awaited
from plugfest.station.connection.handlers import Handlers
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.authorization.tokens import TokenInfo

ASKED_LATER = 1.0
"""Seconds after which the station asks the CSMS about a token that it has accepted already."""

ANSWERED_LATER = 0.5
"""Seconds between a request and the answer to it, in which the station sends what comes after the answer."""


def _asks_afterwards(original: Function) -> Function:
    """Accepts every token, and sends the AuthorizeRequest afterwards."""

    async def authorize(self: Any, token: Any) -> TokenInfo:
        async def ask() -> None:
            await asyncio.sleep(ASKED_LATER)
            await original(self, token)

        self._asking = asyncio.ensure_future(ask())
        return TokenInfo()

    return authorize


def _at_once(original: Function) -> Function:
    return lambda self, action: asyncio.get_running_loop().call_soon(action)


def _slow_answer(original: Function) -> Function:
    async def answer(self: Any, request: Any) -> Any:
        response = await awaited(original(self, request))
        await asyncio.sleep(ANSWERED_LATER)
        return response

    return answer


_BEFORE_THE_ANSWER = (Patch(Handlers, "after_response", _at_once), Patch(Handlers, "answer", _slow_answer))

BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "accepts a token before it sends the AuthorizeRequest",
        "C01.FR.02",
        "TC_E_03 TC_E_04 TC_E_09",
        Patch(Authorizer, "authorize", _asks_afterwards),
    ),
    wrong_v201(
        "sends a report before the answer to the request for it",
        "B07.FR.03",
        "TC_B_12 TC_B_13",
        *_BEFORE_THE_ANSWER,
    ),
    wrong_v201(
        "sends a triggered message before the answer to the trigger",
        "F06.FR.04",
        "TC_F_11 TC_F_13 TC_F_18",
        *_BEFORE_THE_ANSWER,
    ),
    wrong_v201(
        "acts before it answers",
        "Part 2 F03, G03",
        "TC_F_03 TC_G_03",
        *_BEFORE_THE_ANSWER,
        level=Level.SHOULD,
    ),
)
