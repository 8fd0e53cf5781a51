"""A station that stops obeying the protocol at a given moment, seen from the lab."""

import asyncio
from collections.abc import Iterable, Iterator
from enum import StrEnum

from plugfest.lab import events
from plugfest.lab.composition import Lab

Text = str | bytes

HEARTBEAT = '[2,"{}","Heartbeat",{{}}]'


class Fault(StrEnum):
    """What the station does from then on."""

    HANG = "hang"
    CLOSE = "close"
    FLOOD = "flood"


class FaultyStation:
    """From the begin of each scenario until the next case, the station has a fault: the next one of these."""

    def __init__(self, lab: Lab, faults: Iterator[Fault]) -> None:
        self._lab = lab
        self._faults = faults
        self._fault = Fault.HANG
        self._is_faulty = False
        self._flooding: asyncio.Task[None] | None = None
        self.scenarios: list[str] = []
        """The cases whose initial state the station has reached."""
        lab.listeners.append(self._on_event)
        lab.csms.incoming = self._incoming

    def _on_event(self, event: events.Event) -> None:
        match event:
            case events.ScenarioStarted(case=case):
                self.scenarios.append(case)
                self._is_faulty, self._fault = True, next(self._faults)
                if self._fault is Fault.FLOOD:
                    self._flooding = asyncio.ensure_future(self._flood())
            case events.CaseStarted() | events.CampaignFinished():
                self._is_faulty = False
                if self._flooding is not None:
                    self._flooding.cancel()

    def _incoming(self, text: Text) -> Iterable[Text]:
        if not self._is_faulty or self._fault is Fault.FLOOD:
            return (text,)
        if self._fault is Fault.CLOSE:
            self._lab.csms.connection.websocket.transport.abort()
        return ()

    async def _flood(self) -> None:
        number = 0
        while True:
            number += 1
            self._lab.csms.deliver(HEARTBEAT.format(f"flood-{number}"))
            await asyncio.sleep(0 if self._lab.csms.connected else 1)
