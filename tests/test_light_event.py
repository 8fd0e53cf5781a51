"""A LightEvent wakes what waits, as an asyncio.Event does."""

import asyncio

from plugfest.clock import run_simulated, set_within
from plugfest.light_event import LightEvent


def test_everything_that_waits_is_woken_and_what_comes_later_does_not_wait() -> None:
    async def scenario() -> None:
        event = LightEvent()
        waiting = [asyncio.create_task(event.wait()) for _ in range(3)]
        await asyncio.sleep(0)
        assert not any(task.done() for task in waiting)
        event.set()
        await asyncio.gather(*waiting)
        await event.wait()
        assert event.is_set()

    run_simulated(scenario())


def test_after_clear_it_has_to_be_set_again() -> None:
    async def scenario() -> None:
        event = LightEvent()
        event.set()
        event.clear()
        assert not await set_within(event, 5.0)
        asyncio.get_running_loop().call_later(2.0, event.set)
        assert await set_within(event, 5.0)

    run_simulated(scenario())


def test_what_was_set_and_cleared_at_once_has_still_woken_what_waits() -> None:
    async def scenario() -> None:
        event = LightEvent()
        waiting = asyncio.create_task(event.wait())
        await asyncio.sleep(0)
        event.set()
        event.clear()
        await waiting

    run_simulated(scenario())


def test_who_waits_after_it_was_woken_waits_for_the_next_time() -> None:
    async def scenario() -> None:
        event = LightEvent()
        waiting = asyncio.create_task(event.wait())
        await asyncio.sleep(0)
        event.wake()
        assert not event.is_set()
        assert not await set_within(event, 5.0)
        await waiting

    run_simulated(scenario())


def test_a_wait_that_is_cancelled_leaves_the_others() -> None:
    async def scenario() -> None:
        event = LightEvent()
        cancelled, waiting = (asyncio.create_task(event.wait()) for _ in range(2))
        await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.sleep(0)
        event.set()
        await waiting
        assert cancelled.cancelled()

    run_simulated(scenario())
