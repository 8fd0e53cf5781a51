"""What an OCPP 2.0.1 station has reported: connector statuses and transactions."""

from collections.abc import Iterator
from typing import Any

import msgspec

from plugfest.lab.recording.ledger import BaseLedger
from plugfest.ocpp.message import Request, Response, given
from plugfest.ocpp.v201 import messages as m
from plugfest.products import Product


class ReceivedEvent(msgspec.Struct, frozen=True):
    """A received TransactionEvent; each repetition is one more."""

    message: m.TransactionEventRequest
    frame: int


class ObservedTransaction:
    """The transaction events of one transaction. `evse_id` is None until an event has the EVSE."""

    def __init__(self, transaction_id: str) -> None:
        self.transaction_id = transaction_id
        self.evse_id: int | None = None
        self.events: list[ReceivedEvent] = []
        self.unknown_to_station = False  # the station has reported that it does not know the transaction

    def add(self, event: ReceivedEvent) -> None:
        evse = given(event.message.evse)
        if evse is not None:
            self.evse_id = evse.id
        self.events.append(event)

    @property
    def ended(self) -> bool:
        return any(event.message.event_type == "Ended" for event in self.events)


class Ledger(BaseLedger[tuple[int, int], str, ObservedTransaction]):
    """Connector statuses by (evse_id, connector_id), transactions by transactionId."""

    final_statuses = frozenset(
        {
            "",
            "Idle",
            *("Installed", "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature"),
            *("Uploaded", "UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation"),
            "AcceptedCanceled",
        }
    )

    def __init__(self) -> None:
        self.firmware_idle_statuses = frozenset({"Idle"})
        """The statuses that the station may report while it does not update its firmware.

        Idle (F06.FR.16, L01.FR.25), or the last status of an update that was not installed (L01.FR.26).
        """
        self.serial_number: str | None = None
        """The serial number in the last BootNotification, which a new commissioning does not change."""
        self.boot: m.BootNotificationRequest | None = None
        super().__init__()

    def reset(self) -> None:
        super().reset()
        self._request_ids: dict[type[Request[Any]], int] = {}

    def record_request(self, message: Request[Any], frame: int) -> None:
        self.connectors.update(connector_states(message))
        if isinstance(message, m.TransactionEventRequest):
            self._transaction(message).add(ReceivedEvent(message, frame))
        elif isinstance(message, m.BootNotificationRequest):
            self.boots += 1
            self.boot = message
            self.serial_number = given(message.charging_station.serial_number)
        elif isinstance(message, m.FirmwareStatusNotificationRequest | m.LogStatusNotificationRequest):
            self._record_file_operation(type(message), given(message.request_id) or 0, message.status)
        if isinstance(message, m.FirmwareStatusNotificationRequest):
            self.firmware_idle_statuses = frozenset({"Idle", message.status}) - {"Installed"}

    def record_response(self, request: Request[Any], response: Response) -> None:
        """Nothing to record: a station of OCPP 2.0.1 assigns the transaction ids itself."""

    def boot_completed(self, product: Product) -> bool:
        return bool(self.boots) and not self.unreported(product)

    def status(self, evse_id: int, connector_id: int) -> str | None:
        return self.connectors.get((evse_id, connector_id))

    def places(self, *statuses: str) -> list[tuple[int, int]]:
        return [place for place, status in self.connectors.items() if status in statuses]

    def unreported(self, product: Product) -> list[tuple[int, int]]:
        every = ((evse.id, connector.id) for evse in product.evses for connector in evse.connectors)
        return [place for place in every if place not in self.connectors]

    def occupied(self) -> list[tuple[int, int]]:
        return self.places("Occupied")

    def ongoing(self, evse_id: int | None = None) -> list[ObservedTransaction]:
        """The transactions that have not ended, on one EVSE or on all; those without an EVSE count for each."""
        return [
            seen
            for seen in self.transactions.values()
            if not seen.ended and not seen.unknown_to_station and (evse_id is None or seen.evse_id in (None, evse_id))
        ]

    def _record_file_operation(self, kind: type[Request[Any]], request_id: int, status: str) -> None:
        """Request ids increase: a late status of an operation that a newer one has cancelled does not count."""
        if request_id >= self._request_ids.get(kind, 0):
            self._request_ids[kind] = request_id
            self._file_operations[kind] = status

    def _transaction(self, message: m.TransactionEventRequest) -> ObservedTransaction:
        transaction_id = message.transaction_info.transaction_id
        return self.transactions.setdefault(transaction_id, ObservedTransaction(transaction_id))


def connector_states(message: Request[Any]) -> Iterator[tuple[tuple[int, int], str]]:
    """The connector statuses in a message: (evse_id, connector_id) and status (G01.FR.08: either of two messages)."""
    if isinstance(message, m.StatusNotificationRequest):
        yield (message.evse_id, message.connector_id), message.connector_status
    elif isinstance(message, m.NotifyEventRequest):
        for event in message.event_data:
            evse = given(event.component.evse)
            connector_id = given(evse.connector_id) if evse is not None else None
            if event.variable.name == "AvailabilityState" and evse is not None and connector_id is not None:
                yield (evse.id, connector_id), event.actual_value
