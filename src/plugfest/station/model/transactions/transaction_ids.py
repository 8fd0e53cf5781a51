"""The transaction ids that a CSMS gives out (OCPP 1.6, 4.8), and what stands for one until it is known.

Messages about a transaction may be waiting while its StartTransaction is not answered yet. They carry a stand-in, which
becomes the id of the CSMS in the same moment in which the answer is taken.
"""

from typing import Final

import msgspec

from plugfest.station.storage.store import Store

NO_CSMS_ID: Final = -1
"""The id of a transaction whose StartTransaction could not be delivered (erratum 3.18)."""

_FIRST_PLACEHOLDER: Final = -(2**40)
"""No CSMS that counts in 32 or 64 bits gives out anything like it."""


class TransactionIdEntry(msgspec.Struct, frozen=True):
    """A transaction of the station: its own id, where it takes place, and the id of the CSMS if that is known."""

    transaction_id: str
    connector_id: int
    csms_id: int | None = msgspec.field(default=None, name="given")
    ended: bool = False
    """Its StopTransaction waits for its answer."""


class TransactionIds:
    """The transactions about which there may still be something to tell, in the order of their start. Durable."""

    def __init__(self, store: Store) -> None:
        self._records = store.records("transaction_numbers", TransactionIdEntry)
        self._numbers = {int(key): number for key, number in self._records.items()}

    def add(self, transaction_id: str, connector_id: int) -> None:
        """A transaction starts."""
        stand_in = min(self._numbers, default=_FIRST_PLACEHOLDER) - 1
        self._keep(stand_in, TransactionIdEntry(transaction_id, connector_id))

    def id_and_connector(self, transaction_id: str) -> tuple[int, int]:
        """The id to put into a message about a transaction, and its connector."""
        stand_in, number = self._find(transaction_id)
        return stand_in if number.csms_id is None else number.csms_id, number.connector_id

    def stop(self, transaction_id: str) -> int:
        """A transaction stops. Returns the id to put into the message about it."""
        stand_in, number = self._find(transaction_id)
        self._keep(stand_in, msgspec.structs.replace(number, ended=True))
        return self.id_and_connector(transaction_id)[0]

    def csms_id(self, transaction_id: str) -> int | None:
        """The id that the CSMS has given to a transaction, if it has."""
        return next((each.csms_id for each in self._numbers.values() if each.transaction_id == transaction_id), None)

    def own_id(self, given: int) -> str | None:
        """The station's own id of the latest transaction that goes on and that the CSMS knows under this one."""
        ids = [each.transaction_id for each in self._numbers.values() if each.csms_id == given and not each.ended]
        return ids[-1] if ids else None

    def assign(self, given: int) -> tuple[int, TransactionIdEntry]:
        """The oldest StartTransaction has its answer. Returns the stand-in that is no longer needed, and the number."""
        stand_in, waiting = next((key, number) for key, number in self._numbers.items() if number.csms_id is None)
        number = msgspec.structs.replace(waiting, csms_id=given)
        self._keep(stand_in, number)
        return stand_in, number

    def remove(self, given: int) -> None:
        """The CSMS knows all about the oldest transaction of this id that has stopped.

        There may be others of this id that go on: a CSMS can make that mistake, and UNKNOWN is nobody's own.
        """
        ended = (key for key, number in self._numbers.items() if number.csms_id == given and number.ended)
        stand_in = next(ended, None)
        if stand_in is not None:
            del self._numbers[stand_in]
            self._records.delete(str(stand_in))

    def _find(self, transaction_id: str) -> tuple[int, TransactionIdEntry]:
        return next((key, number) for key, number in self._numbers.items() if number.transaction_id == transaction_id)

    def _keep(self, stand_in: int, number: TransactionIdEntry) -> None:
        self._numbers[stand_in] = number
        self._records.put(str(stand_in), number)
