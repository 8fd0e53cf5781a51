"""Transactions of OCPP 1.6: their id, idTag and connector, their one stop, and which messages are retried."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.ledger import Ledger, ObservedTransaction
from plugfest.lab.v16.rules.sessions import transactions
from plugfest.ocpp.message import UNSET, Request, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


def delivery_key(message: Request[Any]) -> str | None:
    """Identifies a transaction-related message, which is retried until it is answered (3.7); None for any other."""
    match message:
        case m.StartTransactionRequest():
            return f"on connector {message.connector_id} at {message.timestamp.isoformat()}"
        case m.StopTransactionRequest():
            return f"of transaction {message.transaction_id} at {message.timestamp.isoformat()}"
        case m.MeterValuesRequest() if given(message.transaction_id) is not None:
            times = ", ".join(value.timestamp.isoformat() for value in message.meter_value)
            samples = {_described(sample) for value in message.meter_value for sample in value.sampled_value}
            return f"of transaction {message.transaction_id} at {times} ({', '.join(sorted(samples))})"
        case _:
            return None


def _described(sample: t.SampledValue) -> str:
    """What a sample is of: one reading may come in several messages (4.7)."""
    fields = (sample.context, sample.measurand, sample.phase, sample.location)
    return " ".join(str(field) for field in fields if field is not UNSET)


def transaction_rules(ledger: Ledger) -> tuple[Rule, ...]:
    """The rules about each transaction in the ledger."""
    return (
        Rule("transaction id from the CSMS", "section 4.10", partial(_judge_transaction_ids, ledger)),
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


def _judge_transaction_ids(ledger: Ledger, evidence: Evidence) -> Iterator[Violation]:
    """The id of a transaction from the time before the lab is that of another CSMS."""
    for sent in evidence.sent(m.StopTransactionRequest):
        id = sent.message.transaction_id
        transaction = ledger.transactions.get(id)
        is_new = id not in evidence.known_transactions and evidence.began_idle
        if is_new and transaction is not None and transaction.start is None:
            yield Violation("StopTransactionRequest.transactionId from a StartTransactionResponse", str(id), sent.frame)


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


def _judge_chronological_order(evidence: Evidence) -> Iterator[Violation]:
    """Start, meter values and stop of each transaction; what is sent again had its turn before."""
    tolerance = timedelta(seconds=evidence.settings.time_tolerance)
    first_attempts = list(_first_values(evidence))
    for transaction in transactions(evidence):
        id, stop = transaction.transaction_id, transaction.stop
        if id is None:
            continue
        if stop is not None and stop.frame < transaction.start.frame:
            yield Violation(
                f"StopTransactionRequest of {id} after its StartTransactionRequest", "before it", stop.frame
            )
        for sent in first_attempts:
            sampled = max(value.timestamp for value in sent.message.meter_value)
            is_late = stop is not None and sent.frame > stop.frame and stop.message.timestamp - sampled > tolerance
            if sent.message.transaction_id == id and (is_late or sent.frame < transaction.start.frame):
                yield Violation(
                    f"MeterValuesRequest of transaction {id} between its StartTransactionRequest and its"
                    " StopTransactionRequest",
                    f"{'after' if is_late else 'before'} both",
                    sent.frame,
                )


def _first_values(evidence: Evidence) -> Iterator[SentRequest[m.MeterValuesRequest]]:
    """The periodic and clock-aligned values, each when it was first sent."""
    seen = set[str | None]()
    for sent in evidence.sent(m.MeterValuesRequest):
        contexts = {given(sample.context) for value in sent.message.meter_value for sample in value.sampled_value}
        key = delivery_key(sent.message)
        if key not in seen and contexts <= PERIODIC:
            yield sent
        seen.add(key)


PERIODIC = {None, t.ReadingContext.Sample_Periodic, t.ReadingContext.Sample_Clock}
"""The contexts of the values that are transaction-related messages (3.7)."""

CHRONOLOGICAL_ORDER = Rule("order of the messages of a transaction", "section 3.7", _judge_chronological_order)
