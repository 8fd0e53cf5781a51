"""Asks a person at a terminal, without a thread."""

import asyncio
import contextlib
import os
import select
import termios
from collections.abc import Iterator
from typing import Final, Protocol

from plugfest.lab.operator.control import CampaignControl
from plugfest.lab.verdict import LabError, OperatorFailed
from plugfest.rig.operators import answers
from plugfest.rig.operators.instructions import Answer, Instruction, InstructionKind
from plugfest.rig.operators.situation import Situation

MAX_QUEUED_ANSWERS: Final = 100
"""With more unread answers, the lab stops reading: a program may write answers without end."""

MAX_ANSWER_LENGTH: Final = 4096
"""In bytes."""

GUARD: Final = 0.3
"""Seconds after an instruction in which Enter at a terminal does not count: it was meant for something else."""

SHORT: Final = 120.0
"""Less than this is shown in seconds."""

LIVE_INTERVAL: Final = 1.0
"""Seconds between two refreshes of the live line."""


class NoTerminalInput(LabError):
    """Standard input is neither a terminal nor a pipe."""


class Screen(Protocol):
    """Where a person reads."""

    def print(self, text: str) -> None:
        """Print lines."""

    def show_live(self, text: str) -> None:
        """Replace the line that stays below what is printed."""

    def note_input(self) -> None:
        """A line was entered: the cursor has moved."""

    def alert(self, text: str) -> None:
        """Call a person who does not look, if that is wanted."""


