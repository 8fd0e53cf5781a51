"""A connection between virtual station and lab that damages some frames of the station."""

import asyncio
import random
from collections.abc import Iterable

import msgspec

from plugfest.lab import events
from plugfest.lab.csms.csms import Csms

Text = str | bytes

LATE = (0.2, 3.0, 35.0)
"""Seconds: during the case, perhaps after it, and after the timeout."""


class BadWire:
    """From the first case on, this percentage of frames comes late, never, twice, with another message id or truncated,
    or the connection is lost instead."""

    def __init__(self, csms: Csms, seed: int, percent: float) -> None:
        self._csms = csms
        self._random = random.Random(seed)
        self._share = percent / 100
        self._started = False
        self.faults = 0
        csms.incoming = self._incoming

    def on_event(self, event: events.Event) -> None:
        self._started = self._started or isinstance(event, events.CaseStarted)

    def _incoming(self, text: Text) -> Iterable[Text]:
        if not self._started or self._random.random() >= self._share:
            return (text,)
        self.faults += 1
        faults = (self._late, self._never, self._twice, self._other_id, self._truncated, self._disconnect)
        return self._random.choice(faults)(text)

    def _late(self, text: Text) -> Iterable[Text]:
        asyncio.get_running_loop().call_later(self._random.choice(LATE), self._csms.deliver, text)
        return ()

    def _never(self, _: Text) -> Iterable[Text]:
        return ()

    def _twice(self, text: Text) -> Iterable[Text]:
        return (text, text)

    def _other_id(self, text: Text) -> Iterable[Text]:
        kind, _, *rest = msgspec.json.decode(text)
        return (msgspec.json.encode([kind, "another", *rest]).decode(),)

    def _truncated(self, text: Text) -> Iterable[Text]:
        return (text[: len(text) // 2],)

    def _disconnect(self, _: Text) -> Iterable[Text]:
        self._csms.drop_connection()
        return ()
