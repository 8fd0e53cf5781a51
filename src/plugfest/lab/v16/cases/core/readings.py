"""Readings of meter values of the connector under test, and checks of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from plugfest.lab.checks.numbers import number
from plugfest.lab.expectations import split
from plugfest.lab.rules.metering.energy_registers import DEFAULT_MEASURAND
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.charging import transaction_id
from plugfest.lab.v16.states.configuration_keys import get_configuration
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

PERIODIC = "Sample.Periodic"
"""The context of a sampled value that omits it (7.35, 7.43)."""

CLOCK = "Sample.Clock"

INTERVALS = 3
"""Number of intervals that the lab observes."""


class Reading(msgspec.Struct, frozen=True):
    """One MeterValue: the samples taken at one time. `frame` is the index of its message in the record."""

    at: datetime
    samples: tuple[t.SampledValue, ...]
    frame: int


def readings(bench: Bench, context: str, *, since_frame: int = 0) -> list[Reading]:
    """The readings of the connector under test with this context, in order of arrival.

    Samples of one moment belong to one reading, in how many elements and messages they come (4.7).
    """
    found: list[Reading] = []
    for reading in _received(bench, since_frame):
        if any(_context(sample) == context for sample in reading.samples):
            if found and _belong_together(found[-1], reading):
                found[-1] = msgspec.structs.replace(found[-1], samples=(*found[-1].samples, *reading.samples))
            else:
                found.append(reading)
    return found


def _belong_together(earlier: Reading, later: Reading) -> bool:
    """Whether they are of one moment, and none has a sample of what the other has one of."""
    return earlier.at == later.at and not _sampled(earlier) & _sampled(later)


def _sampled(reading: Reading) -> set[tuple[object, ...]]:
    return {(_measurand(one), one.phase, one.location, one.format) for one in reading.samples}


def _received(bench: Bench, since_frame: int) -> Iterator[Reading]:
    for request in bench.csms.inbox.of_type(m.MeterValuesRequest):
        if request.message.connector_id == bench.connector_id and request.frame.index >= since_frame:
            for value in request.message.meter_value:
                yield Reading(value.timestamp, tuple(value.sampled_value), request.frame.index)


def _context(sample: t.SampledValue) -> str:
    return str(given(sample.context) or PERIODIC)


def _measurand(sample: t.SampledValue) -> str:
    return str(given(sample.measurand) or DEFAULT_MEASURAND)


async def configured_measurands(bench: Bench, key: str) -> frozenset[str]:
    """The measurands in a configuration key; an empty list means the energy register (9.1.17)."""
    value = given((await get_configuration(bench, key))[key.lower()].value)
    return frozenset(split(value or "")) or frozenset({DEFAULT_MEASURAND})


def missing_measurands(configured: frozenset[str], samples: Iterable[t.SampledValue]) -> frozenset[str]:
    """The configured measurands, with or without a phase ("Voltage.L1", 9.1.17), that no sample has."""
    reported = [(_measurand(sample), given(sample.phase)) for sample in samples]
    return configured - {name for name, _ in reported} - {f"{name}.{phase}" for name, phase in reported}


async def readings_complete(
    bench: Bench, context: str, number: int, interval: int, since_frame: int, configured: frozenset[str]
) -> None:
    """Wait until so many readings with this context have come, the last with every measurand, or they are overdue."""

    def complete() -> bool:
        received = readings(bench, context, since_frame=since_frame)
        return len(received) >= number and not missing_measurands(configured, received[-1].samples)

    await bench.until(complete, within=number * interval + bench.settings.time_tolerance)


def repeated_samples(samples: Iterable[t.SampledValue]) -> list[str]:
    """The measurands with several samples of one phase, location and unit."""
    counts = Counter((_measurand(each), each.phase, each.location, each.unit) for each in samples)
    return sorted({measurand for (measurand, *_), count in counts.items() if count > 1})


def check_samples(bench: Bench, received: Iterable[Reading], context: str, configured: frozenset[str]) -> None:
    """Each reading has exactly the configured measurands, with this context; only SoC has location EV."""
    for reading in received:
        missing = ", ".join(sorted(missing_measurands(configured, reading.samples)))
        expected = f"{', '.join(sorted(configured))} in each reading"
        with bench.every_check():
            bench.check(not missing, expected, f"no {missing}", frame=reading.frame)
            repeated = ", ".join(repeated_samples(reading.samples))
            bench.check(not repeated, "each value once in a reading", f"repeated: {repeated}", frame=reading.frame)
            for sample in reading.samples:
                _check_sample(bench, sample, context, configured, reading.frame)


def _check_sample(bench: Bench, sample: t.SampledValue, context: str, configured: frozenset[str], frame: int) -> None:
    name = _measurand(sample)
    is_configured = name in configured or f"{name}.{given(sample.phase)}" in configured
    bench.check(is_configured, f"only {', '.join(sorted(configured))}", name, frame=frame)
    bench.check(_context(sample) == context, f"context {context}", _context(sample), frame=frame)
    check_format(bench, sample, frame)
    located_at_ev = sample.location == t.Location.EV
    bench.check(not located_at_ev or name == "SoC", "location EV only with measurand SoC", name, frame=frame)


def check_format(bench: Bench, sample: t.SampledValue, frame: int) -> None:
    """The value is raw data, and a number."""
    value_format = given(sample.format) or t.ValueFormat.Raw
    bench.check(value_format == t.ValueFormat.Raw, "format Raw or omitted", value_format, frame=frame)
    bench.check(number(sample.value) is not None, "a value that is a number", sample.value, frame=frame)


def check_transaction_id(bench: Bench, *, since_frame: int) -> None:
    """The meter values of the connector during the transaction have its transactionId (4.7)."""
    expected = transaction_id(bench)
    for request in bench.csms.inbox.of_type(m.MeterValuesRequest):
        if request.frame.index >= since_frame and request.message.connector_id == bench.connector_id:
            reported = given(request.message.transaction_id)
            bench.check(reported == expected, f"transactionId {expected}", reported, frame=request.frame.index)
