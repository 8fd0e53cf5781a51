"""What the operator has stored in the station about customers, by an identifier of his own (N09, C-14)."""

from plugfest.station.storage.store import Store


class Customers:
    """Free text about customers, across power cuts."""

    def __init__(self, store: Store) -> None:
        self._customers = store.records("customers", str)

    def remember(self, identifier: str, about: str) -> None:
        self._customers.put(identifier, about)

    def about(self, identifier: str) -> str | None:
        return self._customers.get(identifier)

    def forget(self, identifier: str) -> None:
        self._customers.delete(identifier)
