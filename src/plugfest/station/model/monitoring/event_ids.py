"""The ids of events, unique over all power cycles, because the CSMS may receive an event later."""

from plugfest.station.storage.store import Store

_KEY = "last"


class EventIds:
    """Counts the events of one station."""

    def __init__(self, store: Store) -> None:
        self._records = store.records("event_ids", int)

    def next(self) -> int:
        number = (self._records.get(_KEY) or 0) + 1
        self._records.put(_KEY, number)
        return number
