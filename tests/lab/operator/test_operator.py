"""What the lab remembers of its hands, to have it undone."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.lab.scripted_station import IdleOperator

from plugfest import clock
from plugfest.lab.csms.inbox import Inbox
from plugfest.lab.operator.operator import Operator
from plugfest.lab.ports import OperatorDriver
from plugfest.lab.recording.record import Record
from plugfest.lab.verdict import OperatorFailed, OperatorTooSlow

Act = Callable[[OperatorDriver], Awaitable[None]]

ACTS = {
    "plug in": (lambda operator: operator.plug_in(1, 1), "plug out"),
    "park": (lambda operator: operator.park(1), "leave"),
    "suspend": (lambda operator: operator.ev_suspend(1), "resume"),
    "fault": (lambda operator: operator.fault(1, 1, present=True), "fault"),
    "jam": (lambda operator: operator.jam_lock(1, 1, jammed=True), "free the lock"),
    "network": (lambda operator: operator.network(up=False), "network"),
}


def undone_after(act: Act, fails: Callable[[], Awaitable[None]] | None = None) -> list[str]:
    """What an operator is asked for when the bench is tidied after this act, which may have failed."""

    async def scenario() -> list[str]:
        failing = fails

        async def note(_: str) -> None:
            if failing is not None:
                await failing()

        driver = IdleOperator(note)
        operator = Operator(driver, Inbox(), Record(lambda: 0.0, clock.utc_now), timeout=60)
        if failing is None:
            await act(operator)
        else:
            with pytest.raises(OperatorFailed):
                await act(operator)
        failing = None
        driver.acts.clear()
        await operator.clear_faults()
        await operator.remove_evs()
        return driver.acts

    return clock.run_simulated(scenario())


async def cannot() -> None:
    raise OperatorFailed("no such thing here")


async def for_ever() -> None:
    await asyncio.sleep(1e6)


async def too_slow() -> None:
    raise OperatorTooSlow("no answer")


@pytest.mark.parametrize(("act", "back"), ACTS.values(), ids=ACTS)
def test_what_was_done_is_undone(act: Act, back: str) -> None:
    assert undone_after(act) == [back]


@pytest.mark.parametrize(("act", "back"), ACTS.values(), ids=ACTS)
def test_what_could_not_be_done_is_not(act: Act, back: str) -> None:
    assert undone_after(act, cannot) == []


@pytest.mark.parametrize(("act", "back"), ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("fails", [for_ever, too_slow])
def test_what_may_have_been_done_is(act: Act, back: str, fails: Callable[[], Awaitable[None]]) -> None:
    assert undone_after(act, fails) == [back]
