"""Instructions and answers in the files of a run."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plugfest.campaigns.instruction_files import (
    FilePrompt,
    GivenAnswer,
    InstructionFollower,
    ShownInstruction,
)
from plugfest.clock import run_simulated
from plugfest.lab.operator.control import CampaignControl, Command
from plugfest.lab.verdict import OperatorFailed
from plugfest.rig.operators.instructions import Answer, AnswerKind, Instruction, InstructionKind
from plugfest.runs.folder import RUN_FILE

NOW = datetime(2030, 1, 1, tzinfo=UTC)
PLUG_IN = Instruction(number=1, kind=InstructionKind.ACTION, text="Connect an EV.", began=0.0, deadline=900.0)


class Desk:
    """A person in the files, and the page that the person uses."""

    def __init__(self, run: Path) -> None:
        self.run = run
        (run / RUN_FILE).touch()
        self.control = CampaignControl()
        self.person = FilePrompt(run, self.control, lambda: NOW)
        self.page = InstructionFollower(run)

    async def opened(self) -> ShownInstruction:
        await asyncio.sleep(1)
        await self.page.update()
        assert self.page.shown is not None
        return self.page.shown

    def give(self, kind: AnswerKind, instruction: str = "", reason: str = "") -> None:
        self.page.give(GivenAnswer(kind=kind, instruction=instruction, reason=reason))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def run(desk: Desk, scenario: Callable[[], Awaitable[None]]) -> None:
    async def listening() -> None:
        with desk.person.listening():
            await scenario()

    run_simulated(listening())


def test_an_answer_with_its_reason_reaches_the_campaign(desk: Desk) -> None:
    async def scenario() -> None:
        answering = asyncio.ensure_future(desk.person.answer(PLUG_IN))
        shown = await desk.opened()
        assert (shown.instruction, shown.until) == (PLUG_IN, NOW + timedelta(seconds=900))
        desk.give(AnswerKind.CANNOT, shown.id, "the cable is missing")
        assert await answering == Answer(AnswerKind.CANNOT, "the cable is missing")
        await desk.page.update()
        assert desk.page.shown is None

    run(desk, scenario)


def test_no_answer_is_waited_for_after_the_run_was_deleted_and_it_does_not_appear_again(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    desk = Desk(folder)

    async def scenario() -> None:
        answering = asyncio.ensure_future(desk.person.answer(PLUG_IN))
        await desk.opened()
        shutil.rmtree(folder)
        for waiting in (answering, desk.person.answer(PLUG_IN)):
            with pytest.raises(OperatorFailed, match="the run was deleted"):
                await asyncio.wait_for(waiting, 5)
        desk.person.note("a text")

    run(desk, scenario)
    assert not folder.exists()


def test_a_second_touch_does_not_answer_the_next_instruction(desk: Desk) -> None:
    async def scenario() -> None:
        first = asyncio.ensure_future(desk.person.answer(PLUG_IN))
        shown = await desk.opened()
        desk.give(AnswerKind.DONE, shown.id)
        desk.give(AnswerKind.DONE, shown.id)
        await first
        second = asyncio.ensure_future(desk.person.answer(PLUG_IN))
        await asyncio.sleep(5)
        assert not second.done()
        second.cancel()

    run(desk, scenario)


def test_an_answer_that_does_not_fit_is_left_out(desk: Desk) -> None:
    async def scenario() -> None:
        answering = asyncio.ensure_future(desk.person.answer(PLUG_IN))
        shown = await desk.opened()
        desk.give(AnswerKind.YES, shown.id)
        with (desk.run / "operator" / "answers.jsonl").open("a", encoding="utf-8") as file:
            file.write("{}\nno JSON\n")
        await asyncio.sleep(5)
        assert not answering.done()
        answering.cancel()

    run(desk, scenario)


def test_a_command_is_an_answer_to_the_open_instruction(desk: Desk) -> None:
    async def scenario() -> None:
        answering = asyncio.ensure_future(desk.person.answer(PLUG_IN))
        await desk.opened()
        desk.give(AnswerKind.SKIP)
        assert await answering == Answer(AnswerKind.SKIP)

    run(desk, scenario)


def test_a_command_while_nothing_is_open_goes_to_the_campaign(desk: Desk) -> None:
    async def scenario() -> None:
        desk.give(AnswerKind.PAUSE)
        with pytest.raises(Exception, match=Command.PAUSE.reason):
            async with desk.control.interruptible(frozenset(Command)):
                await asyncio.sleep(10)

    run(desk, scenario)


def test_a_command_that_is_not_possible_now_is_answered_with_a_note(desk: Desk) -> None:
    async def scenario() -> None:
        desk.give(AnswerKind.SKIP)
        await asyncio.sleep(1)
        await desk.page.update()
        assert desk.page.notes == ('"skip" is not possible now.',)

    run(desk, scenario)


def test_an_instruction_that_is_withdrawn_is_closed_on_the_page(desk: Desk) -> None:
    async def scenario() -> None:
        answering = asyncio.ensure_future(desk.person.answer(PLUG_IN))
        await desk.opened()
        answering.cancel()
        await asyncio.sleep(0)
        await desk.page.update()
        assert desk.page.shown is None

    run(desk, scenario)


def test_answers_to_an_earlier_sitting_are_left_out(desk: Desk) -> None:
    desk.give(AnswerKind.QUIT)

    async def scenario() -> None:
        async with desk.control.interruptible(frozenset(Command)):
            await asyncio.sleep(5)

    run(desk, scenario)


def test_a_page_that_is_opened_later_shows_the_open_instruction(desk: Desk) -> None:
    async def scenario() -> None:
        answering = asyncio.ensure_future(desk.person.answer(PLUG_IN))
        await asyncio.sleep(1)
        later = InstructionFollower(desk.run)
        await later.update()
        assert later.shown is not None
        later.give(GivenAnswer(kind=AnswerKind.DONE, instruction=later.shown.id))
        assert await answering == Answer(AnswerKind.DONE)

    run(desk, scenario)
