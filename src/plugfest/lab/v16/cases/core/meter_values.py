"""Meter values during a transaction."""

from plugfest.lab.case import case
from plugfest.lab.checks.meter_values import check_aligned, check_interval
from plugfest.lab.rules.metering.energy_registers import DEFAULT_MEASURAND
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.readings import (
    CLOCK,
    INTERVALS,
    PERIODIC,
    check_samples,
    check_transaction_id,
    configured_measurands,
    readings,
    readings_complete,
)
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.states.charging import charging


def _measurands(bench: Bench, key: str, feature: str) -> tuple[Need, ...]:
    """The measurands that the product is tested with, in this key."""
    return needs({key: ",".join(bench.product.measurands(feature) or (DEFAULT_MEASURAND,))})


def sampled(bench: Bench) -> tuple[Need, ...]:
    """Meter values at the interval of the settings."""
    return sampled_at(bench, bench.settings.sampled_interval)


def sampled_often(bench: Bench) -> tuple[Need, ...]:
    """The same at the shorter interval, for cases that do not compare the times of the meter values."""
    return sampled_at(bench, bench.settings.short_sampled_interval)


def sampled_at(bench: Bench, seconds: int) -> tuple[Need, ...]:
    """Meter values at this interval from the start of the transaction."""
    interval = {"MeterValueSampleInterval": str(seconds)}
    return (
        *needs(interval, if_implemented=False),
        *needs({"ClockAlignedDataInterval": "0"}),
        *_measurands(bench, "MeterValuesSampledData", "C-09.1"),
    )


def aligned(bench: Bench) -> tuple[Need, ...]:
    """Clock-aligned meter values."""
    interval = {"ClockAlignedDataInterval": str(bench.settings.aligned_interval)}
    return (
        *needs(interval, if_implemented=False),
        *needs({"MeterValueSampleInterval": "0"}),
        *_measurands(bench, "MeterValuesAlignedData", "C-09.2"),
    )


@case("TC_070_CS", requirements=("section 4.7", "section 9.1.17", "section 9.1.19"), configuration=sampled)
async def at_an_interval(bench: Bench) -> None:
    """The first meter values come one interval after the start: after n intervals there are n of them."""
    interval = bench.settings.sampled_interval
    configured = await configured_measurands(bench.step("before 1"), "MeterValuesSampledData")
    await charging(bench)
    first_frame = bench.csms.last_frame + 1
    await readings_complete(bench, PERIODIC, INTERVALS, interval, first_frame, configured)
    received = readings(bench.step(1), PERIODIC, since_frame=first_frame)
    check_interval(bench, [reading.at for reading in received], interval, at_least=INTERVALS)
    check_samples(bench, received, PERIODIC, configured)
    check_transaction_id(bench, since_frame=first_frame)


@case("TC_071_CS", requirements=("section 4.7", "section 9.1.5", "section 9.1.15"), configuration=aligned)
async def clock_aligned(bench: Bench) -> None:
    interval = bench.settings.aligned_interval
    configured = await configured_measurands(bench.step("before 1"), "MeterValuesAlignedData")
    await charging(bench)
    first_frame = bench.csms.last_frame + 1
    await readings_complete(bench, CLOCK, INTERVALS, interval, first_frame, configured)
    received = readings(bench.step(1), CLOCK, since_frame=first_frame)
    moments = [reading.at for reading in received]
    check_interval(bench, moments, interval, at_least=INTERVALS)
    check_aligned(bench, moments, interval)
    check_samples(bench, received, CLOCK, configured)
    check_transaction_id(bench, since_frame=first_frame)
