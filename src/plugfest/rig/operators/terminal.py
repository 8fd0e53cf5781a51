"""A person at a terminal: instructions out, answers in, without a thread."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator

from plugfest.lab.verdict import LabError, OperatorFailed

DONE = frozenset({"", "done", "ok", "y", "yes"})
CANNOT = frozenset({"no", "n", "cannot", "fail", "skip"})
HOW_TO_ANSWER = 'Enter when it is done, or "no" and a reason if it cannot be done.'


MOST_AHEAD = 100
"""Answers that may wait for their question: a program that never stops to answer waits then too."""

LONGEST_ANSWER = 4096
"""Bytes."""


class NoTerminalInput(LabError):
    """There is no terminal and no pipe that answers could come from."""


class TerminalPrompt:
    """Asks one thing at a time, and numbers them. Whoever answers writes a line to the file descriptor.

    `say` prints a text. An answer that comes after its time is over does not count for the next question.
    """

    def __init__(self, say: Callable[[str], None], file_descriptor: int = 0) -> None:
        self._say = say
        self._file_descriptor = file_descriptor
        self._number = 0
        self._answers: asyncio.Queue[str | None] = asyncio.Queue()  # None: there will be no other one
        self._unread = b""
        self._full = False
        self._too_late = False
        self._gone = False

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Take answers in this block. Raises NobodyThere."""
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._file_descriptor, self._read)
        except OSError:  # epoll takes no files
            raise NoTerminalInput("--operator prompt needs a terminal or a pipe as its standard input") from None
        try:
            yield
        finally:
            loop.remove_reader(self._file_descriptor)

    def _read(self) -> None:
        data = os.read(self._file_descriptor, LONGEST_ANSWER)
        *lines, unread = (self._unread + data).split(b"\n")
        self._unread = unread[:LONGEST_ANSWER]
        for line in lines:
            self._answers.put_nowait(line.decode(errors="replace").strip())
        self._full = self._answers.qsize() > MOST_AHEAD
        if not data:
            self._answers.put_nowait(None)
        if self._full or not data:
            asyncio.get_running_loop().remove_reader(self._file_descriptor)

    async def ask(self, instruction: str) -> None:
        """Have something done. Raises HandsFailed if the person says that it cannot be."""
        if self._gone:
            raise OperatorFailed("nobody answers any more")
        if self._too_late:
            self._forget()
        self._number += 1
        self._say(f"[{self._number}] {instruction}\n    {HOW_TO_ANSWER}")
        try:
            while not await self._is_done():
                self._say(f"    That is no answer. {HOW_TO_ANSWER}")
        except asyncio.CancelledError:
            self._too_late = True
            self._say(f"[{self._number}] The time for this is over; the campaign goes on without it.")
            raise

    async def _is_done(self) -> bool:
        if self._full and self._answers.empty():
            asyncio.get_running_loop().add_reader(self._file_descriptor, self._read)
        answer = await self._answers.get()
        if answer is None:
            self._gone = True
            raise OperatorFailed("nobody answers any more")
        word, _, reason = answer.partition(" ")
        if word.lower().rstrip(",:;") in CANNOT:
            raise OperatorFailed(reason.strip() or "the operator says that it cannot be done")
        return answer.lower() in DONE

    def _forget(self) -> None:
        """Answers to the question whose time was over."""
        self._too_late = False
        while not self._answers.empty():
            if self._answers.get_nowait() is None:
                self._answers.put_nowait(None)
                return
