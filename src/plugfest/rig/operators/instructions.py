"""Instructions to a person at the station, and the answers, as data: a terminal, or a page, shows and takes them."""

import asyncio
import enum
from typing import Final, Protocol

import msgspec

from plugfest.lab.operator.control import CampaignControl, Command
from plugfest.lab.verdict import CableHeld, OperatorFailed
from plugfest.rig.operators.situation import Situation

SECONDS_TO_ACT: Final = 2.0
"""The time that an action takes at least. A person who confirms it sooner is asked again."""

MAX_LISTED: Final = 10
"""Instructions that are listed when the operator is asked to confirm them."""


class InstructionKind(enum.StrEnum):
    """What an instruction asks for."""

    ACTION = "action"  # DONE, CANNOT or LOCKED
    QUESTION = "question"  # YES, NO or CANNOT
    CHECK = "check"  # YES or NO: whether the answer before, which came quickly, is meant
    CONFIRMATION = "confirmation"  # CONFIRMED or NO: whether a failure may be the fault of the operator
    PAUSE = "pause"  # RESUME


class AnswerKind(enum.StrEnum):
    """What a person may answer. The commands are answers to every instruction."""

    DONE = "done"
    CANNOT = "cannot"
    LOCKED = "locked"
    YES = "yes"
    NO = "no"
    CONFIRMED = "confirmed"
    RESUME = "resume"
    SKIP = "skip"
    REDO = "redo"
    PAUSE = "pause"
    QUIT = "quit"

    @property
    def command(self) -> Command | None:
        """The command that it is; None for an answer about the instruction."""
        return COMMANDS.get(self)


COMMANDS: Final = {
    AnswerKind.SKIP: Command.SKIP,
    AnswerKind.REDO: Command.REDO,
    AnswerKind.PAUSE: Command.PAUSE,
    AnswerKind.QUIT: Command.QUIT,
}

FITTING: Final = {
    InstructionKind.ACTION: frozenset({AnswerKind.DONE, AnswerKind.CANNOT, AnswerKind.LOCKED}),
    InstructionKind.QUESTION: frozenset({AnswerKind.YES, AnswerKind.NO, AnswerKind.CANNOT}),
    InstructionKind.CHECK: frozenset({AnswerKind.YES, AnswerKind.NO}),
    InstructionKind.CONFIRMATION: frozenset({AnswerKind.CONFIRMED, AnswerKind.NO}),
    InstructionKind.PAUSE: frozenset({AnswerKind.RESUME}),
}
"""The answers to each kind of instruction, apart from the commands."""


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """One instruction. Times are loop times in seconds.

    `case_id`, `case_name` and `step` are those of the running case, empty outside of one. `deadline` is when the
    campaign continues without an answer, None for never. `awaited`: what the station is expected to send when it is
    done. `may_be_locked`: LOCKED is one of the answers.
    """

    number: int
    kind: InstructionKind
    text: str
    case_id: str = ""
    case_name: str = ""
    step: str = ""
    began: float = 0.0
    deadline: float | None = None
    awaited: str = ""
    may_be_locked: bool = False


class Answer(msgspec.Struct, frozen=True):
    """The answer to the open instruction, with the reason if something cannot be done."""

    kind: AnswerKind
    reason: str = ""


class Person(Protocol):
    """Shows instructions to a person and takes the answers: a terminal, a page."""

    @property
    def is_interactive(self) -> bool:
        """Whether a person can be asked back. False for answers that a program has written."""

    async def answer(self, instruction: Instruction) -> Answer:
        """Show an instruction and wait for an answer that fits. It is withdrawn by cancelling.

        Raises OperatorFailed if no answer can come any more.
        """

    def note(self, text: str) -> None:
        """Show a text that needs no answer."""


