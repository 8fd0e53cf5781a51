"""Transactions of OCPP 1.6: their id, idTag and connector, their one stop, and which messages are retried."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.ledger import Ledger, ObservedTransaction
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m


def delivery_key(message: Request[Any]) -> str | None:
    """Identifies a transaction-related message, which is retried until it is answered (3.7); None for any other."""
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


def transaction_rules(ledger: Ledger) -> tuple[Rule, ...]:
    """The rules about each transaction in the ledger."""
    return (
        Rule("transaction id from the CSMS", "section 4.10", partial(_judge_each, ledger, _judge_transaction_id)),
        Rule("one StopTransaction per transaction", "section 4.10", partial(_judge_each, ledger, _judge_single_stop)),
        Rule("meterStop not below meterStart", "section 6.49", partial(_judge_each, ledger, _judge_meter_stop)),
        Rule("stop not before start", "section 6.49", partial(_judge_each, ledger, _judge_stop_time)),
    )


def _judge_each(
    ledger: Ledger, judge: Callable[[ObservedTransaction], Iterator[Violation]], evidence: Evidence
) -> Iterator[Violation]:
    for transaction_id, transaction in ledger.transactions.items():
        if transaction_id not in evidence.known_transactions:
            yield from judge(transaction)


def _judge_transaction_id(transaction: ObservedTransaction) -> Iterator[Violation]:
    for stop in transaction.stops if transaction.start is None else ():
        yield Violation(
            "StopTransactionRequest.transactionId from a StartTransactionResponse",
            str(transaction.transaction_id),
            stop.frame,
        )


def _judge_single_stop(transaction: ObservedTransaction) -> Iterator[Violation]:
    """A retry of the same StopTransaction is no violation (3.7.1)."""
    for stop in transaction.stops[1:]:
        if stop.message != transaction.stops[0].message:
            yield Violation(
                f"one StopTransactionRequest for transaction {transaction.transaction_id}",
                "a second one with other content",
                stop.frame,
            )


def _judge_meter_stop(transaction: ObservedTransaction) -> Iterator[Violation]:
    start = transaction.start
    for stop in transaction.stops[:1]:
        if start is not None and stop.message.meter_stop < start.meter_start:
            yield Violation(
                f"StopTransactionRequest.meterStop at least {start.meter_start} Wh (meterStart)",
                f"{stop.message.meter_stop} Wh",
                stop.frame,
            )


def _judge_stop_time(transaction: ObservedTransaction) -> Iterator[Violation]:
    start = transaction.start
    for stop in transaction.stops[:1]:
        if start is not None and stop.message.timestamp < start.timestamp:
            yield Violation(
                f"StopTransactionRequest.timestamp not before the start, {start.timestamp.isoformat()}",
                stop.message.timestamp.isoformat(),
                stop.frame,
            )


def _judge_id_tag(evidence: Evidence) -> Iterator[Violation]:
    presented = [
        (action.began, action.token.id_token)
        for action in evidence.actions_of(ActionKind.PRESENT_TOKEN)
        if action.token is not None
    ]
    remote = [
        (exchange.at, exchange.request.id_tag)
        for exchange in evidence.lab_requests
        if isinstance(exchange.request, m.RemoteStartTransactionRequest)
    ]
    by_time = sorted([*presented, *remote])
    for start in evidence.sent(m.StartTransactionRequest):
        id_tags = [id_tag for at, id_tag in by_time if at <= start.at]
        if id_tags and start.message.id_tag.lower() not in {id_tag.lower() for id_tag in id_tags}:
            yield Violation(
                f"StartTransactionRequest.idTag {' or '.join(dict.fromkeys(id_tags))}, presented or started remotely",
                start.message.id_tag,
                start.frame,
            )


def _judge_connector(evidence: Evidence) -> Iterator[Violation]:
    plugged_in = list(evidence.actions_of(ActionKind.PLUG_IN))
    for start in evidence.sent(m.StartTransactionRequest):
        connectors = sorted({str(action.evse_id) for action in plugged_in if action.began <= start.at})
        if connectors and str(start.message.connector_id) not in connectors:
            yield Violation(
                f"StartTransactionRequest.connectorId {' or '.join(connectors)}, where a cable was plugged in",
                str(start.message.connector_id),
                start.frame,
            )


ID_TAG = Rule("idTag of a transaction", "section 6.45", _judge_id_tag)  # an idTag is case-insensitive: 7.28
CONNECTOR = Rule("connector of a transaction", "section 6.45", _judge_connector)
