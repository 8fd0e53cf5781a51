"""A register of energy only ever goes up, in OCPP 2.0.1."""

from collections.abc import Iterable, Iterator
from itertools import chain

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.registers import DEFAULT_MEASURAND, KILO, Reading, drops, leaps
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import Transaction, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


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


def _of(transaction: Transaction) -> Iterator[Reading]:
    for event in transaction.sent:
        yield from _readings(given(event.message.meter_value) or (), event.frame)


def _within_transactions(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        yield from drops(_of(transaction), f"transaction {transaction.id}")


def _in_time(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        yield from leaps(_of(transaction), f"transaction {transaction.id}", evidence.product)


def _per_evse(evidence: Evidence) -> Iterator[Breach]:
    """Across transactions: a register that begins anew with each of them hides what was drawn between them."""
    by_evse: dict[int, list[Iterator[Reading]]] = {}
    for transaction in transactions(evidence):
        if transaction.evse_id is not None:
            by_evse.setdefault(transaction.evse_id, []).append(_of(transaction))
    for told in evidence.told(m.MeterValuesRequest):
        by_evse.setdefault(told.message.evse_id, []).append(_readings(told.message.meter_value, told.frame))
    for evse_id, readings in by_evse.items():
        yield from drops(chain.from_iterable(readings), f"EVSE {evse_id}")


REGISTER_IN_TRANSACTION = Rule("a register never runs backwards in a transaction", "J02.FR.16", _within_transactions)
ENERGY_IN_TIME = Rule("energy comes no faster than an EVSE gives it", "MeasurandEnumType", _in_time)
REGISTER_OF_EVSE = Rule("a register goes on from transaction to transaction", "J02.FR.17", _per_evse, Level.SHOULD)
