"""What the operator has left at the station is known at every moment, also to the next sitting."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.lab.scripted_station import IdleOperator

from plugfest import clock
from plugfest.lab.csms.inbox import Inbox
from plugfest.lab.operator.left import NOTHING_LEFT, LeftAtStation, LeftWatch
from plugfest.lab.operator.operator import Operator
from plugfest.lab.recording.record import Record
from plugfest.lab.settings import LabSettings

VALID = LabSettings().tokens.valid
INVALID = LabSettings().tokens.invalid
CABLE = LeftAtStation(cables=((1, 1),))


def left_after(
    actions: Callable[[Operator], Awaitable[None]], before: LeftAtStation = NOTHING_LEFT
) -> list[LeftAtStation]:
    """Everything that was reported as left, from the beginning of the actions to their end."""
    reported: list[LeftAtStation] = []

    async def scenario() -> None:
        async def no_time(_: str) -> None:
            pass

        operator = Operator(IdleOperator(no_time), Inbox(), Record(lambda: 0.0, clock.utc_now), timeout=60)
        watch = LeftWatch(operator, reported.append)
        watch.take_over(before)
        await actions(operator)
        watch.note()

    asyncio.run(scenario())
    return reported


def test_a_cable_is_left_from_before_it_is_plugged_in_until_it_is_unplugged() -> None:
    async def plug_in(operator: Operator) -> None:
        await operator.plug_in(1, 1)

    async def plug_in_and_unplug(operator: Operator) -> None:
        await operator.plug_in(1, 1)
        await operator.unplug(1, 1)

    assert left_after(plug_in) == [CABLE]
    assert left_after(plug_in_and_unplug) == [CABLE, NOTHING_LEFT]


def test_what_an_earlier_sitting_has_left_is_undone_with_everything_else() -> None:
    before = LeftAtStation(cables=((1, 1),), parked=(2,), faults=((2, 1),), locks=((1, 1),), network_cut=True)

    async def reverse(operator: Operator) -> None:
        await operator.clear_faults()
        await operator.remove_evs()

    reported = left_after(reverse, before)
    assert reported[0] == before
    assert reported[-1] == NOTHING_LEFT


def test_there_is_a_line_for_everything_that_is_left() -> None:
    left = LeftAtStation(
        cables=((1, 2),), parked=(2,), faults=((3, 1),), locks=((4, 1),), network_cut=True, presented=(5,)
    )
    assert list(left.lines()) == [
        "EVSE 1: the cable of connector 2 is still plugged in",
        "EVSE 2: an EV is still in the parking bay",
        "EVSE 3: connector 1 still has a fault",
        "EVSE 4: the lock of connector 1 is still blocked",
        "EVSE 5: a token was presented, and the driver may still be authorized",
        "the network of the station is still disconnected",
    ]


def test_a_driver_may_be_authorized_from_before_the_token_is_presented_until_the_station_is_idle() -> None:
    async def present(operator: Operator) -> None:
        await operator.present_token(VALID, 2)

    async def present_and_restore(operator: Operator) -> None:
        await present(operator)
        operator.note_restored()

    async def present_invalid(operator: Operator) -> None:
        await operator.present_token(INVALID, 2)

    assert left_after(present) == [LeftAtStation(presented=(2,))]
    assert left_after(present_and_restore) == [LeftAtStation(presented=(2,)), NOTHING_LEFT]
    assert left_after(present_invalid) == []
    assert left_after(present_and_restore, LeftAtStation(presented=(1,)))[-1] == NOTHING_LEFT
