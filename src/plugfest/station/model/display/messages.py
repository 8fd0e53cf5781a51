"""The display messages that the CSMS has set, and when they end by themselves (O01 to O06). Kept in the store."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.display.selection import DisplayMessage, replaced_by
from plugfest.station.model.timers import Timers
from plugfest.station.storage.store import Store

_TIMER = "display messages"


class DisplayMessages:
    """All display messages by id. `on_change` is called when one is added, begins or ends."""

    def __init__(self, store: Store, sessions: ChargingSessions, timers: Timers, now: Callable[[], datetime]) -> None:
        self.on_change: list[Callable[[], None]] = []
        self._store = store
        self._records = store.records("display_messages", DisplayMessage)  # O01.FR.10, O02.FR.10
        self._all = {message.id: message for message in self._records.values()}
        self._sessions = sessions
        self._timers = timers
        self._now = now

    def __iter__(self) -> Iterator[DisplayMessage]:
        return iter(list(self._all.values()))

    def __len__(self) -> int:
        return len(self._all)

    def start(self) -> None:
        """Remove what ended during a power loss, and wait for the next beginning and end."""
        self._delete(
            message.id
            for message in self
            if message.transaction_id is not None and self._sessions.with_transaction(message.transaction_id) is None
        )
        self.update()

    def update(self) -> None:
        """Remove what has ended, and wait for the next beginning and end: after a jump of the clock, too."""
        now = self._now()
        times = [time for each in self for time in (each.starts_at, each.ends_at) if time is not None and time > now]
        if times:
            self._timers.set(_TIMER, (min(times) - now).total_seconds(), self.update)
        else:
            self._timers.cancel(_TIMER)
        self._delete(message.id for message in self if message.has_ended(now))
        for listener in self.on_change:
            listener()

    def size_with(self, message: DisplayMessage) -> int:
        """The number of messages after `put`."""
        return len(self) + 1 - len(replaced_by(message, self))

    def put(self, message: DisplayMessage) -> None:
        """Add a message instead of those that it replaces."""
        with self._store.transaction():
            self._delete(replaced_by(message, self))
            self._all[message.id] = message
            self._records.put(str(message.id), message)
        self.update()

    def delete(self, id: int) -> bool:
        """Returns whether there was such a message."""
        known = id in self._all
        self._delete([id])
        self.update()
        return known

    def end_transaction(self, session: ChargingSession, transaction: Transaction) -> None:
        """Remove the messages of a transaction that has ended. O02.FR.02"""
        self._delete(message.id for message in self if message.transaction_id == transaction.id)
        self.update()

    def _delete(self, ids: Iterable[int]) -> None:
        for id in ids:
            self._all.pop(id, None)
            self._records.delete(str(id))
