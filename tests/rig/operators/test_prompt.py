"""The operator at a terminal: one numbered instruction at a time, here over a pipe."""

import asyncio
import os
from pathlib import Path

import pytest
from tests.rig.operators.pipe_terminal import Printed, Terminal, listening

from plugfest import clock
from plugfest.lab.operator.control import CampaignControl
from plugfest.lab.verdict import CableHeld, OperatorFailed
from plugfest.products import load_product
from plugfest.rig.operators.prompt import PromptOperator
from plugfest.rig.operators.situation import Situation
from plugfest.rig.operators.terminal import NoTerminalInput, TerminalPrompt


def ask(terminal: Terminal, *instructions: str) -> None:
    async def scenario() -> None:
        async with listening(terminal) as prompt:
            for instruction in instructions:
                await prompt.ask(instruction)

    clock.run_simulated(scenario())


@pytest.mark.parametrize("answer", ["\n", "done\n", "OK\n", "y\r\n", " yes \n"])
def test_enter_or_a_word_for_yes_confirms_the_action(terminal: Terminal, answer: str) -> None:
    terminal.write(answer)
    ask(terminal, "Plug in.")
    assert terminal.printed[0].startswith("[1] Plug in.\n")


@pytest.mark.parametrize(("questions", "read"), [(1, 4096), (5000, 8192)])
def test_answers_without_end_are_read_only_as_far_as_needed(terminal: Terminal, questions: int, read: int) -> None:
    terminal.write("\n" * 20_000)
    ask(terminal, *["Plug in."] * questions)
    assert len(os.read(terminal.reading, 100_000)) == 20_000 - read


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("no\n", "answered that it cannot be done"),
        ("no the cable is too short\n", "^the cable is too short$"),
        ("Cannot: it is locked\n", "^it is locked$"),
    ],
)
def test_no_with_a_reason_rejects_the_action(terminal: Terminal, answer: str, why: str) -> None:
    terminal.write(answer)
    with pytest.raises(OperatorFailed, match=why):
        ask(terminal, "Plug in.")


def test_locked_is_an_answer_of_its_own(terminal: Terminal) -> None:
    terminal.write("locked\n")
    with pytest.raises(CableHeld, match="the cable is locked"):
        ask(terminal, "Plug out.")


def test_instructions_are_numbered(terminal: Terminal) -> None:
    terminal.write("\n\n")
    ask(terminal, "Plug in.", "Plug out.")
    assert [printed[:3] for printed in terminal.printed] == ["[1]", "[2]"]


def test_an_unknown_answer_is_asked_again(terminal: Terminal) -> None:
    terminal.write("what?\n\n")
    ask(terminal, "Plug in.")
    assert terminal.printed[1].startswith("    Not understood.")


def test_an_answer_may_come_in_pieces(terminal: Terminal) -> None:
    async def scenario() -> None:
        async with listening(terminal) as prompt:
            asked = asyncio.create_task(prompt.ask("Plug in."))
            terminal.write("do")
            await asyncio.sleep(1)
            terminal.write("ne\n")
            await asked

    clock.run_simulated(scenario())


def test_closed_input_rejects_the_action(terminal: Terminal) -> None:
    terminal.close_input()
    with pytest.raises(OperatorFailed, match="the operator has closed standard input"):
        ask(terminal, "Plug in.")


def test_no_instruction_is_printed_after_the_input_was_closed(terminal: Terminal) -> None:
    async def scenario() -> None:
        async with listening(terminal) as prompt:
            for _ in range(2):
                with pytest.raises(OperatorFailed, match="the operator has closed standard input"):
                    await prompt.ask("Plug in.")

    terminal.close_input()
    clock.run_simulated(scenario())
    assert len(terminal.printed) == 1


def test_an_answer_after_the_timeout_does_not_count_for_the_next_instruction(terminal: Terminal) -> None:
    async def scenario() -> None:
        async with listening(terminal) as prompt:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(60):
                    await prompt.ask("Plug in.")
            terminal.write("no idea\n")
            await asyncio.sleep(1)
            asked = asyncio.create_task(prompt.ask("Plug out."))
            await asyncio.sleep(1)
            assert not asked.done()
            terminal.write("\n")
            await asked

    clock.run_simulated(scenario())
    assert terminal.printed[1].startswith("[1] No answer in time")


def test_a_regular_file_is_refused_as_input(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("\n")
    answers = os.open(tmp_path / "answers", os.O_RDONLY)

    async def scenario() -> None:
        with TerminalPrompt(Printed([]), Situation(), CampaignControl(), answers).listening():
            raise AssertionError("standard input is not accepted")

    with pytest.raises(NoTerminalInput, match="needs a terminal or a pipe"):
        clock.run_simulated(scenario())
    os.close(answers)


@pytest.mark.parametrize(("answers", "shown"), [("yes\n", True), ("n\n", False), ("\nperhaps\nY\n", True)])
def test_a_question_about_the_display_is_answered_with_yes_or_no(terminal: Terminal, answers: str, shown: bool) -> None:
    async def scenario() -> bool:
        async with listening(terminal) as prompt:
            return await PromptOperator(load_product("reference-ac"), prompt).display_shows("Sale today", 30)

    terminal.write(answers)
    assert clock.run_simulated(scenario()) is shown
    assert terminal.printed[0].startswith("[1] Watch the display of the station for 30 s.")
    assert "Sale today" in terminal.printed[0]
    assert len(terminal.printed) == answers.count("\n")


def test_a_display_that_cannot_be_read_is_no_answer_to_the_question(terminal: Terminal) -> None:
    async def scenario() -> None:
        async with listening(terminal) as prompt:
            await prompt.confirm("Is it shown?")

    terminal.write("cannot it is too dark\n")
    with pytest.raises(OperatorFailed, match=r"^it is too dark$"):
        clock.run_simulated(scenario())
