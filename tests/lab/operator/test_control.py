"""Commands end the running part of a campaign, and only if they are possible in it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from plugfest import clock
from plugfest.lab.operator.control import AT_ANY_TIME, CampaignControl, CampaignQuit, Command, Interrupted

EVERY = frozenset(Command)


def run(scenario: Callable[[CampaignControl], Coroutine[Any, Any, None]]) -> None:
    async def with_control() -> None:
        await scenario(CampaignControl())

    clock.run_simulated(with_control())


async def waiting(control: CampaignControl, possible: frozenset[Command] = EVERY) -> None:
    async with control.interruptible(possible):
        await asyncio.sleep(1000)


@pytest.mark.parametrize("command", list(Command))
def test_a_command_ends_the_running_part_at_once(command: Command) -> None:
    async def scenario(control: CampaignControl) -> None:
        part = asyncio.create_task(waiting(control))
        await asyncio.sleep(5)
        assert control.give(command)
        with pytest.raises(Interrupted) as interrupted:
            await part
        assert interrupted.value.command is command
        assert asyncio.get_running_loop().time() == 5

    run(scenario)


def test_a_command_that_is_not_possible_has_no_effect() -> None:
    async def scenario(control: CampaignControl) -> None:
        part = asyncio.create_task(waiting(control, AT_ANY_TIME))
        await asyncio.sleep(5)
        assert not control.give(Command.SKIP)
        await part

    run(scenario)


def test_quit_between_two_parts_ends_the_next_one() -> None:
    async def scenario(control: CampaignControl) -> None:
        assert control.give(Command.QUIT)
        assert not control.give(Command.REDO)
        with pytest.raises(Interrupted, match="ended by the operator"):
            await waiting(control)

    run(scenario)


def test_a_timeout_within_a_part_is_no_command() -> None:
    async def scenario(control: CampaignControl) -> None:
        with pytest.raises(TimeoutError):
            async with control.interruptible(EVERY), asyncio.timeout(1):
                await asyncio.sleep(10)

    run(scenario)


def test_a_pause_lasts_until_it_is_resumed() -> None:
    async def scenario(control: CampaignControl) -> None:
        pausing = asyncio.create_task(control.obey(Command.PAUSE))
        await control.pausing.wait()
        await asyncio.sleep(3600)
        assert not control.give(Command.SKIP)
        control.resume()
        await pausing
        assert control.running.is_set()
        assert asyncio.get_running_loop().time() == 3600

    run(scenario)


def test_a_pause_can_end_the_campaign() -> None:
    async def scenario(control: CampaignControl) -> None:
        pausing = asyncio.create_task(control.obey(Command.PAUSE))
        await control.pausing.wait()
        assert control.give(Command.QUIT)
        with pytest.raises(CampaignQuit):
            await pausing

    run(scenario)


def test_quit_is_not_replaced_by_a_later_command() -> None:
    async def scenario(control: CampaignControl) -> None:
        part = asyncio.create_task(waiting(control))
        await asyncio.sleep(5)
        control.give(Command.QUIT)
        control.give(Command.PAUSE)
        with pytest.raises(Interrupted) as interrupted:
            await part
        assert interrupted.value.command is Command.QUIT

    run(scenario)


def test_a_standstill_of_the_lab_repeats_the_running_part_and_names_the_reason() -> None:
    async def scenario(control: CampaignControl) -> None:
        part = asyncio.create_task(waiting(control, AT_ANY_TIME))
        await asyncio.sleep(5)
        control.repeat("the lab stood still for 40 s")
        with pytest.raises(Interrupted, match="the lab stood still for 40 s") as interrupted:
            await part
        assert interrupted.value.command is Command.REDO

    run(scenario)


def test_a_standstill_between_two_parts_repeats_nothing() -> None:
    async def scenario(control: CampaignControl) -> None:
        control.repeat("the lab stood still for 40 s")
        async with control.interruptible(EVERY):
            await asyncio.sleep(5)

    run(scenario)


def test_a_standstill_does_not_end_a_pause() -> None:
    async def scenario(control: CampaignControl) -> None:
        pausing = asyncio.create_task(control.obey(Command.PAUSE))
        await control.pausing.wait()
        control.repeat("the lab stood still for 40 s")
        await asyncio.sleep(5)
        assert not pausing.done()
        control.resume()
        await pausing

    run(scenario)


def test_a_command_comes_before_a_standstill() -> None:
    async def scenario(control: CampaignControl) -> None:
        part = asyncio.create_task(waiting(control))
        await asyncio.sleep(5)
        control.repeat("the lab stood still for 40 s")
        control.give(Command.QUIT)
        with pytest.raises(Interrupted) as interrupted:
            await part
        assert interrupted.value.command is Command.QUIT

    run(scenario)
