"""Meter values during a transaction."""

from plugfest.lab.case import case
from plugfest.lab.checks.meter_values import check_aligned, check_interval
from plugfest.lab.rules.energy_registers import DEFAULT_MEASURAND
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.readings import (
    CLOCK,
    INTERVALS,
    PERIODIC,
    configured_measurands,
    judge_samples,
    judge_transaction,
    readings,
)
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.states.charging import charging


def _measurands(bench: Bench, key: str, feature: str) -> tuple[Need, ...]:
    """Those that the product is tested with."""
    return needs({key: ",".join(bench.product.measurands(feature) or (DEFAULT_MEASURAND,))})


def sampled(bench: Bench) -> tuple[Need, ...]:
    """Meter values at an interval from the start of the transaction."""
    interval = {"MeterValueSampleInterval": str(bench.settings.sampled_interval)}
    return (
        *needs(interval, if_implemented=False),
        *needs({"ClockAlignedDataInterval": "0"}),
        *_measurands(bench, "MeterValuesSampledData", "C-09.1"),
    )


def aligned(bench: Bench) -> tuple[Need, ...]:
    """Meter values at each interval of the clock."""
    interval = {"ClockAlignedDataInterval": str(bench.settings.aligned_interval)}
    return (
        *needs(interval, if_implemented=False),
        *needs({"MeterValueSampleInterval": "0"}),
        *_measurands(bench, "MeterValuesAlignedData", "C-09.2"),
    )


@case("TC_070_CS", requirements=("section 4.7", "section 9.1.17", "section 9.1.19"), configuration=sampled)
async def at_an_interval(bench: Bench) -> None:
    """The first one comes one interval after the start, so as many as intervals have come after so many."""
    interval = bench.settings.sampled_interval
    wanted = await configured_measurands(bench.step("before 1"), "MeterValuesSampledData")
    await charging(bench)
    first_frame = bench.csms.last_frame + 1
    await bench.wait(INTERVALS * interval + bench.settings.time_tolerance)
    taken = readings(bench.step(1), PERIODIC, since_frame=first_frame)
    check_interval(bench, [one.at for one in taken], interval, at_least=INTERVALS)
    judge_samples(bench, taken, PERIODIC, wanted)
    judge_transaction(bench, since_frame=first_frame)


@case("TC_071_CS", requirements=("section 4.7", "section 9.1.5", "section 9.1.15"), configuration=aligned)
async def at_an_interval_of_the_clock(bench: Bench) -> None:
    interval = bench.settings.aligned_interval
    wanted = await configured_measurands(bench.step("before 1"), "MeterValuesAlignedData")
    await charging(bench)
    first_frame = bench.csms.last_frame + 1
    await bench.wait(INTERVALS * interval + bench.settings.time_tolerance)
    taken = readings(bench.step(1), CLOCK, since_frame=first_frame)
    moments = [one.at for one in taken]
    check_interval(bench, moments, interval, at_least=INTERVALS)
    check_aligned(bench, moments, interval)
    judge_samples(bench, taken, CLOCK, wanted)
    judge_transaction(bench, since_frame=first_frame)
