"""Clock-aligned meter values as they come in."""

from collections.abc import Iterator
from datetime import timedelta

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.checks.meter_values import check_aligned, check_interval
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.j_meter_values.readings import (
    Reading,
    Round,
    event_of,
    in_event,
    in_meter_values,
    judge_contexts,
    judge_measurands,
    judge_moments,
    judge_register,
    rounds,
)
from plugfest.lab.v201.cases.j_meter_values.signed_meter_values import judge_signatures
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.metering import measurands
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import parking_bay_unoccupied
from plugfest.ocpp.v201 import messages as m

CLOCK = "Sample.Clock"
SENT_ALWAYS = {"AlignedDataCtrlr.SendDuringIdle": "false", "SampledDataCtrlr.RegisterValuesWithoutPhases": "false"}


def aligned(bench: Bench) -> dict[str, str]:
    """The configuration for meter values at each interval of the clock."""
    return {
        "AlignedDataCtrlr.Enabled": "true",
        "AlignedDataCtrlr.Interval": str(bench.settings.aligned_interval),
        "AlignedDataCtrlr.Measurands": ",".join(measurands(bench, "C-40.4")),
    }


def aligned_in_the_end(bench: Bench) -> dict[str, str]:
    """The configuration for clock-aligned meter values in the last event of a transaction, and no others there."""
    return {
        "AlignedDataCtrlr.Enabled": "true",
        "AlignedDataCtrlr.TxEndedInterval": str(bench.settings.aligned_interval),
        "AlignedDataCtrlr.TxEndedMeasurands": ",".join(measurands(bench, "C-40.5")),
        "AlignedDataCtrlr.SendDuringIdle": "false",
    }


def wanted_of(bench: Bench, *, ev: bool) -> frozenset[str]:
    """The measurands that each EVSE has to report. No EV, no state of charge (J01.FR.14)."""
    return frozenset(measurands(bench, "C-40.4")) - (frozenset() if ev else {"SoC"})


async def whole_rounds(bench: Bench, number: int) -> list[Round]:
    """Wait for so many intervals of the clock, and return the rounds that began and were all told meanwhile."""
    interval, tolerance = bench.settings.aligned_interval, bench.settings.time_tolerance
    began = clock.utc_now()
    await bench.wait(interval * (number + 1) + tolerance)
    over = clock.utc_now() - timedelta(seconds=tolerance)
    found = [one for one in rounds(taken(bench), tolerance) if began < one.at <= over]
    bench.check(len(found) >= number, f"clock-aligned meter values of {number} intervals", len(found))
    return found


def taken(bench: Bench) -> Iterator[Reading]:
    """Take every clock-aligned reading that has come so far, of either message (J01.FR.22)."""
    for seen in list(bench.csms.inbox.unconsumed()):
        message, frame = seen.message, seen.frame.index
        if isinstance(message, m.MeterValuesRequest):
            seen.consumed = True
            yield from in_meter_values(message, frame)
        elif isinstance(message, m.TransactionEventRequest) and message.trigger_reason == "MeterValueClock":
            seen.consumed = True
            yield from in_event(bench, message, frame)


IDLE_AND_CHARGING = (
    *("J01.FR.01", "J01.FR.02", "J01.FR.03", "J01.FR.06", "J01.FR.07", "J01.FR.08"),
    *("J01.FR.14", "J01.FR.15"),
)
ENDED = (
    *("E06.FR.11", "E07.FR.08", "E08.FR.09", "E09.FR.05", "E10.FR.04", "E12.FR.07"),
    *IDLE_AND_CHARGING,
)


def _aligned(bench: Bench) -> tuple[Need, ...]:
    return needs(aligned(bench))


@case("TC_J_01_CS", requirements=IDLE_AND_CHARGING, configuration=_aligned)
async def no_transaction_ongoing(bench: Bench) -> None:
    bench.step(1)
    _judge_rounds(bench, await whole_rounds(bench, 3), charging=None)


def _aligned_always(bench: Bench) -> tuple[Need, ...]:
    return needs({**aligned(bench), **SENT_ALWAYS})


