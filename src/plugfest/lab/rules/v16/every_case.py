"""Every rule that a station of OCPP 1.6 is held to in every case."""

from plugfest.lab.rules.answers_in_time import ANSWERS_IN_TIME
from plugfest.lab.rules.message_ids import message_ids
from plugfest.lab.rules.one_call_at_a_time import one_call_at_a_time
from plugfest.lab.rules.retries import retries
from plugfest.lab.rules.rule import Rule
from plugfest.lab.rules.v16.transactions import transaction_rules
from plugfest.lab.v16.ledger import Ledger
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m


def rules(ledger: Ledger) -> tuple[Rule, ...]:
    """The rules for one campaign."""
    return (
        one_call_at_a_time("OCPP-J section 4.1.1"),
        message_ids("OCPP-J section 4.1.4"),
        ANSWERS_IN_TIME,
        retries("section 3.7.1", delivered_once),
        *transaction_rules(ledger),
    )


def delivered_once(message: Request) -> str | None:  # type: ignore[type-arg]  # any request at all
    """Transaction-related messages (3.7)."""
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
