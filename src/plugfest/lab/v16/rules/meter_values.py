"""Meter values of OCPP 1.6: an energy register belongs to the meter of a connector, not to a transaction (7.31)."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from datetime import timedelta
from math import inf

from plugfest.lab.checks.numbers import number
from plugfest.lab.rules.evidence import Evidence, SentRequest
from plugfest.lab.rules.metering.energy_registers import (
    DEFAULT_MEASURAND,
    KILO_UNITS,
    Reading,
    Register,
    decreases,
    implausible_increases,
    last_digit,
)
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v16.ledger import NO_ID, Ledger, ObservedTransaction
from plugfest.lab.v16.rules.sessions import Transaction, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

WATT_HOUR = 1.0
"""The resolution of meterStart and meterStop (6.45, 6.49)."""

BEFORE_CASE = -1
"""The frame of a reading that is only compared with: meterStart is the first reading of its transaction."""

INLET = "Inlet"
"""The location of the main meter (7.30)."""

STATION = 0
"""The connectorId of the main meter (4.7)."""

METER_REGISTER: Register = (DEFAULT_MEASURAND, None, "Outlet")
"""The register of which meterStart and meterStop are readings (6.45, 6.49)."""

BEGIN, END = t.ReadingContext.Transaction_Begin, t.ReadingContext.Transaction_End


Scope = tuple[str, list[Reading]]
"""The name of a scope in findings, and the readings in it."""


def register_in_transaction(ledger: Ledger) -> Rule:
    """No register decreases within a transaction, and the main meter never; meterStart and meterStop are readings."""

    def judge(evidence: Evidence) -> Iterator[Violation]:
        for scope, readings in _scopes(ledger, evidence):
            yield from _of_this_case(decreases(readings, scope), evidence)

    return Rule("energy register never decreases in a transaction", "section 7.31", judge)


def register_across_transactions(ledger: Ledger) -> Rule:
    """No register of a connector restarts with a transaction, which hides the energy delivered between two of them."""

    def judge(evidence: Evidence) -> Iterator[Violation]:
        violations = [
            violation
            for connector_id, readings in _readings_by_connector(ledger, evidence).items()
            for violation in _of_this_case(decreases(readings, f"connector {connector_id}"), evidence)
        ]
        if violations:
            in_scope = {violation.frame for violation in register_in_transaction(ledger).judge(evidence)}
            yield from (violation for violation in violations if violation.frame not in in_scope)

    return Rule("energy register not reset between transactions", "section 7.31", judge, Level.SHOULD)


def plausible_energy(ledger: Ledger) -> Rule:
    """No register increases faster than energy can flow, in the unit of the readings."""

    def judge(evidence: Evidence) -> Iterator[Violation]:
        for scope, readings in _scopes(ledger, evidence):
            yield from _of_this_case(implausible_increases(readings, scope, evidence.product), evidence)

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


def _judge_time_of_context(evidence: Evidence) -> Iterator[Violation]:
    """By the clock of the station, which is the same in all its timestamps."""
    by_id = {each.transaction_id: each for each in transactions(evidence)}
    for sent in evidence.sent(m.MeterValuesRequest):
        transaction = by_id.get(given(sent.message.transaction_id))
        if transaction is not None and transaction.transaction_id is not None:
            yield from _at_other_times(evidence, sent.message.meter_value, transaction, sent.frame)
    for transaction in by_id.values():
        if transaction.stop is not None:
            values = given(transaction.stop.message.transaction_data) or ()
            yield from _at_other_times(evidence, values, transaction, transaction.stop.frame)


def _at_other_times(
    evidence: Evidence, values: Iterable[t.MeterValue], transaction: Transaction, frame: int
) -> Iterator[Violation]:
    tolerance = evidence.settings.time_tolerance
    times = {BEGIN: transaction.start.message.timestamp}
    if transaction.stop is not None:
        times[END] = transaction.stop.message.timestamp
    for value in values:
        for context in dict.fromkeys(given(sample.context) for sample in value.sampled_value):
            expected = None if context is None else times.get(context)
            if expected is not None and abs((value.timestamp - expected).total_seconds()) > tolerance:
                yield Violation(
                    f"a value with context {context} at {expected.isoformat()}", value.timestamp.isoformat(), frame
                )


TIME_OF_CONTEXT = Rule("time of Transaction.Begin and Transaction.End", "section 7.35", _judge_time_of_context)


def transaction_of_values(ledger: Ledger) -> Rule:
    """MeterValues have the id of the transaction of their connector during which they were sampled, and no other."""

    def judge(evidence: Evidence) -> Iterator[Violation]:
        for sent in evidence.sent(m.MeterValuesRequest):
            transaction_id, connector_id = given(sent.message.transaction_id), sent.message.connector_id
            if transaction_id is None:
                ongoing = _ongoing_during(evidence, sent)
                if ongoing is not None:
                    yield Violation(f"MeterValuesRequest.transactionId {ongoing}", "omitted", sent.frame)
            elif transaction_id != NO_ID:
                transaction = ledger.transactions.get(transaction_id)
                connector = None if transaction is None else transaction.connector_id
                if connector is None and _is_foreign(transaction_id, evidence):
                    continue
                if connector is None or connector_id not in (STATION, connector):
                    yield Violation(
                        f"MeterValuesRequest.transactionId of a transaction on connector {connector_id}",
                        str(transaction_id) if connector is None else f"{transaction_id}, on connector {connector}",
                        sent.frame,
                    )
                elif transaction is not None and _sampled_after(transaction, sent, evidence.settings.time_tolerance):
                    yield Violation(
                        f"MeterValuesRequest.transactionId of a transaction that had not stopped on {connector_id}",
                        f"{transaction_id}, stopped at {transaction.stops[0].message.timestamp.isoformat()}",
                        sent.frame,
                    )

    return Rule("transaction of meter values", "section 4.7", judge)


def _is_foreign(transaction_id: int, evidence: Evidence) -> bool:
    """Whether it may be a transaction of another CSMS, from the time before the lab."""
    return transaction_id in evidence.known_transactions or not evidence.began_idle


def _sampled_after(transaction: ObservedTransaction, sent: SentRequest[m.MeterValuesRequest], tolerance: float) -> bool:
    """Whether the values were sampled after the stop of the transaction, by the clock of the station."""
    stopped = [stop for stop in transaction.stops if stop.frame < sent.frame]
    if not stopped:
        return False
    last, margin = stopped[0].message.timestamp, timedelta(seconds=tolerance)
    return all(value.timestamp - last > margin for value in sent.message.meter_value)


def _ongoing_during(evidence: Evidence, sent: SentRequest[m.MeterValuesRequest]) -> int | None:
    """The transaction of the connector to which values without transactionId belong, as the station knew its id."""
    if any(given(sample.location) == INLET for value in sent.message.meter_value for sample in value.sampled_value):
        return None  # of the main meter
    margin = evidence.settings.time_tolerance
    times = [sent.exchange.loop_time(value.timestamp) for value in sent.message.meter_value]
    for transaction in transactions(evidence):
        answered_at = transaction.start.exchange.answered_at
        known_since = inf if answered_at is None else max(answered_at, transaction.started_at) + margin
        known_until = transaction.stopped_at - margin
        is_here = transaction.connector_id == sent.message.connector_id
        if is_here and all(known_since <= time <= known_until for time in times) and sent.at >= known_since:
            return transaction.transaction_id
    return None


def _deviations(
    values: Iterable[t.MeterValue], context: t.ReadingContext, field: str, expected: int, frame: int
) -> Iterator[Violation]:
    for reading in _readings(values, frame, context):
        if reading.register == METER_REGISTER and abs(reading.value - expected) > max(reading.resolution, WATT_HOUR):
            yield Violation(
                f"{DEFAULT_MEASURAND} with context {context} equal to {field}, {expected} Wh",
                f"{reading.value:g} Wh",
                frame,
            )


def _of_this_case(violations: Iterable[Violation], evidence: Evidence) -> Iterator[Violation]:
    """Only violations in this case; those in an earlier case were findings of that case."""
    return (violation for violation in violations if violation.frame in evidence.frames)


def _scopes(ledger: Ledger, evidence: Evidence) -> Iterator[Scope]:
    """Each transaction, and the main meter."""
    for transaction_id, readings in _readings_by_transaction(ledger, evidence).items():
        yield f"transaction {transaction_id}", readings
    sent = (sent for sent in evidence.sent(m.MeterValuesRequest) if sent.message.connector_id == STATION)
    yield "the charge point", [reading for each in sent for reading in _readings(each.message.meter_value, each.frame)]


def _readings_by_transaction(ledger: Ledger, evidence: Evidence) -> dict[int, list[Reading]]:
    """The readings of each transaction with readings in this case; transactionData only of this case."""
    found: dict[int, list[Reading]] = defaultdict(list)
    for sent in evidence.sent(m.MeterValuesRequest):
        known_id = given(sent.message.transaction_id)
        if known_id is not None and known_id != NO_ID and sent.message.connector_id != STATION:
            found[known_id] += _readings(sent.message.meter_value, sent.frame)
    for transaction_id, transaction in ledger.transactions.items():
        if transaction_id in found or _stopped_in_case(transaction, evidence):
            if transaction.start is not None:
                found[transaction_id].append(_meter_start(transaction.start, BEFORE_CASE))
            found[transaction_id] += _readings_at_stop(transaction, evidence.frames)
    return found


def _readings_by_connector(ledger: Ledger, evidence: Evidence) -> dict[int, list[Reading]]:
    """The readings of each connector with readings in this case, and the last ones of every transaction before it."""
    found: dict[int, list[Reading]] = defaultdict(list)
    for sent in evidence.sent(m.MeterValuesRequest):
        found[sent.message.connector_id] += _readings(sent.message.meter_value, sent.frame)
    for start in evidence.sent(m.StartTransactionRequest):
        found[start.message.connector_id].append(_meter_start(start.message, start.frame))
    known = ledger.transactions.values()
    used = {*found, *(each.connector_id for each in known if _stopped_in_case(each, evidence))}
    for transaction in known:
        if transaction.connector_id is not None and transaction.connector_id in used:
            found[transaction.connector_id] += _readings_at_stop(transaction, evidence.frames)
    return found


def _stopped_in_case(transaction: ObservedTransaction, evidence: Evidence) -> bool:
    return any(stop.frame in evidence.frames for stop in transaction.stops)


def _meter_start(start: m.StartTransactionRequest, frame: int) -> Reading:
    return Reading(METER_REGISTER, start.timestamp, start.meter_start, frame, WATT_HOUR)


def _readings_at_stop(transaction: ObservedTransaction, frames_of_case: Container[int]) -> Iterator[Reading]:
    """meterStop of any transaction, transactionData only of this case."""
    for stop in transaction.stops:
        if stop.frame in frames_of_case:
            yield from _readings(given(stop.message.transaction_data) or (), stop.frame)
        yield Reading(METER_REGISTER, stop.message.timestamp, stop.message.meter_stop, stop.frame, WATT_HOUR)


def _readings(values: Iterable[t.MeterValue], frame: int, context: t.ReadingContext | None = None) -> Iterator[Reading]:
    """The readings of energy registers in Wh or varh, only those with this context if it is given."""
    for value in values:
        for sample in value.sampled_value:
            if context is not None and given(sample.context) != context:
                continue
            measurand = given(sample.measurand) or DEFAULT_MEASURAND
            value_read = _number(sample)
            if measurand.endswith(".Register") and value_read is not None:
                register = (str(measurand), given(sample.phase), given(sample.location) or "Outlet")
                factor = KILO_UNITS.get(given(sample.unit) or "", 1.0)
                yield Reading(register, value.timestamp, value_read * factor, frame, last_digit(sample.value) * factor)


def _number(sample: t.SampledValue) -> float | None:
    """None if the value is signed or not a finite number: the schema allows any text."""
    return None if given(sample.format) == "SignedData" else number(sample.value)
