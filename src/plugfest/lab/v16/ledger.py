"""What an OCPP 1.6 station has reported: connector statuses and transactions.

The CSMS assigns the transactionId in StartTransaction.conf, so the ledger also records the lab's responses.
"""

import asyncio
from typing import Any

import msgspec

from plugfest.lab.recording.ledger import BaseLedger
from plugfest.ocpp.message import Request, Response, given
from plugfest.ocpp.v16 import messages as m
from plugfest.products import Product

STATION = 0
"""The connectorId of the charge point itself."""

NO_ID = -1
"""The transactionId in messages about a transaction whose StartTransaction was never answered (errata sheet 3.18)."""

WITH_EV = frozenset({"Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing"})
"""The statuses of a connector with an EV."""


class ReceivedStop(msgspec.Struct, frozen=True):
    """A received StopTransaction; each repetition is one more."""

    message: m.StopTransactionRequest
    frame: int


class ObservedTransaction:
    """The messages about one transaction. `start` is None if the CSMS has never assigned this id."""

    def __init__(self, transaction_id: int, start: m.StartTransactionRequest | None) -> None:
        self.transaction_id = transaction_id
        self.start = start
        self.stops: list[ReceivedStop] = []
        self.unknown_to_station = False  # the station has rejected a stop: no such transaction is in progress

    @property
    def connector_id(self) -> int | None:
        return None if self.start is None else self.start.connector_id

    @property
    def ended(self) -> bool:
        return bool(self.stops)


class Ledger(BaseLedger[int, int, ObservedTransaction]):
    """Connector statuses by connectorId (0 is the charge point), transactions by transactionId."""

    final_statuses = frozenset(
        {
            "Idle",
            *("Installed", "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature"),
            *("Uploaded", "UploadFailed", "UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation"),
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self._started = asyncio.Event()

    def reset(self) -> None:
        super().reset()
        self.boot: m.BootNotificationRequest | None = None

    def record_request(self, message: Request[Any], frame: int) -> None:
        match message:
            case m.StatusNotificationRequest():
                self.connectors[message.connector_id] = message.status
            case m.BootNotificationRequest():
                self.boots += 1
                self.boot = message
            case m.MeterValuesRequest() if given(message.transaction_id) not in (None, NO_ID):
                id = given(message.transaction_id) or 0  # perhaps of another CSMS, from before the campaign
                self.transactions.setdefault(id, ObservedTransaction(id, None))
            case m.StopTransactionRequest() if message.transaction_id != NO_ID:
                id = message.transaction_id
                self.transactions.setdefault(id, ObservedTransaction(id, None)).stops.append(
                    ReceivedStop(message, frame)
                )
            case (
                m.FirmwareStatusNotificationRequest()
                | m.SignedFirmwareStatusNotificationRequest()
                | m.DiagnosticsStatusNotificationRequest()
                | m.LogStatusNotificationRequest()
            ):
                self._file_operations[type(message)] = message.status

    def record_response(self, request: Request[Any], response: Response) -> None:
        """Record the id that the lab assigns to a transaction."""
        if isinstance(request, m.StartTransactionRequest) and isinstance(response, m.StartTransactionResponse):
            before = self.transactions.get(response.transaction_id)
            if before is None or before.start is None:  # a StopTransaction may have had the id before it was assigned
                self.transactions[response.transaction_id] = ObservedTransaction(response.transaction_id, request)
            self._started.set()

    async def wait_for_transaction(self, start: m.StartTransactionRequest) -> ObservedTransaction:
        """Wait until the lab has assigned an id to the transaction of this StartTransaction."""
        while True:
            for seen in self.transactions.values():
                if seen.start == start:
                    return seen
            self._started.clear()
            await self._started.wait()

    def boot_completed(self, product: Product) -> bool:
        """Whether the charge point has sent BootNotification, its own status and that of every connector."""
        return bool(self.boots) and STATION in self.connectors and not self.unreported(product)

    def status(self, evse_id: int, connector_id: int) -> str | None:
        return self.connectors.get(evse_id)

    def places(self, *statuses: str) -> list[tuple[int, int]]:
        return [(number, 1) for number, status in self.connectors.items() if status in statuses]

    def unreported(self, product: Product) -> list[tuple[int, int]]:
        return [(evse.id, 1) for evse in product.evses if evse.id not in self.connectors]

    def occupied(self) -> list[tuple[int, int]]:
        return self.places(*WITH_EV)

    def ongoing(self, connector_id: int | None = None) -> list[ObservedTransaction]:
        """The transactions that have not ended, on one connector or on all."""
        return [
            seen
            for seen in self.transactions.values()
            if not seen.ended
            and not seen.unknown_to_station
            and (connector_id is None or (seen.start and seen.start.connector_id == connector_id))
        ]

    @property
    def serial_number(self) -> str | None:
        """The serial number in the last BootNotification."""
        if self.boot is None:
            return None
        return given(self.boot.charge_point_serial_number) or given(self.boot.charge_box_serial_number)
