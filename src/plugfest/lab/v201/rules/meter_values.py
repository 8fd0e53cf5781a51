"""An event that says that it was sent for a reading holds one."""

from collections.abc import Iterable, Iterator
from itertools import chain

from plugfest.lab.rules.energy_registers import DEFAULT_MEASURAND, KILO, Reading, drops, leaps
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import Transaction, happened, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

METER_VALUE_REASONS = ("MeterValuePeriodic", "MeterValueClock")
"""The trigger reasons that mean a reading (Part 2 section 3.82)."""


def _judge_events_for_meter_values(evidence: Evidence) -> Iterator[Breach]:
    for event in evidence.told(m.TransactionEventRequest):
        reason = event.message.trigger_reason
        if reason in METER_VALUE_REASONS and given(event.message.meter_value) is None:
            yield Breach(f"TransactionEventRequest.meterValue with triggerReason {reason}", "omitted", event.frame)


READING_EVENTS = Rule(
    "meter values in the events that are sent for them", "J02.FR.11, J01.FR.22", _judge_events_for_meter_values
)


def _judge_meter_value_timestamps(evidence: Evidence) -> Iterator[Breach]:
    tolerance = evidence.settings.time_tolerance
    for transaction in transactions(evidence):
        began = min(happened(event) for event in transaction.sent)
        for event in transaction.sent:
            for value in given(event.message.meter_value) or ():
                at = event.exchange.loop_time(value.timestamp)
                if not began - tolerance <= at <= happened(event) + tolerance:
                    yield Breach(
                        "meterValue.timestamp between the start of the transaction and the event,"
                        f" {event.message.timestamp.isoformat()}",
                        value.timestamp.isoformat(),
                        event.frame,
                    )


READINGS_IN_TIME = Rule("meter values of the time of their event", "J02.FR.10", _judge_meter_value_timestamps)


def _readings(values: Iterable[t.MeterValueType], frame: int) -> Iterator[Reading]:
    for value in values:
        for sample in value.sampled_value:
            measurand = given(sample.measurand) or DEFAULT_MEASURAND
            if measurand.endswith(".Register"):
                register = (str(measurand), given(sample.phase), given(sample.location))
                yield Reading(register, value.timestamp, _scaled(sample), frame)


def _scaled(sample: t.SampledValueType) -> float:
    unit = given(sample.unit_of_measure)
    if unit is None:
        return sample.value
    return sample.value * KILO.get(given(unit.unit) or "", 1.0) * 10.0 ** (given(unit.multiplier) or 0)


def _readings_of(transaction: Transaction) -> Iterator[Reading]:
    for event in transaction.sent:
        yield from _readings(given(event.message.meter_value) or (), event.frame)


def _judge_register_in_transaction(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        yield from drops(_readings_of(transaction), f"transaction {transaction.id}")


def _judge_energy_rate(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        yield from leaps(_readings_of(transaction), f"transaction {transaction.id}", evidence.product)


def _judge_register_of_evse(evidence: Evidence) -> Iterator[Breach]:
    """Across transactions: a register that begins anew with each of them hides what was drawn between them."""
    by_evse: dict[int, list[Iterator[Reading]]] = {}
    for transaction in transactions(evidence):
        if transaction.evse_id is not None:
            by_evse.setdefault(transaction.evse_id, []).append(_readings_of(transaction))
    for told in evidence.told(m.MeterValuesRequest):
        by_evse.setdefault(told.message.evse_id, []).append(_readings(told.message.meter_value, told.frame))
    for evse_id, readings in by_evse.items():
        yield from drops(chain.from_iterable(readings), f"EVSE {evse_id}")


REGISTER_IN_TRANSACTION = Rule(
    "a register never runs backwards in a transaction", "J02.FR.16", _judge_register_in_transaction
)
ENERGY_IN_TIME = Rule("energy comes no faster than an EVSE gives it", "MeasurandEnumType", _judge_energy_rate)
REGISTER_OF_EVSE = Rule(
    "a register goes on from transaction to transaction", "J02.FR.17", _judge_register_of_evse, Level.SHOULD
)
