"""What the lab waits for, as a run keeps it: of the waits only those that last, as most are over at once."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from plugfest import clock
from plugfest.lab import events

PERIOD: Final = 0.2
"""Seconds after which a wait is kept."""


class LabWaits(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What the lab waits for; empty: for nothing. `until`: when the wait ends at the latest."""

    awaited: str = ""
    until: datetime | None = None


class LastingWaits:
    """A listener of the lab that passes on what it waits for, when it has waited for a period."""

    def __init__(self, write: Callable[[LabWaits], None]) -> None:
        self._write = write
        self._waits: list[LabWaits] = []
        self._written = LabWaits()
        self._due: asyncio.TimerHandle | None = None

    def on_event(self, event: events.Event) -> None:
        match event:
            case events.WaitBegan(awaited=awaited, within=within):
                self._waits.append(LabWaits(awaited=awaited, until=clock.utc_now() + timedelta(seconds=within)))
            case events.WaitEnded():
                self._waits.pop()
            case _:
                return
        self.close()
        self._due = asyncio.get_running_loop().call_later(PERIOD, self._write_current)

    def close(self) -> None:
        """Pass on nothing more."""
        if self._due is not None:
            self._due.cancel()

    def _write_current(self) -> None:
        current = self._waits[-1] if self._waits else LabWaits()
        if current != self._written:
            self._written = current
            self._write(current)