@case(
    "TC_J_02_CS",
    requirements=(*IDLE_AND_CHARGING, "J01.FR.22"),
    configuration=_aligned_always,
    before=energy_transfer_started,
)
async def transaction_ongoing(bench: Bench) -> None:
    bench.step(1)
    _judge_rounds(bench, await whole_rounds(bench, 3), charging=bench.settings.evse_id)


def _judge_rounds(bench: Bench, rounds: list[Round], *, charging: int | None) -> None:
    """Each round has all that was asked for of each EVSE; EVSE 0 is the main meter and measures what it can."""
    for one in rounds:
        judge_contexts(bench, one.readings, CLOCK)
        for evse in bench.product.evses:
            wanted = wanted_of(bench, ev=evse.id == charging)
            judge_measurands(bench, one.of(evse.id), wanted, f"of EVSE {evse.id} at {one.at.isoformat()}")
    judge_register(bench, [reading for one in rounds for reading in one.readings])
    moments = [one.at for one in rounds]
    check_interval(bench, moments, bench.settings.aligned_interval)
    check_aligned(bench, moments, bench.settings.aligned_interval)


def _aligned_ended(bench: Bench) -> tuple[Need, ...]:
    return needs({**aligned_in_the_end(bench), "SampledDataCtrlr.TxEndedMeasurands": ""})


@case("TC_J_03_CS", requirements=ENDED, configuration=_aligned_ended, before=energy_transfer_started)
async def event_type_ended(bench: Bench) -> None:
    readings = await _ended(bench)
    _judge_ended(bench, readings)


def _aligned_signed(bench: Bench) -> tuple[Need, ...]:
    return needs({**aligned_in_the_end(bench), "AlignedDataCtrlr.SignReadings": "true"})


@case("TC_J_04_CS", requirements=("J01.FR.21",), configuration=_aligned_signed, before=energy_transfer_started)
async def signed(bench: Bench) -> None:
    readings = [reading for reading in await _ended(bench) if CLOCK in reading.contexts]
    _judge_ended(bench, readings)
    judge_signatures(bench, readings)


async def _ended(bench: Bench) -> list[Reading]:
    """Charge over some intervals of the clock, leave, and return what the last event has of them."""
    bench.step(1)
    await bench.wait(3 * bench.settings.aligned_interval)
    await parking_bay_unoccupied(bench)
    bench.step("post scenario")
    started, ended = (event_of(bench, event_type) for event_type in ("Started", "Ended"))
    readings = list(in_event(bench, ended.message, ended.frame))
    judge_moments(bench, readings, started.message.timestamp, ended.message.timestamp)
    judge_register(bench, readings)
    return readings


def _judge_ended(bench: Bench, readings: list[Reading]) -> None:
    judge_contexts(bench, readings, CLOCK)
    check_interval(bench, [reading.at for reading in readings], bench.settings.aligned_interval)
    for reading in readings:
        judge_measurands(bench, [reading], measurands(bench, "C-40.5"), f"at {reading.at.isoformat()}")


def _only_when_idle(bench: Bench) -> tuple[Need, ...]:
    return needs({**aligned(bench), "AlignedDataCtrlr.SendDuringIdle": "true"})


@case("TC_J_06_CS", requirements=("J01.FR.20",), configuration=_only_when_idle)
async def no_meter_values_during_transaction(bench: Bench) -> None:
    bench.step(1)
    _judge_rounds(bench, await whole_rounds(bench, 2), charging=None)
    bench.step(3)
    await energy_transfer_started(bench)
    bench.step(4)
    await bench.wait(bench.settings.aligned_interval + 5)
    bench.step(6)
    await parking_bay_unoccupied(bench)
    bench.step("post scenario")
    _judge_silence(bench)
    bench.step(7)
    _judge_rounds(bench, await whole_rounds(bench, 2), charging=None)


def _judge_silence(bench: Bench) -> None:
    """No clock-aligned reading was taken while the transaction went on. Sampled ones are another matter."""
    began, ended = (event_of(bench, event_type).message.timestamp for event_type in ("Started", "Ended"))
    during = [reading for reading in taken(bench) if began < reading.at < ended]
    bench.check(
        not during,
        "no clock-aligned meter values during the transaction",
        f"{len(during)}",
        frame=during[0].frame if during else None,
    )
