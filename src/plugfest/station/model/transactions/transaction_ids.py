"""The transaction ids that the CSMS assigns (OCPP 1.6, 4.8), and placeholders until they are known.

Messages of a transaction may be queued before its StartTransaction is answered. They carry a placeholder, which is
replaced by the id of the CSMS in the same store transaction in which the answer is handled.
"""

from typing import Final

import msgspec

from plugfest.station.storage.store import Store

NO_CSMS_ID: Final = -1
"""The transaction id if StartTransaction could not be delivered (erratum 3.18)."""

_FIRST_PLACEHOLDER: Final = -(2**40)
"""Negative and outside 32 bits: no CSMS assigns such an id."""


class TransactionIdEntry(msgspec.Struct, frozen=True):
    """A transaction: the station's own id, its connector, and the id of the CSMS if it is known."""

    transaction_id: str
    connector_id: int
    csms_id: int | None = msgspec.field(default=None, name="given")
    ended: bool = False
    """It has stopped, and its StopTransaction is not answered yet."""


class TransactionIds:
    """The transactions with messages not answered yet, in the order of their start. Kept in the store."""

    def __init__(self, store: Store) -> None:
        self._records = store.records("transaction_numbers", TransactionIdEntry)
        self._entries = {int(key): entry for key, entry in self._records.items()}

    def add(self, transaction_id: str, connector_id: int) -> None:
        """A transaction starts."""
        placeholder = min(self._entries, default=_FIRST_PLACEHOLDER) - 1
        self._put(placeholder, TransactionIdEntry(transaction_id, connector_id))

    def id_and_connector(self, transaction_id: str) -> tuple[int, int]:
        """The transaction id for messages, a placeholder if it is not known yet, and the connector."""
        placeholder, entry = self._find(transaction_id)
        return placeholder if entry.csms_id is None else entry.csms_id, entry.connector_id

    def stop(self, transaction_id: str) -> int:
        """A transaction stops. Returns the transaction id for the message."""
        placeholder, entry = self._find(transaction_id)
        self._put(placeholder, msgspec.structs.replace(entry, ended=True))
        return self.id_and_connector(transaction_id)[0]

    def csms_id(self, transaction_id: str) -> int | None:
        """The id that the CSMS has assigned to a transaction; None if it has not."""
        return next((each.csms_id for each in self._entries.values() if each.transaction_id == transaction_id), None)

    def own_id(self, csms_id: int) -> str | None:
        """The station's own id of the latest ongoing transaction with this id of the CSMS."""
        ids = [each.transaction_id for each in self._entries.values() if each.csms_id == csms_id and not each.ended]
        return ids[-1] if ids else None

    def assign(self, csms_id: int) -> tuple[int, TransactionIdEntry]:
        """Assign an id to the oldest transaction without one: its StartTransaction is answered.

        Returns the placeholder that it replaces, and the entry.
        """
        placeholder, waiting = next((key, entry) for key, entry in self._entries.items() if entry.csms_id is None)
        entry = msgspec.structs.replace(waiting, csms_id=csms_id)
        self._put(placeholder, entry)
        return placeholder, entry

    def remove(self, csms_id: int) -> None:
        """Remove the oldest stopped transaction with this id of the CSMS: its StopTransaction is answered.

        Ongoing ones with the same id remain: a CSMS may assign an id twice, and several may have NO_CSMS_ID.
        """
        ended = (key for key, entry in self._entries.items() if entry.csms_id == csms_id and entry.ended)
        placeholder = next(ended, None)
        if placeholder is not None:
            del self._entries[placeholder]
            self._records.delete(str(placeholder))

    def _find(self, transaction_id: str) -> tuple[int, TransactionIdEntry]:
        return next((key, entry) for key, entry in self._entries.items() if entry.transaction_id == transaction_id)

    def _put(self, placeholder: int, entry: TransactionIdEntry) -> None:
        self._entries[placeholder] = entry
        self._records.put(str(placeholder), entry)
