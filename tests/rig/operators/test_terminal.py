"""A person at a terminal: what is typed ahead or by mistake does not count."""

import asyncio
import os
import pty
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.operator.control import CampaignControl, Command, Interrupted
from plugfest.lab.verdict import OperatorFailed
from plugfest.rig.operators import answers
from plugfest.rig.operators.instructions import InstructionKind, Instructor
from plugfest.rig.operators.situation import Situation
from plugfest.rig.operators.terminal import TerminalPrompt


class Screen:
    """What a person sees."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self.live: list[str] = []
        self.alerts: list[str] = []
        self.inputs = 0

    def print(self, text: str) -> None:
        self.printed.append(text)

    def show_live(self, text: str) -> None:
        self.live.append(text)

    def note_input(self) -> None:
        self.inputs += 1

    def alert(self, text: str) -> None:
        self.alerts.append(text)


class Desk:
    """A terminal with a person at it, and the campaign behind it."""

    def __init__(self, keyboard: int, terminal: int) -> None:
        self.screen, self.situation, self.control = Screen(), Situation(), CampaignControl()
        self.keyboard = keyboard
        self.prompt = TerminalPrompt(self.screen, self.situation, self.control, terminal)
        self.instructor = Instructor(self.prompt, self.situation, self.control, timeout=600)

    async def types(self, text: str) -> None:
        """Type, and wait until the terminal has it."""
        os.write(self.keyboard, text.encode())
        with asyncio.get_running_loop().hold():  # type: ignore[attr-defined]  # the kernel takes real time
            await asyncio.sleep(0)
            os.read(self.keyboard, 1000)  # the echo
            for _ in range(3):
                await asyncio.sleep(0)

    async def asked(self) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(self.instructor.ask("Plug in.", awaited="a status"))
        await asyncio.sleep(0.1)
        return task


Scenario = Callable[[Desk], Coroutine[Any, Any, None]]


@pytest.fixture
def run() -> Iterator[Callable[[Scenario], None]]:
    keyboard, terminal = pty.openpty()

    async def with_desk(scenario: Scenario) -> None:
        async with listening(Desk(keyboard, terminal)) as desk:
            await scenario(desk)

    yield lambda scenario: clock.run_simulated(with_desk(scenario))
    os.close(keyboard)
    os.close(terminal)


@asynccontextmanager
async def listening(desk: Desk) -> AsyncIterator[Desk]:
    with desk.prompt.listening():
        yield desk


def test_an_enter_before_the_instruction_does_not_answer_it(run: Callable[[Scenario], None]) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.types("\n\ndone\n")
        asked = await desk.asked()
        await asyncio.sleep(5)
        assert not asked.done()
        await desk.types("\n")
        await asked

    run(scenario)


def test_an_enter_right_after_the_instruction_does_not_answer_it(run: Callable[[Scenario], None]) -> None:
    async def scenario(desk: Desk) -> None:
        asked = await desk.asked()
        await desk.types("\n")
        await asyncio.sleep(100)
        assert not asked.done()
        assert len(desk.screen.printed) == 1
        asked.cancel()

    run(scenario)


def test_the_rest_of_a_line_that_was_begun_before_is_discarded(run: Callable[[Scenario], None]) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.types("no I have")
        asked = await desk.asked()
        await asyncio.sleep(5)
        await desk.types("done\n")
        await asked

    run(scenario)


@pytest.mark.parametrize("word", ["redo", "undo", "skip", "pause", "quit"])
def test_a_command_is_obeyed_while_nothing_is_asked(run: Callable[[Scenario], None], word: str) -> None:
    async def scenario(desk: Desk) -> None:
        async def nothing_is_asked() -> None:
            async with desk.control.interruptible(frozenset(Command)):
                await desk.types(f"{word}\n")
                await asyncio.sleep(10)

        with pytest.raises(Interrupted) as interrupted:
            await nothing_is_asked()
        assert interrupted.value.command == word.replace("undo", "redo")

    run(scenario)


def test_any_other_word_while_nothing_is_asked_has_no_effect(run: Callable[[Scenario], None]) -> None:
    async def scenario(desk: Desk) -> None:
        async with desk.control.interruptible(frozenset(Command)):
            await desk.types("done\nconfirm 1\n\n")
            await asyncio.sleep(10)
        assert desk.screen.printed == ["    Nothing is asked now."] * 2
        assert desk.screen.inputs == 3

    run(scenario)


def test_a_failure_is_confirmed_only_with_the_number_of_the_question(run: Callable[[Scenario], None]) -> None:
    async def scenario(desk: Desk) -> None:
        confirmed = asyncio.ensure_future(desk.instructor.confirms_actions())
        for line in ("\n", "yes\n", "confirm\n", "confirm 2\n", "done\n"):
            await asyncio.sleep(5)
            await desk.types(line)
            assert not confirmed.done()
        await desk.types("confirm 1\n")
        assert await confirmed is True

    run(scenario)


def test_ctrl_d_is_no_end_of_the_input(run: Callable[[Scenario], None]) -> None:
    async def scenario(desk: Desk) -> None:
        asked = await desk.asked()
        await asyncio.sleep(5)
        os.write(desk.keyboard, b"\x04")
        while len(desk.screen.printed) < 2:  # noqa: ASYNC110 - the kernel takes real time
            await asyncio.sleep(0)
        assert "Ctrl-D is not an answer" in desk.screen.printed[-1]
        await desk.types("\n")
        await asked

    run(scenario)


def test_a_terminal_that_was_closed_is_the_end_of_the_input() -> None:
    keyboard, terminal = pty.openpty()

    async def scenario() -> None:
        async with listening(Desk(keyboard, terminal)) as desk:
            asked = await desk.asked()
            os.close(keyboard)
            with pytest.raises(OperatorFailed, match="closed standard input"):
                await asked

    clock.run_simulated(scenario())
    os.close(terminal)


def test_the_instruction_names_the_case_and_calls_the_person(run: Callable[[Scenario], None]) -> None:
    async def scenario(desk: Desk) -> None:
        desk.situation.on_event(events.CampaignStarted("a product", 1))
        desk.situation.on_event(events.CaseStarted("TC_E_03_CS", "Start transaction", 1))
        asked = await desk.asked()
        asked.cancel()
        assert desk.screen.printed[0].splitlines() == [
            "[1] Plug in.",
            "    TC_E_03_CS Start transaction, preparation; 10 min for it; the station then sends a status",
            '    Press Enter when done, or type "no" and a reason if it cannot be done.',
            '    Also: "redo" or "undo" (start the case again), "skip" (the case), "pause", "quit", "help".',
        ]
        assert desk.screen.alerts == ["Plug in."]

    run(scenario)


def test_help_lists_every_word_with_its_meaning_and_is_no_answer(run: Callable[[Scenario], None]) -> None:
    async def scenario(desk: Desk) -> None:
        asked = await desk.asked()
        await desk.types("help\n")
        printed = desk.screen.printed[-1]
        words = {word for line in printed.splitlines() for word in line.strip().partition(":")[0].split(", ")}
        assert words == {"Enter", *answers.WORDS[InstructionKind.ACTION], *answers.COMMAND_WORDS} - {""}
        assert not asked.done()
        asked.cancel()

    run(scenario)


def test_the_live_line_shows_the_time_left_and_then_what_the_lab_waits_for(run: Callable[[Scenario], None]) -> None:
    async def scenario(desk: Desk) -> None:
        desk.situation.on_event(events.CampaignStarted("a product", 1))
        desk.situation.on_event(events.CaseStarted("TC_E_03_CS", "Start transaction", 1))
        asked = await desk.asked()
        await asyncio.sleep(30)
        assert desk.screen.live[-1] == "[1] 9:30 left; awaited: a status; nothing from the station yet"
        await desk.types("\n")
        await asked
        desk.situation.on_event(events.WaitBegan("StatusNotificationRequest", 30))
        await asyncio.sleep(10)
        assert "TC_E_03_CS preparation, waiting for StatusNotificationRequest: 20 s left" in desk.screen.live[-2:]

    run(scenario)
