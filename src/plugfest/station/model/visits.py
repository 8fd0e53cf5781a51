"""All visits of the station, in memory and on disk."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from uuid import uuid4

from plugfest.station.model.visit import Visit
from plugfest.station.store import Store


class Visits:
    """One visit for each EVSE, vacant or not, and one for each driver who has not chosen an EVSE yet."""

    def __init__(self, store: Store, evse_ids: list[int]) -> None:
        self._store = store
        self._records = store.records("visits", Visit)
        kept = self._records.values()
        self._at = {evse_id: Visit(key=f"evse {evse_id}", evse_id=evse_id) for evse_id in evse_ids}
        self._at.update({visit.evse_id: visit for visit in kept if visit.evse_id in self._at})
        self._waiting = {visit.key: visit for visit in kept if visit.evse_id is None}

    def __iter__(self) -> Iterator[Visit]:
        yield from self._at.values()
        yield from self._waiting.values()

    def at(self, evse_id: int) -> Visit:
        return self._at[evse_id]

    @property
    def at_evses(self) -> list[Visit]:
        return list(self._at.values())

    @property
    def waiting(self) -> list[Visit]:
        """Drivers without an EVSE, the first to come first."""
        return list(self._waiting.values())

    def with_transaction(self, transaction_id: str) -> Visit | None:
        return next((v for v in self if v.transaction is not None and v.transaction.id == transaction_id), None)

    def open_waiting(self) -> Visit:
        """A driver comes who has not chosen an EVSE."""
        visit = Visit(key=f"waiting {uuid4()}")
        self._waiting[visit.key] = visit
        return visit

    def seat(self, visit: Visit, evse_id: int) -> None:
        """A waiting driver has chosen an EVSE that is vacant."""
        place = self._at[evse_id]
        with self.one_step():
            self._drop(visit)
            visit.key, visit.evse_id = place.key, evse_id
            self._at[evse_id] = visit
            self.save(visit)

    def one_step(self) -> AbstractContextManager[None]:
        """What is saved inside, by whomever, is kept together or not at all."""
        return self._store.transaction()

    def save(self, visit: Visit) -> None:
        """Keep what is known. A waiting driver of whom nothing is left is forgotten."""
        if visit.evse_id is None and visit.vacant:
            self._drop(visit)
        else:
            self._records.put(visit.key, visit)

    def _drop(self, visit: Visit) -> None:
        self._waiting.pop(visit.key, None)
        self._records.delete(visit.key)