class TerminalPrompt:
    """Prints one instruction at a time and reads the answers, a line each, from the file descriptor.

    At a terminal, what was typed before an instruction was printed does not count for it, and commands are obeyed at
    any time. From a pipe, a program may write its answers in advance; only an answer that comes after the timeout of
    its instruction does not count for the next one.
    """

    def __init__(self, screen: Screen, situation: Situation, control: CampaignControl, file_descriptor: int = 0):
        self.is_interactive = os.isatty(file_descriptor)
        self._screen = screen
        self._situation = situation
        self._control = control
        self._file_descriptor = file_descriptor
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()  # None: end of input
        self._unread = b""
        self._full = False
        self._withdrawn = False
        self._closed = False
        self._open: Instruction | None = None

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Read answers in this block. Raises NoTerminalInput."""
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._file_descriptor, self._read)
        except OSError:  # epoll does not accept regular files
            raise NoTerminalInput("--operator prompt needs a terminal or a pipe as its standard input") from None
        live = asyncio.ensure_future(self._refresh_live()) if self.is_interactive else None
        try:
            yield
        finally:
            loop.remove_reader(self._file_descriptor)
            if live is not None:
                live.cancel()

    def note(self, text: str) -> None:
        self._screen.print(text)

    async def answer(self, instruction: Instruction) -> Answer:
        if self._closed:
            raise OperatorFailed("the operator has closed standard input")
        if self.is_interactive or self._withdrawn:
            self._discard_input()
        self._open = instruction
        self._print(instruction)
        try:
            return await self._understood(instruction, asyncio.get_running_loop().time() + GUARD)
        except asyncio.CancelledError:
            self._withdrawn = True
            raise
        finally:
            self._open = None

    # Output

    def _print(self, instruction: Instruction) -> None:
        about = " ".join(filter(None, (instruction.case_id, instruction.case_name)))
        details = [", ".join(filter(None, (about, instruction.step)))]
        if instruction.deadline is not None:
            details.append(f"{_duration(instruction.deadline - instruction.began)} for it")
        if instruction.awaited:
            details.append(f"the station then sends {instruction.awaited}")
        lines = [f"[{instruction.number}] {instruction.text}"]
        lines += [
            f"    {line}" for line in ("; ".join(filter(None, details)), answers.how_to_answer(instruction)) if line
        ]
        if self.is_interactive and instruction.kind is not InstructionKind.PAUSE:
            lines.append(f"    {answers.ALSO}")
        self._show_live()
        self._screen.print("\n".join(lines))
        self._screen.alert(instruction.text)

    async def _refresh_live(self) -> None:
        while True:
            self._show_live()
            await asyncio.sleep(LIVE_INTERVAL)

    def _show_live(self) -> None:
        if self.is_interactive:
            self._screen.show_live(self._live())

    def _live(self) -> str:
        """What is awaited now: an answer of the person, or a message of the station."""
        situation, open_ = self._situation, self._open
        where = " ".join(filter(None, (situation.case_id, situation.step)))
        if open_ is None:
            return ", ".join(filter(None, (where, situation.wait()))) or "waiting for the station"
        if open_.kind is InstructionKind.PAUSE:
            return f"[{open_.number}] paused"
        parts = []
        if open_.deadline is not None:
            left = max(0, round(open_.deadline - asyncio.get_running_loop().time()))
            parts.append(f"{left // 60}:{left % 60:02} left")
        if open_.awaited:
            parts.append(f"awaited: {open_.awaited}")
        seen = situation.last_message(open_.began)
        parts.append(f"from the station: {seen}" if seen else "nothing from the station yet")
        return f"[{open_.number}] " + "; ".join(parts)

    # Input

    async def _understood(self, instruction: Instruction, guarded_until: float) -> Answer:
        """The first line that is an answer. Raises OperatorFailed at the end of the input."""
        while True:
            line = await self._next_line()
            if self.is_interactive and not line and asyncio.get_running_loop().time() < guarded_until:
                continue
            if line.lower() in answers.HELP:
                self._screen.print("\n".join(answers.help_lines(instruction.kind)))
                continue
            answer = answers.answer(line, instruction)
            if answer is not None:
                return answer
            self._screen.print(f"    Not understood. {answers.how_to_answer(instruction)}")

    async def _next_line(self) -> str:
        if self._full and self._lines.empty():
            asyncio.get_running_loop().add_reader(self._file_descriptor, self._read)
        line = await self._lines.get()
        if line is None:
            self._closed = True
            raise OperatorFailed("the operator has closed standard input")
        return line

    def _read(self) -> None:
        events = _events(self._file_descriptor, select.POLLIN)
        if not events:  # the input was discarded since the loop has seen it: reading would block
            return
        try:
            data = os.read(self._file_descriptor, MAX_ANSWER_LENGTH)
        except OSError:  # the terminal was closed
            data = b""
        if not data and self.is_interactive and not events & ~select.POLLIN:  # Ctrl-D, the terminal is open
            self._screen.note_input()
            self._screen.print('    Ctrl-D is not an answer. "quit" ends the campaign.')
            return
        *lines, unread = (self._unread + data).split(b"\n")
        self._unread = unread[:MAX_ANSWER_LENGTH]
        for line in lines:
            self._take(line.decode(errors="replace").strip())
        self._full = self._lines.qsize() > MAX_QUEUED_ANSWERS
        if not data:
            self._lines.put_nowait(None)
        if self._full or not data:
            asyncio.get_running_loop().remove_reader(self._file_descriptor)

    def _take(self, line: str) -> None:
        """Queue an answer. At a terminal, while nothing is asked, only commands count."""
        if self.is_interactive:
            self._screen.note_input()
        if self._open is not None or not self.is_interactive:
            self._lines.put_nowait(line)
            return
        given = answers.command(line)
        if given is not None and given.command is not None:
            done = self._control.give(given.command)
            self._screen.print(
                f'    "{line}": {given.command.reason}' if done else f'    "{line}" is not possible now.'
            )
        elif line.lower() in answers.HELP:
            self._screen.print("\n".join(answers.help_lines(None)))
        elif line:
            self._screen.print("    Nothing is asked now.")

    def _discard_input(self) -> None:
        """Discard what was entered before: it was not meant for the next instruction."""
        self._withdrawn = False
        if self.is_interactive:
            with contextlib.suppress(termios.error):  # the terminal was closed
                termios.tcflush(self._file_descriptor, termios.TCIFLUSH)
            self._unread = b""
        while not self._lines.empty():
            if self._lines.get_nowait() is None:
                self._lines.put_nowait(None)
                return


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < SHORT else f"{seconds / 60:.0f} min"


def _events(file_descriptor: int, requested: int) -> int:
    """The requested events, and those that are never requested (closed, invalid), which there are now."""
    poll = select.poll()
    poll.register(file_descriptor, requested)
    return sum(events for _, events in poll.poll(0))
