"""What the wire has told the lab so far: connector states and transactions, as any CSMS could keep them.

The ledger only listens. The engine asks it whether the station is idle, the standing rules judge what it has heard.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from plugfest.ocpp.message import Request, Response, given
from plugfest.ocpp.v201 import messages as m
from plugfest.products import Product


class ReceivedEvent(msgspec.Struct, frozen=True):
    """One transaction event as it was sent, retries included."""

    message: m.TransactionEventRequest
    frame: int


class ObservedTransaction:
    """All that the station said of one transaction."""

    def __init__(self, transaction_id: str) -> None:
        self.transaction_id = transaction_id
        self.evse_id: int | None = None
        self.events: list[ReceivedEvent] = []
        self.unknown_to_station = False  # the station says that it knows of no such transaction

    def add(self, event: ReceivedEvent) -> None:
        evse = given(event.message.evse)
        if evse is not None:
            self.evse_id = evse.id
        self.events.append(event)

    @property
    def ended(self) -> bool:
        return any(event.message.event_type == "Ended" for event in self.events)


FINAL_STATUSES = frozenset(
    {
        "",
        "Idle",
        *("Installed", "DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature"),
        *("Uploaded", "UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation", "AcceptedCanceled"),
    }
)
"""What a station says last of a firmware update and of an upload."""


class Ledger:
    """Connector status by (evse_id, connector_id), transactions by id, in order of first mention."""

    def __init__(self) -> None:
        self.transactions: dict[str, ObservedTransaction] = {}
        self.firmware_idle_statuses = frozenset({"Idle"})
        """What the station may say when it is asked about its last firmware update (L01.FR.25, L01.FR.26)."""
        self.reset()

    def reset(self) -> None:
        """A station that nothing is known of is about to boot."""
        self.connectors: dict[tuple[int, int], str] = {}
        self.boots = 0
        self.firmware_idle_statuses |= {"Idle"}  # it may have forgotten too
        self._work: dict[type[Request[Any]], tuple[int, str]] = {}

    def record_request(self, message: Request[Any], frame: int) -> None:
        """Take note of a request of the station."""
        self.connectors.update(connector_states(message))
        if isinstance(message, m.TransactionEventRequest):
            self._transaction(message).add(ReceivedEvent(message, frame))
        elif isinstance(message, m.BootNotificationRequest):
            self.boots += 1
        elif isinstance(message, m.FirmwareStatusNotificationRequest | m.LogStatusNotificationRequest):
            self._follow(type(message), given(message.request_id) or 0, message.status)
        if isinstance(message, m.FirmwareStatusNotificationRequest):
            self.firmware_idle_statuses = frozenset({"Idle" if message.status == "Installed" else message.status})

    def record_response(self, request: Request[Any], response: Response) -> None:
        """The station of OCPP 2.0.1 names its transactions by itself: no answer tells anything new."""

    def boot_completed(self, product: Product) -> bool:
        """Whether the station has booted and told the state of every connector."""
        every = {(evse.id, connector.id) for evse in product.evses for connector in evse.connectors}
        return bool(self.boots) and self.connectors.keys() >= every

    def all_available(self) -> bool:
        """Whether every connector that has told its state is Available."""
        return all(status == "Available" for status in self.connectors.values())

    def in_transaction(self) -> bool:
        """Whether a transaction is going on."""
        return bool(self.ongoing())

    def transaction_ids(self) -> frozenset[object]:
        """The ids of all transactions that it has heard of."""
        return frozenset(self.transactions)

    def file_operations_done(self) -> bool:
        """Whether no firmware update and no upload is going on, as far as the station has told."""
        return all(status in FINAL_STATUSES for _, status in self._work.values())

    def ongoing(self, evse_id: int | None = None) -> list[ObservedTransaction]:
        """Transactions that have not ended, on one EVSE or all; one that has not named its EVSE yet counts for each."""
        return [
            seen
            for seen in self.transactions.values()
            if not seen.ended and not seen.unknown_to_station and (evse_id is None or seen.evse_id in (None, evse_id))
        ]

    def _follow(self, kind: type[Request[Any]], request_id: int, status: str) -> None:
        """The lab counts its requests up: what is said late of one that a newer one has cancelled does not count."""
        latest, _ = self._work.get(kind, (0, ""))
        if request_id >= latest:
            self._work[kind] = request_id, status

    def _transaction(self, message: m.TransactionEventRequest) -> ObservedTransaction:
        transaction_id = message.transaction_info.transaction_id
        return self.transactions.setdefault(transaction_id, ObservedTransaction(transaction_id))


def connector_states(message: Request[Any]) -> Iterator[tuple[tuple[int, int], str]]:
    """What a message says of the state of connectors: (evse_id, connector_id) and status (G01.FR.08: either way)."""
    if isinstance(message, m.StatusNotificationRequest):
        yield (message.evse_id, message.connector_id), message.connector_status
    elif isinstance(message, m.NotifyEventRequest):
        for event in message.event_data:
            evse = given(event.component.evse)
            connector_id = given(evse.connector_id) if evse is not None else None
            if event.variable.name == "AvailabilityState" and evse is not None and connector_id is not None:
                yield (evse.id, connector_id), event.actual_value
