"""The sampled values of OCPP 1.6: value, unit, location, phase and context."""

import re
from collections.abc import Iterable, Iterator

from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.metering.energy_registers import DEFAULT_MEASURAND
from plugfest.lab.rules.metering.samples import DEFAULT_LOCATION, Sample, omitted_units, other_places, wrong_units
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

STATION = 0
"""The connectorId of the main meter (4.7)."""

PERIODIC, TRIGGER = "Sample.Periodic", "Trigger"

DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
"""7.43 and 7.49 want a decimal number in no particular notation: a plus sign and an exponent are not judged."""

MIN_SIGNED_LENGTH = 32
"""Characters: the hexadecimal digits of a signature alone are more."""

BEGIN, END = "Transaction.Begin", "Transaction.End"


def sampled_value_rules(ledger: Ledger) -> tuple[Rule, ...]:
    """The rules for one campaign."""
    return (
        Rule("values of meter values", "section 7.43", _judge_values),
        Rule(
            "unit of meter values", "sections 7.31 and 7.45", lambda evidence: wrong_units(_samples(ledger, evidence))
        ),
        Rule(
            "omitted unit of meter values",
            "section 7.45",
            lambda evidence: omitted_units(_samples(ledger, evidence)),
            Level.SHOULD,  # 7.43 gives a default only for energy
        ),
        Rule(
            "locations and phases of meter values",
            "section 3.16.3",
            lambda evidence: other_places(_samples(ledger, evidence)),
        ),
        Rule("context of meter values", "section 7.35", _judge_trigger),
        Rule("first and last values of a transaction", "section 3.16.6", _judge_begin_and_end, Level.SHOULD),
    )


def _judge_values(evidence: Evidence) -> Iterator[Violation]:
    """A value that is not signed data is a decimal number."""
    for values, frame in _meter_values(evidence):
        for sample in (sample for value in values for sample in value.sampled_value):
            if given(sample.format) == "SignedData":
                if len(sample.value) < MIN_SIGNED_LENGTH:
                    yield Violation("sampledValue.value with a signature (format SignedData)", sample.value, frame)
            elif not DECIMAL.fullmatch(sample.value.strip()):
                yield Violation("sampledValue.value: a decimal number", repr(sample.value), frame)


def _judge_trigger(evidence: Evidence) -> Iterator[Violation]:
    """Values with context Trigger are only sent after a TriggerMessage.req."""
    triggered = any(
        isinstance(exchange.request, m.TriggerMessageRequest | m.ExtendedTriggerMessageRequest)
        for exchange in evidence.lab_requests
    )
    for values, frame in _meter_values(evidence):
        contexts = {given(sample.context) for value in values for sample in value.sampled_value}
        if TRIGGER in contexts and not triggered and evidence.began_idle:
            yield Violation("context of meter values without TriggerMessage.req: not Trigger", TRIGGER, frame)


def _judge_begin_and_end(evidence: Evidence) -> Iterator[Violation]:
    for stop in evidence.sent(m.StopTransactionRequest):
        contexts: dict[str, set[str]] = {}
        for value in given(stop.message.transaction_data) or ():
            for sample in value.sampled_value:
                measurand = given(sample.measurand) or DEFAULT_MEASURAND
                contexts.setdefault(measurand, set()).add(given(sample.context) or PERIODIC)
        for measurand, found in contexts.items():
            if not {BEGIN, END} <= found:
                yield Violation(
                    f"StopTransactionRequest.transactionData with {measurand} in the contexts {BEGIN} and {END}",
                    ", ".join(sorted(found)),
                    stop.frame,
                )


def _meter_values(evidence: Evidence) -> Iterator[tuple[list[t.MeterValue], int]]:
    """The meter values of each message, with its frame."""
    for sent in evidence.sent(m.MeterValuesRequest):
        yield sent.message.meter_value, sent.frame
    for stop in evidence.sent(m.StopTransactionRequest):
        yield given(stop.message.transaction_data) or [], stop.frame


def _samples(ledger: Ledger, evidence: Evidence) -> Iterator[Sample]:
    """The samples of every connector."""
    for sent in evidence.sent(m.MeterValuesRequest):
        yield from _of(sent.message.meter_value, sent.message.connector_id, sent.frame)
    for stop in evidence.sent(m.StopTransactionRequest):
        connector_id = _connector_id(ledger, stop)
        if connector_id is not None:
            yield from _of(given(stop.message.transaction_data) or [], connector_id, stop.frame)


def _connector_id(ledger: Ledger, stop: SentRequest[m.StopTransactionRequest]) -> int | None:
    transaction = ledger.transactions.get(stop.message.transaction_id)
    return None if transaction is None or transaction.start is None else transaction.start.connector_id


def _of(values: Iterable[t.MeterValue], connector_id: int, frame: int) -> Iterator[Sample]:
    scope = "the main meter" if connector_id == STATION else f"connector {connector_id}"
    for value in values:
        for sample in value.sampled_value:
            yield Sample(
                scope=scope,
                at=value.timestamp,
                measurand=given(sample.measurand) or DEFAULT_MEASURAND,
                context=given(sample.context) or PERIODIC,
                location=given(sample.location) or DEFAULT_LOCATION,
                phase=given(sample.phase),
                unit=given(sample.unit),
                frame=frame,
            )
