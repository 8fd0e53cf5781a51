"""A person at the terminal: one numbered instruction at a time, over a pipe here."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from plugfest import clock
from plugfest.lab.ports import Commissioning, OperatorDriver
from plugfest.lab.settings import Token
from plugfest.lab.verdict import OperatorFailed
from plugfest.products import load_product
from plugfest.rig.operators.prompt import PromptOperator
from plugfest.rig.operators.terminal import NoTerminalInput, TerminalPrompt
from plugfest.rig.pki_folder import PkiFolder
from plugfest.security.keys import CertifiedKey
from plugfest.security.profile import SecurityProfile


class Terminal:
    """A pipe that answers come from, and a list of what was printed."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()
        self.said: list[str] = []

    def types(self, text: str) -> None:
        os.write(self._writing, text.encode())

    def hangs_up(self) -> None:
        os.close(self._writing)
        self._writing = -1

    def close(self) -> None:
        for end in (self.reading, self._writing):
            if end >= 0:
                os.close(end)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    opened = Terminal()
    yield opened
    opened.close()


@asynccontextmanager
async def listening(terminal: Terminal) -> AsyncIterator[TerminalPrompt]:
    prompt = TerminalPrompt(terminal.said.append, terminal.reading)
    with prompt.listening():
        yield prompt


def ask(terminal: Terminal, *instructions: str) -> None:
    async def scenario() -> None:
        async with listening(terminal) as prompt:
            for instruction in instructions:
                await prompt.ask(instruction)

    clock.run_simulated(scenario())


@pytest.mark.parametrize("answer", ["\n", "done\n", "OK\n", "y\r\n", " yes \n"])
def test_enter_or_a_word_for_yes_says_that_it_is_done(terminal: Terminal, answer: str) -> None:
    terminal.types(answer)
    ask(terminal, "Plug in.")
    assert terminal.said[0].startswith("[1] Plug in.\n")


@pytest.mark.parametrize(("questions", "read"), [(1, 4096), (5000, 8192)])
def test_a_program_that_never_stops_to_answer_waits_for_its_questions(
    terminal: Terminal, questions: int, read: int
) -> None:
    terminal.types("\n" * 20_000)
    ask(terminal, *["Plug in."] * questions)
    assert len(os.read(terminal.reading, 100_000)) == 20_000 - read


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("no\n", "says that it cannot be done"),
        ("no the cable is too short\n", "^the cable is too short$"),
        ("Cannot: it is locked\n", "^it is locked$"),
    ],
)
def test_no_says_that_it_cannot_be_done_and_why(terminal: Terminal, answer: str, why: str) -> None:
    terminal.types(answer)
    with pytest.raises(OperatorFailed, match=why):
        ask(terminal, "Plug in.")


def test_instructions_are_numbered(terminal: Terminal) -> None:
    terminal.types("\n\n")
    ask(terminal, "Plug in.", "Plug out.")
    assert [said[:3] for said in terminal.said] == ["[1]", "[2]"]


def test_what_is_no_answer_is_asked_again(terminal: Terminal) -> None:
    terminal.types("what?\n\n")
    ask(terminal, "Plug in.")
    assert terminal.said[1].startswith("    That is no answer.")


def test_an_answer_may_come_in_pieces(terminal: Terminal) -> None:
    async def scenario() -> None:
        async with listening(terminal) as prompt:
            asked = asyncio.create_task(prompt.ask("Plug in."))
            terminal.types("do")
            await asyncio.sleep(1)
            terminal.types("ne\n")
            await asked

    clock.run_simulated(scenario())


def test_whoever_hangs_up_does_nothing_any_more(terminal: Terminal) -> None:
    terminal.hangs_up()
    with pytest.raises(OperatorFailed, match="nobody answers any more"):
        ask(terminal, "Plug in.")


def test_after_that_nothing_is_asked(terminal: Terminal) -> None:
    async def scenario() -> None:
        async with listening(terminal) as prompt:
            for _ in range(2):
                with pytest.raises(OperatorFailed, match="nobody answers any more"):
                    await prompt.ask("Plug in.")

    terminal.hangs_up()
    clock.run_simulated(scenario())
    assert len(terminal.said) == 1


def test_an_answer_that_comes_too_late_is_none_to_the_next_question(terminal: Terminal) -> None:
    async def scenario() -> None:
        async with listening(terminal) as prompt:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(60):
                    await prompt.ask("Plug in.")
            terminal.types("no idea\n")
            await asyncio.sleep(1)
            asked = asyncio.create_task(prompt.ask("Plug out."))
            await asyncio.sleep(1)
            assert not asked.done()
            terminal.types("\n")
            await asked

    clock.run_simulated(scenario())
    assert terminal.said[1].startswith("[1] The time for this is over")


def test_a_file_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("\n")
    answers = os.open(tmp_path / "answers", os.O_RDONLY)

    async def scenario() -> None:
        with TerminalPrompt(print, answers).listening():
            raise AssertionError("nobody is there")

    with pytest.raises(NoTerminalInput, match="needs a terminal or a pipe"):
        clock.run_simulated(scenario())
    os.close(answers)


