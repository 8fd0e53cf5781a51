"""What a station of OCPP 2.0.1 says in the tests of the rules. Times are seconds of the conversation."""

from tests.lab.conversations import Conversation
from tests.lab.rules.evidence import stamp

from plugfest.lab.recording.record import Direction


class StationRecord(Conversation):
    """Every request is answered at once; `of` is the moment that the station says it is about, now if None."""

    def event(  # type: ignore[override]  # with more of an event than its reason
        self,
        at: float,
        trigger_reason: str = "ChargingStateChanged",
        *,
        of: float | None = None,
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
            "timestamp": stamp(at if of is None else of),
            "triggerReason": trigger_reason,
            "seqNo": seq_no,
            "transactionInfo": {"transactionId": transaction_id} | (info or {}),
        }
        self.said(at, "TransactionEvent", payload | fields, {} if answered else None)

    def status(  # type: ignore[override]
        self, at: float, status: str, *, of: float | None = None, evse_id: int = 1, connector_id: int = 1
    ) -> None:
        """A StatusNotification."""
        payload = {
            "timestamp": stamp(at if of is None else of),
            "connectorStatus": status,
            "evseId": evse_id,
            "connectorId": connector_id,
        }
        self.said(at, "StatusNotification", payload, {})

    def said(self, at: float, action: str, payload: dict[str, object], answer: dict[str, object] | None) -> None:
        """Any request of the station, with the lab's answer if it gives one."""
        message_id = self.station(at, action, **payload)
        if answer is not None:
            self.heard(at, message_id, answer)

    def heard(self, at: float, message_id: str, answer: dict[str, object]) -> None:
        """The lab answers."""
        self.add(Direction.FROM_LAB, at, [3, message_id, answer])
