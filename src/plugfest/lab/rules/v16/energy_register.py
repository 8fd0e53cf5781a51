"""A register of energy only ever goes up, in OCPP 1.6: it is the meter's, and no transaction sets it back (7.31)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.registers import DEFAULT_MEASURAND, KILO, Reading, drops
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v16.ledger import Ledger
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

ROUNDING = 1.0
"""Watt-hours: readings are texts, and a message may give fewer digits of the same register than another."""


def energy_register(ledger: Ledger) -> Rule:
    """The readings of each connector, those at the end of a transaction included."""
    return Rule("a register never runs backwards", "section 7.31", partial(_judge, ledger))


def _judge(ledger: Ledger, evidence: Evidence) -> Iterator[Breach]:
    by_connector: dict[int, list[Reading]] = defaultdict(list)
    for told in evidence.told(m.MeterValuesRequest):
        by_connector[told.message.connector_id] += _readings(told.message.meter_value, told.frame)
    for stop in evidence.told(m.StopTransactionRequest):
        seen = ledger.transactions.get(stop.message.transaction_id)
        if seen is not None and seen.start is not None:
            by_connector[seen.start.connector_id] += _readings(given(stop.message.transaction_data) or (), stop.frame)
    for connector_id, readings in by_connector.items():
        yield from drops(readings, f"connector {connector_id}", rounding=ROUNDING)


def _readings(values: Iterable[t.MeterValue], frame: int) -> Iterator[Reading]:
    for value in values:
        for sample in value.sampled_value:
            measurand = given(sample.measurand) or DEFAULT_MEASURAND
            number = _number(sample)
            if measurand.endswith(".Register") and number is not None:
                register = (str(measurand), given(sample.phase), given(sample.location) or "Outlet")
                yield Reading(register, value.timestamp, number * KILO.get(given(sample.unit) or "", 1.0), frame)


def _number(sample: t.SampledValue) -> float | None:
    """None of what is signed, or no number at all: the schema allows any text."""
    if given(sample.format) == "SignedData":
        return None
    try:
        return float(sample.value)
    except ValueError:
        return None