# The instructions


def instruction(
    terminal: Terminal, act: Callable[[OperatorDriver], Awaitable[None]], pki_folder: PkiFolder | None = None
) -> str:
    """What a person is told for an act."""

    async def scenario() -> None:
        async with listening(terminal) as prompt:
            await act(PromptOperator(load_product("reference-ac-fixed"), prompt, pki_folder))

    terminal.types("\n")
    clock.run_simulated(scenario())
    return terminal.said[0].removeprefix("[1] ").rsplit("\n", 1)[0]


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (lambda operator: operator.plug_in(1, 1), "Connect an EV to connector 1 of EVSE 1 (cType2, fixed cable)."),
        (lambda operator: operator.plug_in(9, 1), "Connect an EV to connector 1 of EVSE 9."),
        (
            lambda operator: operator.plug_in(9, 1, seated=False),
            "Connect an EV to connector 1 of EVSE 9, but put the plug only half-way into the socket.",
        ),
        (
            lambda operator: operator.jam_lock(9, 1, jammed=True),
            "Block the lock of connector 1 of EVSE 9, so that it cannot open.",
        ),
        (lambda operator: operator.jam_lock(9, 1, jammed=False), "Free the lock of connector 1 of EVSE 9."),
        (
            lambda operator: operator.unplug(1, 1, side="ev"),
            "Pull the cable of connector 1 of EVSE 1 (cType2, fixed cable) out of the EV. It stays plugged in at the"
            " station.",
        ),
        (
            lambda operator: operator.present_token(Token("04A1", "ISO14443"), 1),
            "Present the ISO14443 token 04A1 to the reader of EVSE 1.",
        ),
        (lambda operator: operator.present_token(Token("1234", "KeyCode"), 1), "Type the code 1234 at EVSE 1."),
        (lambda operator: operator.present_token(Token("", "NoAuthorization"), 1), "Press the start button of EVSE 1."),
        (lambda operator: operator.park(1), "Drive an EV into the parking bay of EVSE 1."),
        (lambda operator: operator.leave(1), "Drive the EV out of the parking bay of EVSE 1."),
        (lambda operator: operator.ev_suspend(1), "Make the EV at EVSE 1 stop taking energy, without unplugging it."),
        (lambda operator: operator.ev_resume(1), "Let the EV at EVSE 1 take energy again."),
        (
            lambda operator: operator.fault(1, 1, present=True),
            "Bring about a fault of connector 1 of EVSE 1 (cType2, fixed cable).",
        ),
        (
            lambda operator: operator.choose_sessions([1, 2]),
            "On the station's menu, choose to end what goes on at EVSE 1, 2.",
        ),
        (lambda operator: operator.power_cycle(), "Switch the station off and on again."),
        (lambda operator: operator.network(up=False), "Cut the station off from the network."),
        (lambda operator: operator.network(up=True), "Connect the station's network again."),
    ],
)
def test_each_act_is_one_sentence(
    terminal: Terminal, act: Callable[[OperatorDriver], Awaitable[None]], text: str
) -> None:
    assert instruction(terminal, act) == text


def commissioning(
    profile: int, *, roots: tuple[str, ...] | None = ("ROOT",), key: CertifiedKey | None = None
) -> Commissioning:
    return Commissioning(
        csms_url="wss://lab.local:9000",
        identity="CS001",
        password="at-least-16-characters",
        security_profile=SecurityProfile(profile),
        csms_roots=roots,
        own_key=key,
    )


def test_commissioning_tells_all_that_has_to_be_entered(terminal: Terminal, tmp_path: Path) -> None:
    told = instruction(terminal, lambda operator: operator.commission(commissioning(2)), PkiFolder(tmp_path))
    for part in ("wss://lab.local:9000", "CS001", "at-least-16-characters", "security profile: 2", "root.pem and no"):
        assert part in told
    assert (tmp_path / "root.pem").read_text() == "ROOT"


def test_a_certificate_for_the_station_is_written_with_its_key(terminal: Terminal, tmp_path: Path) -> None:
    wanted = commissioning(3, key=CertifiedKey("CHAIN", "KEY"))
    told = instruction(terminal, lambda operator: operator.commission(wanted), PkiFolder(tmp_path))
    assert str(tmp_path / "station.pem") in told
    assert (tmp_path / "station.key").read_text() == "KEY"
    assert (tmp_path / "station.key").stat().st_mode & 0o077 == 0


def test_a_station_without_a_root_certificate_is_asked_for(terminal: Terminal) -> None:
    told = instruction(terminal, lambda operator: operator.commission(commissioning(1, roots=())))
    assert "none; remove those that are there" in told


def test_where_it_does_not_matter_the_root_certificates_are_left_alone(terminal: Terminal) -> None:
    told = instruction(terminal, lambda operator: operator.commission(commissioning(1, roots=None)))
    assert "whichever are there" in told


def test_tls_without_a_folder_for_the_root_certificate_cannot_be(terminal: Terminal) -> None:
    with pytest.raises(OperatorFailed, match="--pki DIR"):
        instruction(terminal, lambda operator: operator.commission(commissioning(2)))
