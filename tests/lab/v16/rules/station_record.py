"""Records of an OCPP 1.6 station for the tests of the rules. Times are seconds since the start of the record."""

from collections.abc import Sequence
from typing import Any

from tests.lab.conversations import Conversation
from tests.lab.rules.evidence import stamp
from tests.lab.rules.evidence import violating_frames as violating_frames_of

from plugfest.lab.operator.actions import OperatorAction
from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.rule import Rule
from plugfest.lab.v16.ledger import Ledger
from plugfest.ocpp import codec, frames
from plugfest.ocpp.versions import V16

PRODUCT = "reference-16-ac"


class StationRecord(Conversation):
    """Each request is answered at once and enters the ledger. `timestamp` is the one in the message, now if None."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()

    def request(self, at: float, action: str, /, answer: dict[str, object] | None = None, **payload: object) -> None:
        """Any request of the station, with the lab's answer."""
        message_id = self.station(at, action, **payload)
        call = frames.parse(self.frames[-1].text, 10_000)
        assert isinstance(call, frames.Call)
        kind = V16.requests[action]
        request = codec.decode(kind, call.payload)
        self.ledger.record_request(request, self.frames[-1].index)
        self.add(Direction.FROM_LAB, at, [3, message_id, answer or {}])
        reply = frames.parse(self.frames[-1].text, 10_000)
        assert isinstance(reply, frames.CallResult)
        self.ledger.record_response(request, codec.decode(kind.response_type, reply.payload))

    def status(  # type: ignore[override]
        self, at: float, status: str, connector_id: int = 1, timestamp: float | None = None
    ) -> None:
        """A StatusNotification."""
        when = {} if timestamp is None else {"timestamp": stamp(timestamp)}
        self.request(at, "StatusNotification", connectorId=connector_id, status=status, errorCode="NoError", **when)

    def start(
        self,
        at: float,
        id_tag: str = "A",
        connector_id: int = 1,
        timestamp: float | None = None,
        transaction_id: int = 7,
        status: str = "Accepted",
        **fields: object,
    ) -> None:
        """The start of a transaction; the lab gives it the id, by default 7, and answers with `status`."""
        self.request(
            at,
            "StartTransaction",
            {"transactionId": transaction_id, "idTagInfo": {"status": status}},
            connectorId=connector_id,
            idTag=id_tag,
            meterStart=0,
            timestamp=stamp(at if timestamp is None else timestamp),
            **fields,
        )

    def stop(self, at: float, timestamp: float | None = None, **fields: object) -> None:
        """The end of transaction 7."""
        moment = stamp(at if timestamp is None else timestamp)
        self.request(at, "StopTransaction", transactionId=7, meterStop=100, timestamp=moment, **fields)

    def meter(self, at: float, *values: dict[str, object], **fields: object) -> None:
        """MeterValues of connector 1."""
        self.request(at, "MeterValues", connectorId=1, meterValue=list(values), **fields)


def reading(timestamp: float, value: object = "1", **sample: object) -> dict[str, object]:
    """A MeterValue with one sample."""
    return {"timestamp": stamp(timestamp), "sampledValue": [{"value": str(value)} | sample]}


def violating_frames(
    rule: Rule, record: StationRecord, *actions: OperatorAction, **circumstances: Any
) -> Sequence[int | None]:
    """The frames that violate a rule."""
    return violating_frames_of(rule, record, *actions, product=PRODUCT, **circumstances)
