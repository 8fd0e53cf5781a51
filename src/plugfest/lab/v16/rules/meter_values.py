"""Meter values of OCPP 1.6: an energy register belongs to the meter of a connector, not to a transaction (7.31)."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator

from plugfest.lab.rules.energy_registers import (
    DEFAULT_MEASURAND,
    KILO_UNITS,
    Reading,
    Register,
    decreases,
    implausible_increases,
)
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.ledger import Ledger, ObservedTransaction
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

ROUNDING = 1.0
"""Watt-hours: values are texts, and two messages may give a different number of digits of the same register."""

METER_REGISTER: Register = (DEFAULT_MEASURAND, None, "Outlet")
"""The register of which meterStart and meterStop are readings (6.45, 6.49)."""

BEGIN, END = t.ReadingContext.Transaction_Begin, t.ReadingContext.Transaction_End


def energy_register(ledger: Ledger) -> Rule:
    """No register of a connector decreases; meterStart and meterStop are readings, too."""

    def judge(evidence: Evidence) -> Iterator[Violation]:
        for connector_id, connector_readings in _readings_by_connector(ledger, evidence):
            violations = decreases(connector_readings, f"connector {connector_id}", rounding=ROUNDING)
            yield from _of_this_case(violations, evidence)

    return Rule("energy register never decreases", "section 7.31", judge)


def plausible_energy(ledger: Ledger) -> Rule:
    """No register of a connector increases faster than energy can flow, in the unit of the readings."""

    def judge(evidence: Evidence) -> Iterator[Violation]:
        for connector_id, connector_readings in _readings_by_connector(ledger, evidence):
            violations = implausible_increases(connector_readings, f"connector {connector_id}", evidence.product)
            yield from _of_this_case(violations, evidence)

    return Rule("energy within the power of a connector", "sections 7.31 and 7.45", judge)


def meter_of_transaction(ledger: Ledger) -> Rule:
    """Samples with context Transaction.Begin and Transaction.End equal meterStart and meterStop (6.45, 6.49)."""

    def judge(evidence: Evidence) -> Iterator[Violation]:
        for sent in evidence.sent(m.MeterValuesRequest):
            transaction = ledger.transactions.get(given(sent.message.transaction_id) or 0)
            if transaction is not None and transaction.start is not None:
                meter_start = transaction.start.meter_start
                yield from _deviations(sent.message.meter_value, BEGIN, "meterStart", meter_start, sent.frame)
        for stop in evidence.sent(m.StopTransactionRequest):
            values = given(stop.message.transaction_data) or []
            transaction = ledger.transactions.get(stop.message.transaction_id)
            if transaction is not None and transaction.start is not None:
                yield from _deviations(values, BEGIN, "meterStart", transaction.start.meter_start, stop.frame)
            yield from _deviations(values, END, "meterStop", stop.message.meter_stop, stop.frame)

    return Rule("samples equal to meterStart and meterStop", "sections 6.45 and 6.49", judge)


def _deviations(
    values: Iterable[t.MeterValue], context: t.ReadingContext, field: str, expected: int, frame: int
) -> Iterator[Violation]:
    for reading in _readings(values, frame, context):
        if reading.register == METER_REGISTER and abs(reading.value - expected) > ROUNDING:
            yield Violation(
                f"{DEFAULT_MEASURAND} with context {context} equal to {field}, {expected} Wh",
                f"{reading.value:g} Wh",
                frame,
            )


def _of_this_case(violations: Iterable[Violation], evidence: Evidence) -> Iterator[Violation]:
    """Only violations in this case; those in an earlier case were findings of that case."""
    frames = {exchange.frame for exchange in evidence.exchanges}
    return (violation for violation in violations if violation.frame in frames)


def _readings_by_connector(ledger: Ledger, evidence: Evidence) -> Iterable[tuple[int, list[Reading]]]:
    """The readings of this case, and the last ones of every transaction before it."""
    found: dict[int, list[Reading]] = defaultdict(list)
    for sent in evidence.sent(m.MeterValuesRequest):
        found[sent.message.connector_id] += _readings(sent.message.meter_value, sent.frame)
    for start in evidence.sent(m.StartTransactionRequest):
        found[start.message.connector_id].append(
            Reading(METER_REGISTER, start.message.timestamp, start.message.meter_start, start.frame)
        )
    frames = {exchange.frame for exchange in evidence.exchanges}
    for transaction in ledger.transactions.values():
        if transaction.start is not None:
            found[transaction.start.connector_id] += _readings_at_stop(transaction, frames)
    return found.items()


def _readings_at_stop(transaction: ObservedTransaction, frames_of_case: Container[int]) -> Iterator[Reading]:
    """meterStop of any transaction, transactionData only of this case."""
    for stop in transaction.stops:
        if stop.frame in frames_of_case:
            yield from _readings(given(stop.message.transaction_data) or (), stop.frame)
        yield Reading(METER_REGISTER, stop.message.timestamp, stop.message.meter_stop, stop.frame)


def _readings(values: Iterable[t.MeterValue], frame: int, context: t.ReadingContext | None = None) -> Iterator[Reading]:
    """The readings of energy registers in Wh or varh, only those with this context if it is given."""
    for value in values:
        for sample in value.sampled_value:
            if context is not None and given(sample.context) != context:
                continue
            measurand = given(sample.measurand) or DEFAULT_MEASURAND
            number = _number(sample)
            if measurand.endswith(".Register") and number is not None:
                register = (str(measurand), given(sample.phase), given(sample.location) or "Outlet")
                yield Reading(register, value.timestamp, number * KILO_UNITS.get(given(sample.unit) or "", 1.0), frame)


def _number(sample: t.SampledValue) -> float | None:
    """None if the value is signed or not a number: the schema allows any text."""
    if given(sample.format) == "SignedData":
        return None
    try:
        return float(sample.value)
    except ValueError:
        return None
