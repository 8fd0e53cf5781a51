"""Tariff and cost as the CSMS of the lab sends them (I01 to I06)."""

from collections.abc import Callable

import msgspec

from plugfest.lab.v201.answers import id_token_info
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.user_interface.display_message import text_for_display
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


class Cost(msgspec.Struct, frozen=True):
    """A cost, and the digits that the display shows in any notation."""

    amount: float
    digits: str


COSTS = (Cost(123.45, "123"), Cost(246.8, "246"))
"""Three digits before the decimal point: stations differ in the point, the decimals and the currency."""


async def tariff(bench: Bench, number: int) -> t.MessageContentType:
    """The text of a tariff in the configured format."""
    return (await text_for_display(bench, tariff_words(number))).content


def tariff_words(number: int) -> str:
    """What the display shows of a tariff."""
    return f"Tariff {chr(ord('A') + number)} of Plugfest"


def authorized_with(bench: Bench, message: t.MessageContentType) -> Callable[[m.AuthorizeRequest], m.AuthorizeResponse]:
    """Accepts the token, with its tariff in personalMessage (I01.FR.01)."""

    def answer(request: m.AuthorizeRequest) -> m.AuthorizeResponse:
        info = id_token_info("Accepted", bench.known_state.token)
        return m.AuthorizeResponse(id_token_info=msgspec.structs.replace(info, personal_message=message))

    return answer


def event_answered_with(
    bench: Bench,
    *event_types: str,
    message: t.MessageContentType | UnsetType = UNSET,
    cost: float | UnsetType = UNSET,
) -> Callable[[m.TransactionEventRequest], m.TransactionEventResponse]:
    """Answers events of these types with a tariff and a cost (I02.FR.01, I03.FR.02, I06.FR.02)."""

    def answer(request: m.TransactionEventRequest) -> m.TransactionEventResponse:
        default = bench.csms.answers.default(request)
        assert isinstance(default, m.TransactionEventResponse)
        if request.event_type not in event_types:
            return default
        return msgspec.structs.replace(default, updated_personal_message=message, total_cost=cost)

    return answer
