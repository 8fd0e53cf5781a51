"""The operational status of station, EVSEs and connectors, as the CSMS sets it. Each has its own, kept in the store."""

from collections.abc import Callable, Iterator

import msgspec

from plugfest.station.storage.store import Store


class Place(msgspec.Struct, frozen=True, order=True):
    """The station (no ids), an EVSE, or a connector of an EVSE."""

    evse_id: int | None = None
    connector_id: int | None = None

    def with_parents(self) -> Iterator["Place"]:
        """This place and the places that contain it."""
        yield self
        if self.connector_id is not None:
            yield Place(self.evse_id)
        if self.evse_id is not None:
            yield STATION

    def key(self) -> str:
        return "/".join(str(part) for part in (self.evse_id, self.connector_id) if part is not None) or "station"


STATION = Place()


class Availability:
    """Which places are operative.

    A change takes effect at once, but an EVSE with a transaction stays operative until the transaction ends: the change
    is scheduled (G03.FR.05, G04.FR.06). Station, EVSE and connector each keep their own status (G03 and G04 note 1).
    """

    def __init__(self, store: Store, in_transaction: Callable[[int | None], bool]) -> None:
        self._off = store.records("inoperative", Place)
        self._places = frozenset(self._off.values())
        self._closed: frozenset[Place] = frozenset()
        self._in_transaction = in_transaction

    def operative(self, place: Place, *, also_closed: bool = False) -> bool:
        """Whether charging is allowed there now. `also_closed`: a reserved EVSE stays open while a reset waits."""
        if place.evse_id is not None and self._in_transaction(place.evse_id):
            return True
        return not _is_in(self._places, place) and (also_closed or not self.closed(place))

    def closed(self, place: Place) -> bool:
        """Whether a reset that waits has closed it."""
        return _is_in(self._closed, place)

    def set_operative(self, place: Place, *, operative: bool) -> None:
        """Set the status that the CSMS requests."""
        if operative:
            self._places -= {place}
            self._off.delete(place.key())
        else:
            self._places |= {place}
            self._off.put(place.key(), place)

    def close(self, place: Place) -> None:
        """Start no new transactions there until `reopen` or a restart: a reset is scheduled."""
        self._closed |= {place}

    def reopen(self, place: Place) -> None:
        self._closed -= {place}


def _is_in(places: frozenset[Place], place: Place) -> bool:
    """Whether the place or one that contains it is among the places."""
    return bool(places) and not places.isdisjoint(place.with_parents())
