"""Meter values of OCPP 2.0.1: in the events that are sent for them, with their timestamps, and energy registers."""

from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from plugfest.lab.checks.numbers import power_of_ten
from plugfest.lab.rules.evidence import Evidence
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
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_time, seen_transactions, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

START_TOLERANCE = 1.0
"""Watt-hours: the same reading may be sent with another unit or another number of digits."""

METER_VALUE_REASONS = ("MeterValuePeriodic", "MeterValueClock")
"""The trigger reasons of events that are sent for meter values (Part 2 section 3.82)."""


def _judge_events_for_meter_values(evidence: Evidence) -> Iterator[Violation]:
    for event in evidence.sent(m.TransactionEventRequest):
        reason = event.message.trigger_reason
        if reason in METER_VALUE_REASONS and given(event.message.meter_value) is None:
            yield Violation(f"TransactionEventRequest.meterValue with triggerReason {reason}", "omitted", event.frame)


EVENTS_FOR_METER_VALUES = Rule(
    "meterValue with MeterValuePeriodic and MeterValueClock", "J02.FR.11, J01.FR.22", _judge_events_for_meter_values
)


def _judge_meter_value_timestamps(evidence: Evidence) -> Iterator[Violation]:
    tolerance = evidence.settings.time_tolerance
    for transaction in transactions(evidence):
        start = min(event_time(event) for event in transaction.received)
        for event in transaction.received:
            for value in given(event.message.meter_value) or ():
                at = event.exchange.loop_time(value.timestamp)
                if not start - tolerance <= at <= event_time(event) + tolerance:
                    yield Violation(
                        "meterValue.timestamp between the start of the transaction and the timestamp of the event,"
                        f" {event.message.timestamp.isoformat()}",
                        value.timestamp.isoformat(),
                        event.frame,
                    )


METER_VALUE_TIMESTAMPS = Rule("timestamps of meter values", "J02.FR.10", _judge_meter_value_timestamps)


def _judge_register_in_transaction(evidence: Evidence) -> Iterator[Violation]:
    for transaction in seen_transactions(evidence):
        yield from decreases(_readings_of(transaction), f"transaction {transaction.id}")


def _judge_energy_rate(evidence: Evidence) -> Iterator[Violation]:
    for transaction in seen_transactions(evidence):
        readings = _readings_of(transaction)
        yield from implausible_increases(readings, f"transaction {transaction.id}", evidence.product)


def _judge_register_of_evse(evidence: Evidence) -> Iterator[Violation]:
    """Across transactions: a register that restarts at zero hides the energy delivered between two of them."""
    by_evse: dict[int, list[Iterator[Reading]]] = {}
    for transaction in seen_transactions(evidence):
        if transaction.evse_id is not None:
            by_evse.setdefault(transaction.evse_id, []).append(_readings_of(transaction))
    for sent in evidence.sent(m.MeterValuesRequest):
        by_evse.setdefault(sent.message.evse_id, []).append(_readings(sent.message.meter_value, sent.frame))
    for evse_id, readings in by_evse.items():
        yield from decreases(chain.from_iterable(readings), f"EVSE {evse_id}")


def _readings_of(transaction: Transaction) -> Iterator[Reading]:
    for event in transaction.received:
        yield from readings_of_event(event)


def readings_of_event(event: Event) -> Iterator[Reading]:
    """The readings of registers in an event."""
    return _readings(given(event.message.meter_value) or (), event.frame)


def _readings(values: Iterable[t.MeterValueType], frame: int) -> Iterator[Reading]:
    for value in values:
        for sample in value.sampled_value:
            measurand = given(sample.measurand) or DEFAULT_MEASURAND
            if measurand.endswith(".Register"):
                register = (str(measurand), given(sample.phase), given(sample.location))
                factor = _factor(sample)
                resolution = last_digit(str(sample.value)) * factor
                yield Reading(register, value.timestamp, sample.value * factor, frame, resolution)


def _factor(sample: t.SampledValueType) -> float:
    """The factor to Wh or varh."""
    unit = given(sample.unit_of_measure)
    if unit is None:
        return 1.0
    return KILO_UNITS.get(given(unit.unit) or "", 1.0) * power_of_ten(given(unit.multiplier) or 0)


REGISTER_IN_TRANSACTION = Rule(
    "energy register never decreases in a transaction", "J02.FR.16", _judge_register_in_transaction
)
PLAUSIBLE_ENERGY = Rule("energy within the power of an EVSE", "MeasurandEnumType", _judge_energy_rate)
REGISTER_OF_EVSE = Rule(
    "energy register not reset between transactions", "J02.FR.17", _judge_register_of_evse, Level.SHOULD
)


def _judge_start_of_register(evidence: Evidence) -> Iterator[Violation]:
    """Readings of the start of a transaction that are sent again, for example in its last event."""
    for transaction in transactions(evidence):
        first: dict[Register, Reading] = {}
        for event in transaction.received:
            for reading in _readings(_of_start(given(event.message.meter_value) or ()), event.frame):
                known = first.setdefault(reading.register, reading)
                if abs(reading.value - known.value) > START_TOLERANCE:
                    yield Violation(
                        f"{reading.register[0]} with context Transaction.Begin as in an earlier event: {known.text}",
                        reading.text,
                        reading.frame,
                    )


def _of_start(values: Iterable[t.MeterValueType]) -> Iterator[t.MeterValueType]:
    for value in values:
        samples = [sample for sample in value.sampled_value if given(sample.context) == "Transaction.Begin"]
        yield msgspec.structs.replace(value, sampled_value=samples)


START_OF_REGISTER = Rule("one reading of the start of a transaction", "J02.FR.16", _judge_start_of_register)
