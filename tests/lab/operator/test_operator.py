"""The operator records its actions, so that they can be reversed."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.lab.scripted_station import IdleOperator

from plugfest import clock
from plugfest.lab.csms.inbox import Inbox
from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.operator.operator import Operator
from plugfest.lab.ports import OperatorDriver
from plugfest.lab.recording.record import Record
from plugfest.lab.verdict import OperatorFailed, OperatorTooSlow

Action = Callable[[OperatorDriver], Awaitable[None]]

ACTIONS = {
    "plug in": (lambda operator: operator.plug_in(1, 1), "unplug"),
    "park": (lambda operator: operator.park(1), "leave"),
    "suspend": (lambda operator: operator.ev_suspend(1), "resume"),
    "prepare": (lambda operator: operator.ev_prepare(1, CommunicatingEv(v2g_root="root")), "ordinary"),
    "fault": (lambda operator: operator.fault(1, 1, present=True), "fault"),
    "jam": (lambda operator: operator.jam_lock(1, 1, jammed=True), "release the lock"),
    "measure": (
        lambda operator: operator.set_measured_value("TemperatureSensor", "Temperature", 1, 80.0),
        "release the sensor",
    ),
    "customer information": (
        lambda operator: operator.customer_storage(available=False),
        "customer information available",
    ),
    "limit": (lambda operator: operator.external_limit(4140), "limit None"),
    "limit of an EVSE": (lambda operator: operator.external_limit(4140, 2), "limit None of EVSE 2"),
    "logs": (lambda operator: operator.log_storage(available=False), "logs available"),
    "network": (lambda operator: operator.network(up=False), "network"),
}


def reversed_after(action: Action, fails: Callable[[], Awaitable[None]] | None = None) -> list[str]:
    """The actions that reverse this action, which may have failed."""

    async def scenario() -> list[str]:
        failing = fails

        async def note(_: str) -> None:
            if failing is not None:
                await failing()

        driver = IdleOperator(note)
        operator = Operator(driver, Inbox(), Record(lambda: 0.0, clock.utc_now), timeout=60)
        if failing is None:
            await action(operator)
        else:
            with pytest.raises(OperatorFailed):
                await action(operator)
        failing = None
        driver.actions.clear()
        await operator.clear_faults()
        await operator.remove_evs()
        return driver.actions

    return clock.run_simulated(scenario())


async def cannot() -> None:
    raise OperatorFailed("not possible")


async def for_ever() -> None:
    await asyncio.sleep(1e6)


async def too_slow() -> None:
    raise OperatorTooSlow("no answer")


@pytest.mark.parametrize(("action", "back"), ACTIONS.values(), ids=ACTIONS)
def test_a_completed_action_is_reversed(action: Action, back: str) -> None:
    assert reversed_after(action) == [back]


@pytest.mark.parametrize(("action", "back"), ACTIONS.values(), ids=ACTIONS)
def test_a_failed_action_is_not_reversed(action: Action, back: str) -> None:
    assert reversed_after(action, cannot) == []


@pytest.mark.parametrize(("action", "back"), ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("fails", [for_ever, too_slow])
def test_an_action_that_may_have_been_done_is_reversed(
    action: Action, back: str, fails: Callable[[], Awaitable[None]]
) -> None:
    assert reversed_after(action, fails) == [back]


def test_reading_the_display_is_no_action_of_which_the_station_could_report_something() -> None:
    async def nothing(_: str) -> None:
        return None

    async def scenario() -> None:
        inbox = Inbox()
        operator = Operator(IdleOperator(nothing), inbox, Record(lambda: 0.0, clock.utc_now), timeout=60)
        before = operator.last_acted, inbox.mark
        assert await operator.display_shows("hello", 1) is False
        assert (operator.last_acted, inbox.mark) == before
        assert operator.actions == []

    clock.run_simulated(scenario())
