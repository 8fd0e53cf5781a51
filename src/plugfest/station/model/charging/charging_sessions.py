"""All visits of the station, in memory and on disk."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from uuid import uuid4

from plugfest.station.model.charging.charging_session import ChargingSession
from plugfest.station.storage.store import Store


class ChargingSessions:
    """One visit for each EVSE, vacant or not, and one for each driver who has not chosen an EVSE yet."""

    def __init__(self, store: Store, evse_ids: list[int]) -> None:
        self._store = store
        self._records = store.records("visits", ChargingSession)
        kept = self._records.values()
        self._at = {evse_id: ChargingSession(key=f"evse {evse_id}", evse_id=evse_id) for evse_id in evse_ids}
        self._at.update({session.evse_id: session for session in kept if session.evse_id in self._at})
        self._waiting = {session.key: session for session in kept if session.evse_id is None}

    def __iter__(self) -> Iterator[ChargingSession]:
        yield from self._at.values()
        yield from self._waiting.values()

    def at(self, evse_id: int) -> ChargingSession:
        return self._at[evse_id]

    @property
    def at_evses(self) -> list[ChargingSession]:
        return list(self._at.values())

    @property
    def waiting(self) -> list[ChargingSession]:
        """Drivers without an EVSE, the first to come first."""
        return list(self._waiting.values())

    def with_transaction(self, transaction_id: str) -> ChargingSession | None:
        return next((v for v in self if v.transaction is not None and v.transaction.id == transaction_id), None)

    def open_waiting(self) -> ChargingSession:
        """A driver comes who has not chosen an EVSE."""
        session = ChargingSession(key=f"waiting {uuid4()}")
        self._waiting[session.key] = session
        return session

    def seat(self, session: ChargingSession, evse_id: int) -> None:
        """A waiting driver has chosen an EVSE that is vacant."""
        place = self._at[evse_id]
        with self.one_step():
            self._drop(session)
            session.key, session.evse_id = place.key, evse_id
            self._at[evse_id] = session
            self.save(session)

    def one_step(self) -> AbstractContextManager[None]:
        """What is saved inside, by whomever, is kept together or not at all."""
        return self._store.transaction()

    def save(self, session: ChargingSession) -> None:
        """Keep what is known. A waiting driver of whom nothing is left is forgotten."""
        if session.evse_id is None and session.vacant:
            self._drop(session)
        else:
            self._records.put(session.key, session)

    def _drop(self, session: ChargingSession) -> None:
        self._waiting.pop(session.key, None)
        self._records.delete(session.key)
