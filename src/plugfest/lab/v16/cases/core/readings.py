"""Meter values of the connector under test as they come in, and what is judged of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from plugfest.lab.expectations import split
from plugfest.lab.rules.energy_registers import DEFAULT_MEASURAND
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.charging import transaction_id
from plugfest.lab.v16.states.configuration_keys import get_configuration
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

PERIODIC = "Sample.Periodic"
"""The context of a value that names none (7.35, 7.43)."""

CLOCK = "Sample.Clock"

INTERVALS = 3
"""How many of them the lab watches."""


class Reading(msgspec.Struct, frozen=True):
    """One MeterValue: samples that were taken together."""

    at: datetime
    samples: tuple[t.SampledValue, ...]
    frame: int


def readings(bench: Bench, context: str, *, since_frame: int = 0) -> list[Reading]:
    """The readings of the connector under test that were taken for this reason, in order of arrival."""
    return [one for one in _told(bench, since_frame) if any(_context(sample) == context for sample in one.samples)]


def _told(bench: Bench, since_frame: int) -> Iterator[Reading]:
    for seen in bench.csms.inbox.of_type(m.MeterValuesRequest):
        if seen.message.connector_id == bench.connector_id and seen.frame.index >= since_frame:
            for value in seen.message.meter_value:
                yield Reading(value.timestamp, tuple(value.sampled_value), seen.frame.index)


def _context(sample: t.SampledValue) -> str:
    return str(given(sample.context) or PERIODIC)


def _measurand(sample: t.SampledValue) -> str:
    return str(given(sample.measurand) or DEFAULT_MEASURAND)


async def configured_measurands(bench: Bench, key: str) -> frozenset[str]:
    """What a list of measurands asks for; an empty one for the energy register (9.1.17)."""
    value = given((await get_configuration(bench, key))[key.lower()].value)
    return frozenset(split(value or "")) or frozenset({DEFAULT_MEASURAND})


def lacking(wanted: frozenset[str], samples: Iterable[t.SampledValue]) -> frozenset[str]:
    """Which of these measurands, some perhaps of one phase ("Voltage.L1", 9.1.17), nothing was told of."""
    told = [(_measurand(sample), given(sample.phase)) for sample in samples]
    return wanted - {name for name, _ in told} - {f"{name}.{phase}" for name, phase in told}


def judge_samples(bench: Bench, taken: Iterable[Reading], context: str, wanted: frozenset[str]) -> None:
    """Each reading has every wanted measurand and no other, all taken for this reason; nothing but SoC is the EV's."""
    for one in taken:
        missing = ", ".join(sorted(lacking(wanted, one.samples)))
        bench.check(not missing, f"{', '.join(sorted(wanted))} in each reading", f"no {missing}", frame=one.frame)
        for sample in one.samples:
            _judge_sample(bench, sample, context, wanted, one.frame)


def _judge_sample(bench: Bench, sample: t.SampledValue, context: str, wanted: frozenset[str], frame: int) -> None:
    name = _measurand(sample)
    is_wanted = name in wanted or f"{name}.{given(sample.phase)}" in wanted
    bench.check(is_wanted, f"only {', '.join(sorted(wanted))}", name, frame=frame)
    bench.check(_context(sample) == context, f"context {context}", _context(sample), frame=frame)
    judge_form(bench, sample, frame)
    of_the_ev = sample.location == t.Location.EV
    bench.check(not of_the_ev or name == "SoC", "no location EV but of SoC", name, frame=frame)


def judge_form(bench: Bench, sample: t.SampledValue, frame: int) -> None:
    """Raw data, which is a number."""
    form = given(sample.format) or t.ValueFormat.Raw
    bench.check(form == t.ValueFormat.Raw, "format Raw or omitted", form, frame=frame)
    bench.check(_is_number(sample.value), "a value that is a number", sample.value, frame=frame)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def judge_transaction(bench: Bench, *, since_frame: int) -> None:
    """What is told of the connector while it charges belongs to the transaction (4.7)."""
    expected = transaction_id(bench)
    for seen in bench.csms.inbox.of_type(m.MeterValuesRequest):
        if seen.frame.index >= since_frame and seen.message.connector_id == bench.connector_id:
            told = given(seen.message.transaction_id)
            bench.check(told == expected, f"transactionId {expected}", told, frame=seen.frame.index)
