"""What a station of OCPP 1.6 sends until it is answered: transaction-related messages, in their order (3.7)."""

from typing import Any

from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m


def delivered_once(message: Request[Any]) -> str | None:
    """The name of such a message, which is the same when it comes again; None for any other message."""
    match message:
        case m.StartTransactionRequest():
            return f"on connector {message.connector_id} at {message.timestamp.isoformat()}"
        case m.StopTransactionRequest():
            return f"of transaction {message.transaction_id} at {message.timestamp.isoformat()}"
        case m.MeterValuesRequest() if given(message.transaction_id) is not None:
            times = ", ".join(value.timestamp.isoformat() for value in message.meter_value)
            contexts = {given(sample.context) for value in message.meter_value for sample in value.sampled_value}
            return f"of transaction {message.transaction_id} at {times} ({', '.join(sorted(map(str, contexts)))})"
        case _:
            return None
