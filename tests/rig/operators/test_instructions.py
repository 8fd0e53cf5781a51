"""Instructions to a person, and what the campaign makes of the answers."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.operator.control import CampaignControl, CampaignQuit, Command, Interrupted
from plugfest.lab.verdict import CableHeld, Finding, OperatorFailed
from plugfest.rig.operators.instructions import Answer, AnswerKind, Instruction, InstructionKind, Instructor
from plugfest.rig.operators.situation import Situation

EVERY = frozenset(Command)


class Answering:
    """Gives these answers, each after some seconds; after the last one none."""

    def __init__(self, *given: tuple[float, AnswerKind | Answer], is_interactive: bool = True) -> None:
        self.is_interactive = is_interactive
        self._given = list(given)
        self.shown: list[Instruction] = []
        self.notes: list[str] = []

    async def answer(self, instruction: Instruction) -> Answer:
        self.shown.append(instruction)
        if not self._given:
            await asyncio.sleep(10_000)
        seconds, answer = self._given.pop(0)
        await asyncio.sleep(seconds)
        return answer if isinstance(answer, Answer) else Answer(answer)

    def note(self, text: str) -> None:
        self.notes.append(text)


class Closed(Answering):
    """No answer can come."""

    async def answer(self, instruction: Instruction) -> Answer:
        raise OperatorFailed("closed")


def run(
    person: Answering, scenario: Callable[[Instructor, CampaignControl, Situation], Coroutine[Any, Any, Any]]
) -> Any:
    async def with_instructor() -> Any:
        situation, control = Situation(), CampaignControl()
        situation.on_event(events.CampaignStarted("a product", 1))
        situation.on_event(events.CaseStarted("TC_E_03_CS", "Start transaction", 1))
        situation.on_event(events.StepStarted("TC_E_03_CS", "step 2"))
        return await scenario(Instructor(person, situation, control, timeout=900), control, situation)

    return clock.run_simulated(with_instructor())


async def plug_in(instructor: Instructor, *_: object) -> None:
    await instructor.ask("Plug in.", awaited="a status", seconds=2.0)


def test_an_instruction_has_the_case_the_step_the_time_left_and_what_is_awaited() -> None:
    person = Answering((5, AnswerKind.DONE))
    run(person, plug_in)
    assert person.shown == [
        Instruction(
            number=1,
            kind=InstructionKind.ACTION,
            text="Plug in.",
            case_id="TC_E_03_CS",
            case_name="Start transaction",
            step="step 2",
            began=0.0,
            deadline=900.0,
            awaited="a status",
        )
    ]


def test_an_action_that_is_confirmed_too_soon_is_asked_about_once_more() -> None:
    person = Answering((0.5, AnswerKind.DONE), (0.5, AnswerKind.NO), (4, AnswerKind.DONE))
    run(person, plug_in)
    assert [(one.kind, one.text) for one in person.shown] == [
        (InstructionKind.ACTION, "Plug in."),
        (InstructionKind.CHECK, "Plug in.\n    That was quick: is it done?"),
        (InstructionKind.ACTION, "Plug in."),
    ]


def test_a_quick_action_is_done_if_the_person_repeats_it() -> None:
    person = Answering((0.5, AnswerKind.DONE), (0.1, AnswerKind.YES))
    run(person, plug_in)
    assert len(person.shown) == 2


def test_a_program_may_answer_at_once() -> None:
    person = Answering((0, AnswerKind.DONE), is_interactive=False)
    run(person, plug_in)
    assert len(person.shown) == 1


def test_no_to_a_display_counts_only_after_the_time_to_watch_it() -> None:
    async def shows(instructor: Instructor, *_: object) -> bool:
        return await instructor.confirm("Is it shown?", seconds=30)

    quick = Answering((3, AnswerKind.NO), (1, AnswerKind.NO), (40, AnswerKind.YES))
    assert run(quick, shows) is True
    assert "30 s are to be watched" in quick.shown[1].text
    assert run(Answering((31, AnswerKind.NO)), shows) is False
    assert run(Answering((1, AnswerKind.YES)), shows) is True


@pytest.mark.parametrize(
    ("answer", "error"), [(AnswerKind.CANNOT, OperatorFailed), (AnswerKind.LOCKED, CableHeld)], ids=["no", "locked"]
)
def test_an_action_that_is_not_done_has_the_reason_of_the_person(
    answer: AnswerKind, error: type[OperatorFailed]
) -> None:
    with pytest.raises(error, match=r"^the reason$"):
        run(Answering((0.1, Answer(answer, "the reason"))), plug_in)


def test_a_command_ends_the_running_part_of_the_campaign() -> None:
    async def scenario(instructor: Instructor, control: CampaignControl, _: Situation) -> None:
        with pytest.raises(Interrupted) as interrupted:
            async with control.interruptible(EVERY):
                await plug_in(instructor)
        assert interrupted.value.command is Command.REDO

    person = Answering((3, AnswerKind.REDO))
    run(person, scenario)
    assert person.notes == []


def test_a_command_that_is_not_possible_leaves_the_instruction_open() -> None:
    person = Answering((3, AnswerKind.SKIP), (3, AnswerKind.DONE))
    run(person, plug_in)
    assert person.notes == ['    "skip" is not possible now.']
    assert [one.number for one in person.shown] == [1, 1]


def test_an_instruction_without_an_answer_ends_with_a_note() -> None:
    async def scenario(instructor: Instructor, *_: object) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(900):
                await plug_in(instructor)

    person = Answering()
    run(person, scenario)
    assert person.notes == ["[1] No answer in time: the campaign continues without this action."]


def test_before_a_failure_the_person_is_asked_about_the_instructions_of_the_case() -> None:
    async def scenario(instructor: Instructor, _: CampaignControl, situation: Situation) -> bool:
        await plug_in(instructor)
        finding = Finding(requirement="E01.FR.01", expected="a status", actual="none within 30 s")
        situation.on_event(events.FindingMade("TC_E_03_CS", finding))
        return await instructor.confirms_actions()

    for answer, confirmed in ((AnswerKind.CONFIRMED, True), (AnswerKind.NO, False)):
        person = Answering((5, AnswerKind.DONE), (5, answer))
        assert run(person, scenario) is confirmed
        question = person.shown[-1]
        assert question.kind is InstructionKind.CONFIRMATION
        for part in ("TC_E_03_CS fails: a status; actual: none within 30 s", "[1] Plug in."):
            assert part in question.text


def test_answers_of_a_program_need_no_confirmation() -> None:
    async def scenario(instructor: Instructor, *_: object) -> bool:
        return await instructor.confirms_actions()

    person = Answering(is_interactive=False)
    assert run(person, scenario) is True
    assert person.shown == []


async def pause(instructor: Instructor, control: CampaignControl, *_: object) -> Command | None:
    """Pause the campaign. Returns the command that ends it, None if it goes on."""
    attending = asyncio.ensure_future(instructor.attend_pauses())
    try:
        await control.obey(Command.PAUSE)
    except CampaignQuit:
        return Command.QUIT
    finally:
        attending.cancel()
    return None


def test_a_pause_ends_with_an_answer_and_has_no_deadline() -> None:
    person = Answering((5000, AnswerKind.RESUME))
    assert run(person, pause) is None
    assert (person.shown[0].kind, person.shown[0].deadline) == (InstructionKind.PAUSE, None)


def test_a_pause_may_end_the_campaign() -> None:
    assert run(Answering((5, AnswerKind.QUIT)), pause) is Command.QUIT


def test_a_pause_that_no_answer_can_end_ends_the_campaign() -> None:
    assert run(Closed(), pause) is Command.QUIT


def test_a_pause_that_is_ended_from_elsewhere_withdraws_the_question() -> None:
    async def scenario(instructor: Instructor, control: CampaignControl, _: Situation) -> None:
        asyncio.get_running_loop().call_later(60, control.resume)
        await pause(instructor, control)
        assert asyncio.get_running_loop().time() == 60

    run(Answering(), scenario)
