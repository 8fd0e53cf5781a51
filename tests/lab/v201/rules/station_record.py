"""Records of an OCPP 2.0.1 station for the tests of the rules. Times are seconds since the start of the record."""

from tests.lab.conversations import Conversation
from tests.lab.rules.evidence import stamp

from plugfest.lab.recording.record import Direction


class StationRecord(Conversation):
    """Each request is answered at once. `timestamp` is the one in the message, now if None."""

    def event(  # type: ignore[override]  # more fields of the event
        self,
        at: float,
        trigger_reason: str = "ChargingStateChanged",
        *,
        timestamp: float | None = None,
        event_type: str = "Updated",
        seq_no: int = 0,
        info: dict[str, object] | None = None,
        transaction_id: str = "T1",
        answered: bool = True,
        **fields: object,
    ) -> None:
        """A transaction event."""
        payload = {
            "eventType": event_type,
            "timestamp": stamp(at if timestamp is None else timestamp),
            "triggerReason": trigger_reason,
            "seqNo": seq_no,
            "transactionInfo": {"transactionId": transaction_id} | (info or {}),
        }
        self.request(at, "TransactionEvent", payload | fields, {} if answered else None)

    def status(  # type: ignore[override]
        self, at: float, status: str, *, timestamp: float | None = None, evse_id: int = 1, connector_id: int = 1
    ) -> None:
        """A StatusNotification."""
        payload = {
            "timestamp": stamp(at if timestamp is None else timestamp),
            "connectorStatus": status,
            "evseId": evse_id,
            "connectorId": connector_id,
        }
        self.request(at, "StatusNotification", payload, {})

    def request(self, at: float, action: str, payload: dict[str, object], answer: dict[str, object] | None) -> None:
        """Any request of the station, and the lab's answer unless it is None."""
        message_id = self.station(at, action, **payload)
        if answer is not None:
            self.answer(at, message_id, answer)

    def answer(self, at: float, message_id: str, answer: dict[str, object]) -> None:
        """An answer of the lab."""
        self.add(Direction.FROM_LAB, at, [3, message_id, answer])
