"""Asks a person at a terminal, without a thread."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator

from plugfest.lab.verdict import CableHeld, LabError, OperatorFailed

DONE = frozenset({"", "done", "ok", "y", "yes"})
CANNOT = frozenset({"no", "n", "cannot", "fail", "skip"})
LOCKED = "locked"
"""The answer for a cable that cannot be unplugged because it is locked."""

HOW_TO_ANSWER = 'Press Enter when done, or type "no" and a reason if it cannot be done.'

YES_OR_NO = {"y": True, "yes": True, "n": False, "no": False}

HOW_TO_CONFIRM = 'Answer "yes" or "no", or type "cannot" and a reason.'

MAX_QUEUED_ANSWERS = 100
"""With more unread answers, the lab stops reading: a program may write answers without end."""

MAX_ANSWER_LENGTH = 4096
"""In bytes."""


class NoTerminalInput(LabError):
    """Standard input is neither a terminal nor a pipe."""


class TerminalPrompt:
    """Prints one numbered instruction at a time, and reads the answers, a line each, from the file descriptor.

    An answer that comes after the timeout of its instruction does not count for the next one.
    """

    def __init__(self, print_line: Callable[[str], None], file_descriptor: int = 0) -> None:
        self._print_line = print_line
        self._file_descriptor = file_descriptor
        self._number = 0
        self._answers: asyncio.Queue[str | None] = asyncio.Queue()  # None: end of input
        self._unread = b""
        self._full = False
        self._timed_out = False
        self._closed = False

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Read answers in this block. Raises NoTerminalInput."""
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._file_descriptor, self._read)
        except OSError:  # epoll does not accept regular files
            raise NoTerminalInput("--operator prompt needs a terminal or a pipe as its standard input") from None
        try:
            yield
        finally:
            loop.remove_reader(self._file_descriptor)

    def _read(self) -> None:
        data = os.read(self._file_descriptor, MAX_ANSWER_LENGTH)
        *lines, unread = (self._unread + data).split(b"\n")
        self._unread = unread[:MAX_ANSWER_LENGTH]
        for line in lines:
            self._answers.put_nowait(line.decode(errors="replace").strip())
        self._full = self._answers.qsize() > MAX_QUEUED_ANSWERS
        if not data:
            self._answers.put_nowait(None)
        if self._full or not data:
            asyncio.get_running_loop().remove_reader(self._file_descriptor)

    async def ask(self, instruction: str) -> None:
        """Print an instruction and wait for the answer. Raises OperatorFailed if it cannot be done."""
        await self._answered(instruction, HOW_TO_ANSWER, self._is_done)

    async def confirm(self, question: str) -> bool:
        """Print a question and wait for the answer, yes or no. Raises OperatorFailed if the person cannot answer."""
        return await self._answered(question, HOW_TO_CONFIRM, self._is_confirmed)

    async def _answered(self, instruction: str, how: str, understand: Callable[[], Awaitable[bool | None]]) -> bool:
        """Print an instruction until its answer is understood, and return that."""
        if self._closed:
            raise OperatorFailed("the operator has closed standard input")
        if self._timed_out:
            self._discard_late_answers()
        self._number += 1
        self._print_line(f"[{self._number}] {instruction}\n    {how}")
        try:
            while (answer := await understand()) is None:
                self._print_line(f"    Not understood. {how}")
        except asyncio.CancelledError:
            self._timed_out = True
            self._print_line(f"[{self._number}] No answer in time: the campaign continues without this action.")
            raise
        return answer

    async def _is_done(self) -> bool | None:
        """Whether the instruction is done; None: not understood."""
        answer = await self._next_answer()
        word, _, reason = answer.partition(" ")
        if word.lower().rstrip(",:;") == LOCKED:
            raise CableHeld(reason.strip() or "the operator answered that the cable is locked")
        if word.lower().rstrip(",:;") in CANNOT:
            raise OperatorFailed(reason.strip() or "the operator answered that it cannot be done")
        return True if answer.lower() in DONE else None

    async def _is_confirmed(self) -> bool | None:
        """The answer to a question; None: not understood."""
        answer = await self._next_answer()
        word, _, reason = answer.partition(" ")
        if word.lower().rstrip(",:;") == "cannot":
            raise OperatorFailed(reason.strip() or "the operator answered that it cannot be read")
        return YES_OR_NO.get(answer.lower())

    async def _next_answer(self) -> str:
        """The next line. Raises OperatorFailed at the end of the input."""
        if self._full and self._answers.empty():
            asyncio.get_running_loop().add_reader(self._file_descriptor, self._read)
        answer = await self._answers.get()
        if answer is None:
            self._closed = True
            raise OperatorFailed("the operator has closed standard input")
        return answer

    def _discard_late_answers(self) -> None:
        """Discard answers to the instruction that timed out."""
        self._timed_out = False
        while not self._answers.empty():
            if self._answers.get_nowait() is None:
                self._answers.put_nowait(None)
                return
