"""What holds for every transaction of OCPP 1.6."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v16.ledger import Ledger, TransactionSeen
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m


def transaction_rules(ledger: Ledger) -> tuple[Rule, ...]:
    """The rules about the transactions that the ledger has heard of."""
    return (
        Rule("the id that the CSMS gave", "section 4.10", partial(_judge_each, ledger, _judge_transaction_id)),
        Rule("a transaction stops once", "section 4.10", partial(_judge_each, ledger, _judge_single_stop)),
        Rule("the meter runs forward", "section 6.49", partial(_judge_each, ledger, _judge_meter_stop)),
        Rule("time runs forward", "section 6.49", partial(_judge_each, ledger, _judge_stop_time)),
    )


def _judge_each(
    ledger: Ledger, judge: Callable[[TransactionSeen], Iterator[Breach]], evidence: Evidence
) -> Iterator[Breach]:
    for transaction_id, transaction in ledger.transactions.items():
        if transaction_id not in evidence.known:
            yield from judge(transaction)


def _judge_transaction_id(transaction: TransactionSeen) -> Iterator[Breach]:
    for stop in transaction.stops if transaction.start is None else ():
        yield Breach(
            "StopTransactionRequest.transactionId that an answer to StartTransaction has given",
            str(transaction.transaction_id),
            stop.frame,
        )


def _judge_single_stop(transaction: TransactionSeen) -> Iterator[Breach]:
    """One whose answer was lost comes again as it was (3.7.1)."""
    for again in transaction.stops[1:]:
        if again.message != transaction.stops[0].message:
            yield Breach(
                f"one StopTransactionRequest for transaction {transaction.transaction_id}", "another one", again.frame
            )


def _judge_meter_stop(transaction: TransactionSeen) -> Iterator[Breach]:
    start = transaction.start
    for stop in transaction.stops[:1]:
        if start is not None and stop.message.meter_stop < start.meter_start:
            yield Breach(
                f"StopTransactionRequest.meterStop from {start.meter_start} Wh upwards",
                f"{stop.message.meter_stop} Wh",
                stop.frame,
            )


def _judge_stop_time(transaction: TransactionSeen) -> Iterator[Breach]:
    start = transaction.start
    for stop in transaction.stops[:1]:
        if start is not None and stop.message.timestamp < start.timestamp:
            yield Breach(
                f"StopTransactionRequest.timestamp not before {start.timestamp.isoformat()}",
                stop.message.timestamp.isoformat(),
                stop.frame,
            )


def _judge_id_tag(evidence: Evidence) -> Iterator[Breach]:
    presented = [
        (action.began, action.token.id_token)
        for action in evidence.done(ActionKind.PRESENT_TOKEN)
        if action.token is not None
    ]
    remote = [
        (one.at, one.request.id_tag)
        for one in evidence.asked
        if isinstance(one.request, m.RemoteStartTransactionRequest)
    ]
    came = sorted([*presented, *remote])
    for start in evidence.told(m.StartTransactionRequest):
        id_tags = [id_tag for at, id_tag in came if at <= start.at]
        if id_tags and start.message.id_tag.lower() not in {id_tag.lower() for id_tag in id_tags}:
            yield Breach(
                f"StartTransactionRequest.idTag {' or '.join(dict.fromkeys(id_tags))}",
                start.message.id_tag,
                start.frame,
            )


def _judge_connector(evidence: Evidence) -> Iterator[Breach]:
    cables = list(evidence.done(ActionKind.PLUG_IN))
    for start in evidence.told(m.StartTransactionRequest):
        connectors = sorted({str(action.evse_id) for action in cables if action.began <= start.at})
        if connectors and str(start.message.connector_id) not in connectors:
            yield Breach(
                f"StartTransactionRequest.connectorId {' or '.join(connectors)}, where a cable is",
                str(start.message.connector_id),
                start.frame,
            )


ID_TAG = Rule("the idTag that was presented", "section 6.45", _judge_id_tag)  # it is CaseInsensitive: 7.28
CONNECTOR = Rule("the connector that was plugged in to", "section 6.45", _judge_connector)


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