class Instructor:
    """Gives one numbered instruction at a time to a person, and passes commands on to the campaign.

    `timeout`: the seconds that the campaign waits for an answer.
    """

    def __init__(self, person: Person, situation: Situation, control: CampaignControl, *, timeout: float) -> None:
        self._person = person
        self._situation = situation
        self._control = control
        self._timeout = timeout
        self._number = 0

    async def ask(
        self, text: str, *, awaited: str = "", seconds: float = SECONDS_TO_ACT, may_be_locked: bool = False
    ) -> None:
        """Have the person act. `seconds`: the time that it takes at least. Raises OperatorFailed or CableHeld."""
        instruction = self._instruction(InstructionKind.ACTION, text, awaited)
        instruction = msgspec.structs.replace(instruction, may_be_locked=may_be_locked)
        answer = await self._answered(instruction, seconds)
        if answer.kind is AnswerKind.LOCKED:
            raise CableHeld(answer.reason or "the operator answered that the cable is locked")
        if answer.kind is AnswerKind.CANNOT:
            raise OperatorFailed(answer.reason or "the operator answered that it cannot be done")

    async def confirm(self, question: str, *, seconds: float = 0.0) -> bool:
        """Ask yes or no. `seconds`: the time before which No cannot be known. Raises OperatorFailed."""
        answer = await self._answered(self._instruction(InstructionKind.QUESTION, question), seconds)
        if answer.kind is AnswerKind.CANNOT:
            raise OperatorFailed(answer.reason or "the operator answered that it cannot be read")
        return answer.kind is AnswerKind.YES

    async def confirms_actions(self) -> bool:
        """Ask whether the instructions of the running case were followed. True if no person can be asked."""
        if not self._person.is_interactive:
            return True
        given = self._situation.instructions[-MAX_LISTED:]
        lines = [f"{self._situation.case_id} fails: {self._situation.failure}"]
        lines += ["Was every instruction followed, and nothing else done?"]
        lines += [f"[{number}] {text}" for number, text in given]
        instruction = self._instruction(InstructionKind.CONFIRMATION, "\n      ".join(lines))
        return (await self._answered(instruction, 0.0)).kind is AnswerKind.CONFIRMED

    async def attend_pauses(self) -> None:
        """Ask in each pause whether the campaign can be resumed. Never returns."""
        while True:
            await self._control.pausing.wait()
            asking = asyncio.ensure_future(self._resume_when_answered())
            await self._control.running.wait()  # also if the campaign was resumed from elsewhere
            asking.cancel()

    async def _resume_when_answered(self) -> None:
        text = "Paused. A case that was running starts again."
        try:
            await self._answered(self._instruction(InstructionKind.PAUSE, text), 0.0)
        except OperatorFailed:  # no answer can come: without one the pause would not end
            self._control.give(Command.QUIT)
        else:
            self._control.resume()

    def _instruction(self, kind: InstructionKind, text: str, awaited: str = "") -> Instruction:
        self._number += 1
        now, situation = asyncio.get_running_loop().time(), self._situation
        if kind in (InstructionKind.ACTION, InstructionKind.QUESTION):
            situation.instructions.append((self._number, text))
        is_timed = kind is not InstructionKind.PAUSE and situation.campaign_began
        return Instruction(
            number=self._number,
            kind=kind,
            text=text,
            case_id=situation.case_id,
            case_name=situation.case_name,
            step=situation.step,
            began=now,
            deadline=now + self._timeout if is_timed else None,
            awaited=awaited,
        )

    async def _answered(self, instruction: Instruction, seconds: float) -> Answer:
        """The answer to an instruction, apart from commands; an answer within `seconds` only if it is meant."""
        try:
            while True:
                answer = await self._obeyed(instruction)
                if await self._is_meant(instruction, answer, seconds):
                    return answer
        except asyncio.CancelledError:
            self._note_end(instruction)
            raise

    async def _obeyed(self, instruction: Instruction) -> Answer:
        """The first answer that is not a command that is obeyed."""
        while True:
            answer = await self._person.answer(instruction)
            command = answer.kind.command
            if command is None:
                return answer
            if self._control.give(command):
                await asyncio.get_running_loop().create_future()  # until the part of the campaign is cancelled
            self._person.note(f'    "{command}" is not possible now.')

    async def _is_meant(self, instruction: Instruction, answer: Answer, seconds: float) -> bool:
        elapsed = asyncio.get_running_loop().time() - instruction.began
        if not self._person.is_interactive or answer.kind not in _WARY or elapsed >= seconds:
            return True
        text = f"{instruction.text}\n    {_WARY[answer.kind].format(seconds=seconds)}"
        check = msgspec.structs.replace(instruction, kind=InstructionKind.CHECK, text=text)
        return (await self._obeyed(check)).kind is AnswerKind.YES

    def _note_end(self, instruction: Instruction) -> None:
        if instruction.deadline is not None and asyncio.get_running_loop().time() >= instruction.deadline:
            self._person.note(f"[{instruction.number}] No answer in time: the campaign continues without this action.")


_WARY: Final = {
    AnswerKind.DONE: "That was quick: is it done?",
    AnswerKind.NO: "That was quick: {seconds:g} s are to be watched. Is the answer no nevertheless?",
}
"""The answers that are asked again if they come too soon, and how."""
