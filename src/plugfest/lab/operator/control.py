"""What the person who runs a campaign may command at any time: skip or repeat the case, pause, quit."""

import asyncio
import enum
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Command(enum.StrEnum):
    """A command about the running case, or about the campaign."""

    SKIP = "skip"  # the case becomes INCONCLUSIVE
    REDO = "redo"  # the case starts again
    PAUSE = "pause"  # the campaign waits; a case that was begun starts again
    QUIT = "quit"  # the campaign ends; its run can be continued

    @property
    def reason(self) -> str:
        """Why an attempt at a case has ended."""
        return _REASONS[self]


_REASONS = {
    Command.SKIP: "skipped by the operator",
    Command.REDO: "repeated by the operator",
    Command.PAUSE: "paused by the operator",
    Command.QUIT: "ended by the operator",
}

AT_ANY_TIME = frozenset({Command.PAUSE, Command.QUIT})
"""The commands that do not need a case."""


class Interrupted(Exception):
    """A command, or a standstill of the lab, has ended a part of the campaign. Nothing handles it as a failure.

    `command`: what happens next; `reason`: why the part has ended.
    """

    def __init__(self, command: Command, reason: str = "") -> None:
        self.command = command
        self.reason = reason or command.reason
        super().__init__(self.reason)


class CampaignQuit(Exception):
    """The campaign was ended by a command. What is finished is kept."""


async def _nothing() -> None:
    pass


class CampaignControl:
    """Takes commands and ends the running part of the campaign for them.

    `on_pause` is called with True, then False; `recover` before anything goes on after a standstill of the lab.
    """

    def __init__(
        self, on_pause: Callable[[bool], None] = lambda _: None, recover: Callable[[], Awaitable[None]] = _nothing
    ) -> None:
        self.possible: frozenset[Command] = AT_ANY_TIME
        """The commands that can be obeyed now."""
        self.pausing = asyncio.Event()
        """Set while the campaign is paused."""
        self.running = asyncio.Event()
        """Set while it is not."""
        self.running.set()
        self._on_pause = on_pause
        self._recover = recover
        self._stood_still = False
        self._resumed = asyncio.Event()
        self._command: Command | None = None
        self._standstill = ""
        self._timeout: asyncio.Timeout | None = None

    def give(self, command: Command) -> bool:
        """Obey a command. False if it is not possible now."""
        if command not in self.possible:
            return False
        if self._command is not Command.QUIT:
            self._command = command
        self._end_part()
        return True

    def repeat(self, reason: str) -> None:
        """Have the running part of the campaign start again: the lab could not act. A pause goes on."""
        self._stood_still = True
        if self._timeout is None or self.pausing.is_set():
            return
        self._standstill = reason
        self._end_part()

    def resume(self) -> None:
        """End the pause."""
        self._resumed.set()

    @asynccontextmanager
    async def interruptible(self, possible: frozenset[Command]) -> AsyncIterator[None]:
        """A part of the campaign that these commands end. Parts do not overlap.

        Raises:
            Interrupted: a command has ended it.
        """
        timeout = self._timeout = asyncio.timeout(None)
        self.possible = possible
        try:
            async with timeout:
                if self._command is not None:
                    self._end_part()
                yield
        except TimeoutError:
            if not timeout.expired():
                raise  # a timeout within the block
        finally:
            self._timeout, self.possible = None, AT_ANY_TIME
            standstill, self._standstill = self._standstill, ""
        command, self._command = self._command, None
        if command is not None:
            raise Interrupted(command)
        if standstill:
            raise Interrupted(Command.REDO, standstill)

    def _end_part(self) -> None:
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(asyncio.get_running_loop().time())

    async def obey(self, command: Command) -> None:
        """Wait until the end of a pause, and recover from a standstill. Raises CampaignQuit."""
        if command is Command.PAUSE:
            command = await self._pause()
        if command is Command.QUIT:
            raise CampaignQuit
        if self._stood_still:
            self._stood_still = False
            await self._recover()

    async def _pause(self) -> Command:
        self._resumed.clear()
        self.running.clear()
        self.pausing.set()
        self._on_pause(True)
        try:
            async with self.interruptible(frozenset({Command.QUIT})):
                await self._resumed.wait()
        except Interrupted as interrupted:
            return interrupted.command
        finally:
            self.pausing.clear()
            self.running.set()
            self._on_pause(False)
        return Command.PAUSE
