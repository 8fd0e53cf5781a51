"""The queue of TransactionEventRequests: they are stored until the CSMS has answered them (E04, E12, E13)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ocpp.exceptions import OCPPError
from tests.rig.external.wallbox.csms.link import Lost
from tests.rig.external.wallbox.device_model import DeviceModel
from tests.rig.external.wallbox.storage import Storage, StoredEvent


class Outbox:
    """`request` sends a request; `online` waits until that is possible; `answered` gets each answer."""

    def __init__(
        self,
        storage: Storage,
        model: DeviceModel,
        request: Callable[[Any], Awaitable[Any]],
        online: Callable[[], Awaitable[None]],
        answered: Callable[[StoredEvent, Any], None],
    ) -> None:
        self._storage = storage
        self._model = model
        self._request = request
        self._online = online
        self._answered = answered
        self._filled = asyncio.Event()

    def put(self, event: StoredEvent) -> None:
        self._storage.events.append(event)
        self._filled.set()

    def holds(self, transaction_id: str | None) -> bool:
        """Whether an event of the transaction waits; of any transaction if None."""
        return any(transaction_id in (None, event.transaction_id) for event in self._storage.events)

    async def emptied(self, within: float) -> None:
        """Wait until everything was delivered, but not longer than `within` seconds."""
        for _ in range(int(within * 10)):
            if not self._storage.events:
                return
            await asyncio.sleep(0.1)

    async def run(self) -> None:
        while True:
            while not self._storage.events:
                self._filled.clear()
                await self._filled.wait()
            await self._online()
            await self._deliver(self._storage.events[0])

    async def _deliver(self, event: StoredEvent) -> None:
        try:
            answer = await self._request(event.payload)
        except Lost:
            return
        except (OCPPError, TimeoutError):
            await self._failed(event)
            return
        self._storage.events.popleft()
        self._answered(event, answer)

    async def _failed(self, event: StoredEvent) -> None:
        event.attempts += 1
        if event.attempts >= self._model.number("OCPPCommCtrlr.MessageAttempts[TransactionEvent]"):
            self._storage.events.popleft()  # E13.FR.04
            return
        interval = self._model.number("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]")
        await asyncio.sleep(interval * event.attempts)  # E13.FR.03
