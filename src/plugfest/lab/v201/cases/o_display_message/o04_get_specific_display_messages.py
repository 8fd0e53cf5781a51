"""O04 Get Specific DisplayMessages."""

from functools import partial

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.user_interface.display_message import (
    FIRST,
    SECOND,
    all_reported,
    display_messages_set,
    no_display_message,
    request_messages,
    supported_priorities,
    two_messages,
)
from plugfest.ocpp.v201 import types as t

_STATE = t.MessageStateEnumType

SPECIFIC = ("O04.FR.01", "O04.FR.03", "O04.FR.04", "O04.FR.05", "O04.FR.06")

OTHER_ID = SECOND + 1
"""The id of no message."""

idle_message_set = partial(display_messages_set, state=_STATE.Idle)


@case("TC_O_07_CS", requirements=SPECIFIC, before=display_messages_set)
async def by_id(bench: Bench) -> None:
    first, *_ = await two_messages(bench)
    request_id = await request_messages(bench.step(1, "O04.FR.01"), ids=[FIRST])
    await all_reported(bench.step(3, "O04.FR.03, O04.FR.05, O04.FR.06"), request_id, first)


@case("TC_O_08_CS", requirements=SPECIFIC, before=display_messages_set)
async def by_priority(bench: Bench) -> None:
    priority = supported_priorities(bench)[0]
    ones = [one for one in await two_messages(bench) if one.info.priority == priority]
    request_id = await request_messages(bench.step(1, "O04.FR.01"), priority=priority)
    await all_reported(bench.step(3, "O04.FR.03, O04.FR.05, O04.FR.06"), request_id, *ones)


@case("TC_O_09_CS", requirements=SPECIFIC, before=idle_message_set)
async def by_state(bench: Bench) -> None:
    first, *_ = await two_messages(bench, _STATE.Idle)
    request_id = await request_messages(bench.step(1, "O04.FR.01"), state=_STATE.Idle)
    await all_reported(bench.step(3, "O04.FR.03, O04.FR.05, O04.FR.06"), request_id, first)


@case("TC_O_11_CS", requirements=("O04.FR.02",), before=display_messages_set)
async def unknown_parameters(bench: Bench) -> None:
    await request_messages(bench.step(1), ids=[OTHER_ID], status="Unknown")


@case("TC_O_33_CS", requirements=("O04.FR.07",), before=no_display_message)
async def none_configured(bench: Bench) -> None:
    await request_messages(bench.step(1), ids=[FIRST], status="Unknown")


@case("TC_O_34_CS", requirements=("O04.FR.02",), before=idle_message_set)
async def other_state(bench: Bench) -> None:
    await request_messages(bench.step(1), ids=[FIRST], state=_STATE.Charging, status="Unknown")


@case("TC_O_35_CS", requirements=("O04.FR.02",), before=display_messages_set)
async def other_priority(bench: Bench) -> None:
    other = supported_priorities(bench)[-1]
    await request_messages(bench.step(1), ids=[FIRST], priority=other, status="Unknown")
