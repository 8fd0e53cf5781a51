"""Instructions to a person and the answers, as two files of a run: a page shows the ones and writes the others.

RUN/operator/instructions.jsonl   what `plugfest certify --operator page` shows, an entry a line
RUN/operator/answers.jsonl        the answers and commands of the person, one a line

Files outlast both processes: the pages can be closed, and their server restarted, while an instruction is open.
"""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from plugfest.clock import SystemClock
from plugfest.lab.operator.control import CampaignControl
from plugfest.lab.verdict import OperatorFailed
from plugfest.rig.operators.instructions import FITTING, Answer, AnswerKind, Instruction, Person
from plugfest.rig.operators.situation import Situation
from plugfest.runs.folder import RUN_FILE
from plugfest.runs.watching import LineReader
from plugfest.security.private_files import make_private_folder, open_private

PERIOD: Final = 0.2
"""Seconds between two looks for answers."""

MAX_REASON: Final = 1_000
"""In characters."""

_FOLDER, _INSTRUCTIONS, _ANSWERS = "operator", "instructions.jsonl", "answers.jsonl"
_MAX_NOTES: Final = 3


class ShownInstruction(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An instruction is open. `id` is unique in the run. `until`: when the campaign continues without an answer."""

    id: str
    instruction: Instruction
    shown_at: datetime
    until: datetime | None

    def fits(self, kind: AnswerKind) -> bool:
        """Whether it can be answered so."""
        return kind in FITTING[self.instruction.kind] or kind.command is not None


class ClosedInstruction(msgspec.Struct, frozen=True, tag=True):
    """An instruction was answered or withdrawn."""

    id: str


class Note(msgspec.Struct, frozen=True, tag=True):
    """A text that needs no answer."""

    text: str


class GivenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to the instruction with this id; empty: a command while none is open."""

    kind: AnswerKind
    instruction: str = ""
    reason: str = ""


_Entry = ShownInstruction | ClosedInstruction | Note
_ENTRY: Final = msgspec.json.Decoder(_Entry)
_ANSWER: Final = msgspec.json.Decoder(GivenAnswer)


def _append(path: Path, entry: msgspec.Struct) -> None:
    make_private_folder(path.parent)
    # The run may be of someone else: a link does not lead elsewhere, a pipe is not waited for.
    descriptor = open_private(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        os.write(descriptor, msgspec.json.encode(entry) + b"\n")
    finally:
        os.close(descriptor)


class FilePrompt:
    """A person who reads and answers in the files of a run."""

    is_interactive = True

    def __init__(self, run: Path, control: CampaignControl, utc_now: Callable[[], datetime]) -> None:
        self._run = run / RUN_FILE
        self._instructions = run / _FOLDER / _INSTRUCTIONS
        self._answers = LineReader(run / _FOLDER / _ANSWERS)
        self._control = control
        self._utc_now = utc_now
        self._open: tuple[ShownInstruction, asyncio.Future[Answer]] | None = None

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Read answers in this block. Those to an earlier sitting are left out."""
        while self._answers.new_lines():
            pass
        reading = asyncio.ensure_future(self._read())
        try:
            yield
        finally:
            reading.cancel()

    def note(self, text: str) -> None:
        self._show(Note(text))

    def _show(self, entry: _Entry) -> None:
        if self._run.exists():
            _append(self._instructions, entry)

    async def answer(self, instruction: Instruction) -> Answer:
        """Raises OperatorFailed if the run was deleted: then no page shows the instruction."""
        loop, now = asyncio.get_running_loop(), self._utc_now()
        left = None if instruction.deadline is None else timedelta(seconds=instruction.deadline - loop.time())
        shown = ShownInstruction(
            id=secrets.token_hex(8), instruction=instruction, shown_at=now, until=None if left is None else now + left
        )
        answered: asyncio.Future[Answer] = loop.create_future()
        self._open = shown, answered
        self._show(shown)
        try:
            return await answered
        finally:
            self._open = None
            self._show(ClosedInstruction(shown.id))

    async def _read(self) -> None:
        while True:
            if self._open is not None and not self._run.exists() and not self._open[1].done():
                self._open[1].set_exception(OperatorFailed(f"the run was deleted: {self._run.parent}"))
            for line in self._answers.new_lines():
                with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    self._take(_ANSWER.decode(line.text))
            await asyncio.sleep(PERIOD)

    def _take(self, given: GivenAnswer) -> None:
        """An answer to an instruction that is closed, as a second touch gives, counts for no other."""
        if self._open is not None:
            shown, answered = self._open
            is_for_it = given.instruction == shown.id or (not given.instruction and given.kind.command is not None)
            if is_for_it and shown.fits(given.kind) and not answered.done():
                answered.set_result(Answer(given.kind, given.reason[:MAX_REASON]))
        elif not given.instruction and given.kind.command is not None and not self._control.give(given.kind.command):
            self.note(f'"{given.kind}" is not possible now.')


def in_files_of(run: Path) -> Callable[[Situation, CampaignControl], contextlib.AbstractContextManager[Person]]:
    """Reaches the person by the files of this run."""

    @contextlib.contextmanager
    def reach(_: Situation, control: CampaignControl) -> Iterator[Person]:
        person = FilePrompt(run, control, SystemClock().now)
        with person.listening():
            yield person

    return reach


class InstructionFollower:
    """Follows the instructions of a run, and answers them. For another process than that of the campaign."""

    def __init__(self, run: Path) -> None:
        self.shown: ShownInstruction | None = None
        """The open instruction."""
        self.notes: tuple[str, ...] = ()
        """The newest texts since the last instruction."""
        self._answers = run / _FOLDER / _ANSWERS
        self._reader = LineReader(run / _FOLDER / _INSTRUCTIONS)

    async def update(self) -> None:
        """Read what is new, in pieces, so that the event loop can do other things. Raises OSError."""
        while lines := self._reader.new_lines():
            for line in lines:
                with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    self._take(_ENTRY.decode(line.text))
            await asyncio.sleep(0)

    def give(self, answer: GivenAnswer) -> None:
        """Write an answer. Raises OSError."""
        _append(self._answers, answer)

    def _take(self, entry: _Entry) -> None:
        match entry:
            case ShownInstruction():
                self.shown, self.notes = entry, ()
            case ClosedInstruction(id=id) if self.shown is not None and self.shown.id == id:
                self.shown = None
            case Note(text=text):
                self.notes = (*self.notes, text)[-_MAX_NOTES:]
