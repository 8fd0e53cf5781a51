"""A terminal that is a pipe."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from plugfest.lab import events
from plugfest.lab.operator.control import CampaignControl
from plugfest.rig.operators.instructions import Instructor
from plugfest.rig.operators.situation import Situation
from plugfest.rig.operators.terminal import TerminalPrompt


class Terminal:
    """A pipe for the answers, and a list of the printed texts."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()
        self.printed: list[str] = []

    def write(self, text: str) -> None:
        os.write(self._writing, text.encode())

    def close_input(self) -> None:
        os.close(self._writing)
        self._writing = -1

    def close(self) -> None:
        for end in (self.reading, self._writing):
            if end >= 0:
                os.close(end)


class Printed:
    """A screen that keeps what is printed."""

    def __init__(self, printed: list[str]) -> None:
        self.print = printed.append

    def show_live(self, text: str) -> None:
        raise AssertionError("a pipe has no live line")

    def note_input(self) -> None:
        raise AssertionError("a pipe has no cursor")

    def alert(self, text: str) -> None:
        pass


@asynccontextmanager
async def listening(terminal: Terminal, *, campaign_began: bool = True) -> AsyncIterator[Instructor]:
    situation, control = Situation(), CampaignControl()
    prompt = TerminalPrompt(Printed(terminal.printed), situation, control, terminal.reading)
    if campaign_began:
        situation.on_event(events.CampaignStarted("a product", 1))
    with prompt.listening():
        yield Instructor(prompt, situation, control, timeout=60)
