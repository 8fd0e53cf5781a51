"""A register of energy only ever goes up, in OCPP 1.6: it is the meter's, and no transaction sets it back (7.31)."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator

from plugfest.lab.rules.energy_registers import DEFAULT_MEASURAND, KILO, Reading, Register, drops, leaps
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v16.ledger import Ledger, TransactionSeen
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

ROUNDING = 1.0
"""Watt-hours: readings are texts, and a message may give fewer digits of the same register than another."""


METER_REGISTER: Register = (DEFAULT_MEASURAND, None, "Outlet")
"""What meterStart and meterStop are a reading of (6.45, 6.49)."""


def energy_register(ledger: Ledger) -> Rule:
    """The readings of each connector, those at both ends of a transaction included."""

    def judge(evidence: Evidence) -> Iterator[Breach]:
        for connector_id, told in _by_connector(ledger, evidence):
            yield from _of_this_case(drops(told, f"connector {connector_id}", rounding=ROUNDING), evidence)

    return Rule("a register never runs backwards", "section 7.31", judge)


def energy_in_time(ledger: Ledger) -> Rule:
    """The same readings: what they say in their unit can have flowed."""

    def judge(evidence: Evidence) -> Iterator[Breach]:
        for connector_id, told in _by_connector(ledger, evidence):
            yield from _of_this_case(leaps(told, f"connector {connector_id}", evidence.product), evidence)

    return Rule("energy comes no faster than a connector gives it", "sections 7.31 and 7.45", judge)


def _of_this_case(breaches: Iterable[Breach], evidence: Evidence) -> Iterator[Breach]:
    """Those that this case has told; what an earlier case has told is that case's."""
    frames = {one.frame for one in evidence.exchanges}
    return (breach for breach in breaches if breach.frame in frames)


def _by_connector(ledger: Ledger, evidence: Evidence) -> Iterable[tuple[int, list[Reading]]]:
    """The readings of this case, and where each transaction before it has left the register."""
    found: dict[int, list[Reading]] = defaultdict(list)
    for told in evidence.told(m.MeterValuesRequest):
        found[told.message.connector_id] += readings(told.message.meter_value, told.frame)
    for start in evidence.told(m.StartTransactionRequest):
        found[start.message.connector_id].append(
            Reading(METER_REGISTER, start.message.timestamp, start.message.meter_start, start.frame)
        )
    frames = {one.frame for one in evidence.exchanges}
    for seen in ledger.transactions.values():
        if seen.start is not None:
            found[seen.start.connector_id] += _readings_at_end(seen, frames)
    return found.items()


def _readings_at_end(seen: TransactionSeen, here: Container[int]) -> Iterator[Reading]:
    """What a transaction of this case or of an earlier one has left behind."""
    for stop in seen.stops:
        if stop.frame in here:
            yield from readings(given(stop.message.transaction_data) or (), stop.frame)
        yield Reading(METER_REGISTER, stop.message.timestamp, stop.message.meter_stop, stop.frame)


def readings(values: Iterable[t.MeterValue], frame: int, context: t.ReadingContext | None = None) -> Iterator[Reading]:
    """Every register that can be read, in watt-hours; only those taken in a context if one is named."""
    for value in values:
        for sample in value.sampled_value:
            if context is not None and given(sample.context) != context:
                continue
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


BEGIN, END = t.ReadingContext.Transaction_Begin, t.ReadingContext.Transaction_End


def meter_of_transaction(ledger: Ledger) -> Rule:
    """The samples with context Transaction.Begin and Transaction.End say what meterStart and meterStop say."""

    def judge(evidence: Evidence) -> Iterator[Breach]:
        for told in evidence.told(m.MeterValuesRequest):
            seen = ledger.transactions.get(given(told.message.transaction_id) or 0)
            if seen is not None and seen.start is not None:
                yield from _judge_readings(
                    told.message.meter_value, BEGIN, "meterStart", seen.start.meter_start, told.frame
                )
        for stop in evidence.told(m.StopTransactionRequest):
            data = given(stop.message.transaction_data) or []
            seen = ledger.transactions.get(stop.message.transaction_id)
            if seen is not None and seen.start is not None:
                yield from _judge_readings(data, BEGIN, "meterStart", seen.start.meter_start, stop.frame)
            yield from _judge_readings(data, END, "meterStop", stop.message.meter_stop, stop.frame)

    return Rule("the meter of a transaction is that of its connector", "sections 6.45 and 6.49", judge)


def _judge_readings(
    values: Iterable[t.MeterValue], context: t.ReadingContext, field: str, told: int, frame: int
) -> Iterator[Breach]:
    for reading in readings(values, frame, context):
        if reading.register == METER_REGISTER and abs(reading.value - told) > ROUNDING:
            yield Breach(f"a {context} reading of {field} {told}", f"{reading.value:g}", frame)
