"""What the wire has told the lab of an OCPP 1.6 station: connector states and transactions.

The CSMS names a transaction in the answer to StartTransaction, so the ledger listens to both ends.
"""

import asyncio
from typing import Any

import msgspec

from plugfest.ocpp.message import Request, Response, given
from plugfest.ocpp.v16 import messages as m
from plugfest.products import Product

FINAL_STATUSES = frozenset(
    {
        "Idle",
        *("Installed", "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature"),
        *("Uploaded", "UploadFailed", "UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation"),
    }
)
"""What a station says last of a firmware update and of an upload."""

NO_ID = -1
"""The transactionId of what belongs to a StartTransaction that nobody answered (errata sheet 3.18)."""


class ReceivedStop(msgspec.Struct, frozen=True):
    """A StopTransaction as it was sent, retries included."""

    message: m.StopTransactionRequest
    frame: int


class ObservedTransaction:
    """All that was said of one transaction. `start` is None where the CSMS has never given this id."""

    def __init__(self, transaction_id: int, start: m.StartTransactionRequest | None) -> None:
        self.transaction_id = transaction_id
        self.start = start
        self.stops: list[ReceivedStop] = []
        self.unknown_to_station = False  # the station says that no such transaction is going on

    @property
    def ended(self) -> bool:
        return bool(self.stops)


class Ledger:
    """Status by connector id (0 is the station), transactions by id, in order of first mention."""

    def __init__(self) -> None:
        self.transactions: dict[int, ObservedTransaction] = {}
        self._answer = asyncio.Event()
        self.reset()

    def reset(self) -> None:
        """A station that nothing is known of is about to boot."""
        self.connectors: dict[int, str] = {}
        self.boots = 0
        self.boot: m.BootNotificationRequest | None = None
        self._work: dict[type[Request[Any]], str] = {}

    def record_request(self, message: Request[Any], frame: int) -> None:
        """Take note of a request of the station."""
        match message:
            case m.StatusNotificationRequest():
                self.connectors[message.connector_id] = message.status
            case m.BootNotificationRequest():
                self.boots += 1
                self.boot = message
            case m.StopTransactionRequest() if message.transaction_id != NO_ID:
                nameless = ObservedTransaction(message.transaction_id, None)
                self.transactions.setdefault(message.transaction_id, nameless).stops.append(
                    ReceivedStop(message, frame)
                )
            case (
                m.FirmwareStatusNotificationRequest()
                | m.SignedFirmwareStatusNotificationRequest()
                | m.DiagnosticsStatusNotificationRequest()
                | m.LogStatusNotificationRequest()
            ):
                self._work[type(message)] = message.status

    def record_response(self, request: Request[Any], response: Response) -> None:
        """Take note of the id that the CSMS gives a transaction."""
        if isinstance(request, m.StartTransactionRequest) and isinstance(response, m.StartTransactionResponse):
            before = self.transactions.get(response.transaction_id)
            if before is None or before.start is None:  # a station may have spoken of an id that it could not know
                self.transactions[response.transaction_id] = ObservedTransaction(response.transaction_id, request)
            self._answer.set()

    async def named(self, start: m.StartTransactionRequest) -> ObservedTransaction:
        """Wait until the CSMS has named the transaction that this StartTransaction began."""
        while True:
            for seen in self.transactions.values():
                if seen.start == start:
                    return seen
            self._answer.clear()
            await self._answer.wait()

    def boot_completed(self, product: Product) -> bool:
        """Whether the station has booted and told the state of every connector and its own."""
        return bool(self.boots) and self.connectors.keys() >= {0, *(evse.id for evse in product.evses)}

    def file_operations_done(self) -> bool:
        """Whether no firmware update and no upload is going on, as far as the station has told."""
        return all(status in FINAL_STATUSES for status in self._work.values())

    def all_available(self) -> bool:
        """Whether the station and every connector are Available, as far as they have told."""
        return all(status == "Available" for status in self.connectors.values())

    def in_transaction(self) -> bool:
        """Whether a transaction is going on."""
        return bool(self.ongoing())

    def transaction_ids(self) -> frozenset[object]:
        """The ids of all transactions that it has heard of."""
        return frozenset(self.transactions)

    def ongoing(self, connector_id: int | None = None) -> list[ObservedTransaction]:
        """Transactions that have not ended, on one connector or all."""
        return [
            seen
            for seen in self.transactions.values()
            if not seen.ended
            and not seen.unknown_to_station
            and (connector_id is None or (seen.start and seen.start.connector_id == connector_id))
        ]

    @property
    def serial_number(self) -> str | None:
        """The serial number of the charge point, as its last BootNotification gave it."""
        if self.boot is None:
            return None
        return given(self.boot.charge_point_serial_number) or given(self.boot.charge_box_serial_number)
