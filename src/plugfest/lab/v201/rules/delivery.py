"""What a station of OCPP 2.0.1 sends until it is answered: transaction events, one after the other (E04, E13)."""

from typing import Any

from plugfest.ocpp.message import Request
from plugfest.ocpp.v201 import messages as m


def delivered_once(message: Request[Any]) -> str | None:
    """The name of an event, which is the same when it comes again; None for any other message."""
    if not isinstance(message, m.TransactionEventRequest):
        return None
    return f"seqNo {message.seq_no} of transaction {message.transaction_info.transaction_id}"
