"""J01 Sending Meter Values: clock-aligned, with and without a transaction."""

from collections.abc import Iterator

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.checks.meter_values import check_aligned, check_interval
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.j_meter_values.readings import (
    Reading,
    Round,
    are_complete,
    at_one_moment,
    check_contexts,
    check_measurands,
    check_register,
    check_times,
    event_of,
    in_event,
    in_meter_values,
    rounds,
)
from plugfest.lab.v201.cases.j_meter_values.signed_meter_values import check_signatures
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.metering import measurands
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import parking_bay_unoccupied
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.ocpp.v201 import messages as m

CLOCK = "Sample.Clock"

SIGNED_INTERVALS = 2
"""Number of intervals that suffices where the subject is the signature: TC_J_03 observes more."""

SEND_DURING_TRANSACTION = {
    "AlignedDataCtrlr.SendDuringIdle": "false",
    "SampledDataCtrlr.RegisterValuesWithoutPhases": "false",
}


def aligned(bench: Bench) -> dict[str, str]:
    """The configuration for clock-aligned meter values."""
    return {
        "AlignedDataCtrlr.Enabled": "true",
        "AlignedDataCtrlr.Interval": str(bench.settings.aligned_interval),
        "AlignedDataCtrlr.Measurands": ",".join(measurands(bench, "C-40.4")),
    }


def aligned_ended(bench: Bench) -> dict[str, str]:
    """The configuration for clock-aligned meter values in the last event of a transaction."""
    return {
        "AlignedDataCtrlr.Enabled": "true",
        "AlignedDataCtrlr.TxEndedInterval": str(bench.settings.aligned_interval),
        "AlignedDataCtrlr.TxEndedMeasurands": ",".join(measurands(bench, "C-40.5")),
        "AlignedDataCtrlr.SendDuringIdle": "false",
    }


def required_measurands(bench: Bench, *, ev: bool) -> frozenset[str]:
    """The measurands that an EVSE has to report. Without an EV there is no SoC (J01.FR.14)."""
    return frozenset(measurands(bench, "C-40.4")) - (frozenset() if ev else {"SoC"})


async def complete_rounds(bench: Bench, number: int, *, charging: int | None) -> list[Round]:
    """The rounds of readings of the next `number` intervals; `charging` is the EVSE with an EV.

    A round takes several messages, and the station sends one after the other, over a line that may be slow. It is
    complete when it has all measurands of each EVSE, or when another one begins.
    """
    interval, tolerance = bench.settings.aligned_interval, bench.settings.time_tolerance
    start, readings = clock.utc_now(), list[Reading]()

    def complete() -> list[Round]:
        readings.extend(aligned_readings(bench))
        begun = [each for each in rounds(readings, tolerance) if start < each.at]
        return begun if begun and _is_complete(bench, begun[-1], charging) else begun[:-1]

    await bench.until(lambda: len(complete()) >= number, within=interval * (number + 1) + tolerance)
    received = complete()
    bench.check(len(received) >= number, f"clock-aligned meter values of {number} intervals", len(received))
    return received


def _is_complete(bench: Bench, one: Round, charging: int | None) -> bool:
    return all(
        are_complete(bench, one.of(evse.id), required_measurands(bench, ev=evse.id == charging))
        for evse in bench.product.evses
    )


def aligned_readings(bench: Bench) -> Iterator[Reading]:
    """Take every clock-aligned reading received so far, in either message (J01.FR.22)."""
    for received in list(bench.csms.inbox.unconsumed()):
        message, frame = received.message, received.frame.index
        if isinstance(message, m.MeterValuesRequest):
            received.consumed = True
            yield from in_meter_values(message, frame)
        elif isinstance(message, m.TransactionEventRequest) and message.trigger_reason == "MeterValueClock":
            received.consumed = True
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
    await _check_rounds(bench, 3, charging=None)


def _aligned_always(bench: Bench) -> tuple[Need, ...]:
    return needs({**aligned(bench), **SEND_DURING_TRANSACTION})


@case(
    "TC_J_02_CS",
    requirements=(*IDLE_AND_CHARGING, "J01.FR.22"),
    configuration=_aligned_always,
    before=energy_transfer_started,
)
async def transaction_ongoing(bench: Bench) -> None:
    bench.step(1)
    await _check_rounds(bench, 3, charging=bench.settings.evse_id)


async def _check_rounds(bench: Bench, number: int, *, charging: int | None) -> None:
    """Each round has the required measurands of each EVSE; EVSE 0, the main meter, may have fewer."""
    rounds = await complete_rounds(bench, number, charging=charging)
    for each in rounds:
        check_contexts(bench, each.readings, CLOCK)
        for evse in bench.product.evses:
            required = required_measurands(bench, ev=evse.id == charging)
            check_measurands(bench, each.of(evse.id), required, f"of EVSE {evse.id} at {each.at.isoformat()}")
    check_register(bench, [reading for each in rounds for reading in each.readings])
    moments = [each.at for each in rounds]
    check_interval(bench, moments, bench.settings.aligned_interval)
    check_aligned(bench, moments, bench.settings.aligned_interval)


def _aligned_ended(bench: Bench) -> tuple[Need, ...]:
    return needs({**aligned_ended(bench), "SampledDataCtrlr.TxEndedMeasurands": ""})


@case("TC_J_03_CS", requirements=ENDED, configuration=_aligned_ended, before=energy_transfer_started)
async def event_type_ended(bench: Bench) -> None:
    readings = await _readings_of_ended_event(bench)
    _check_ended(bench, readings)


def _aligned_signed(bench: Bench) -> tuple[Need, ...]:
    return needs({**aligned_ended(bench), "AlignedDataCtrlr.SignReadings": "true"})


@case("TC_J_04_CS", requirements=("J01.FR.21",), configuration=_aligned_signed, before=energy_transfer_started)
async def signed(bench: Bench) -> None:
    every = await _readings_of_ended_event(bench, SIGNED_INTERVALS)
    readings = [reading for reading in every if CLOCK in reading.contexts]
    _check_ended(bench, readings)
    check_signatures(bench, readings)


async def _readings_of_ended_event(bench: Bench, intervals: int = 3) -> list[Reading]:
    """Charge for some intervals, leave the bay, and return the readings of the last event."""
    bench.step(1)
    await bench.wait(intervals * bench.settings.aligned_interval)
    await parking_bay_unoccupied(bench)
    bench.step("post scenario")
    started, ended = (event_of(bench, event_type) for event_type in ("Started", "Ended"))
    readings = at_one_moment(in_event(bench, ended.message, ended.frame))
    check_times(bench, readings, started.message.timestamp, ended.message.timestamp)
    check_register(bench, readings)
    return readings


def _check_ended(bench: Bench, readings: list[Reading]) -> None:
    check_contexts(bench, readings, CLOCK)
    check_interval(bench, [reading.at for reading in readings], bench.settings.aligned_interval)
    for reading in readings:
        check_measurands(bench, [reading], measurands(bench, "C-40.5"), f"at {reading.at.isoformat()}")


def _only_when_idle(bench: Bench) -> tuple[Need, ...]:
    return needs({**aligned(bench), "AlignedDataCtrlr.SendDuringIdle": "true"})


@case("TC_J_06_CS", requirements=("J01.FR.20",), configuration=_only_when_idle)
async def no_meter_values_during_transaction(bench: Bench) -> None:
    bench.step(1)
    await _check_rounds(bench, 2, charging=None)
    bench.step(3)
    await energy_transfer_started(bench)
    bench.step(4)
    await bench.wait(bench.settings.aligned_interval + 5)
    bench.step(6)
    await parking_bay_unoccupied(bench)
    bench.step("post scenario")
    _check_none_during_transaction(bench)
    bench.step(7)
    await _check_rounds(bench, 2, charging=None)


def _check_none_during_transaction(bench: Bench) -> None:
    """No clock-aligned reading was sent during the transaction, in any message. Sampled readings may be (J02)."""
    started, ended = (event_of(bench, event_type).message.timestamp for event_type in ("Started", "Ended"))
    during = [reading for reading in aligned_readings(bench) if started < reading.at < ended]
    events = bench.ledger.transactions[transaction_under_test(bench)].events
    before_end = (
        event for event in events if event.message.event_type != "Ended"
    )  # AlignedDataCtrlr.TxEndedMeasurands
    in_events = (reading for event in before_end for reading in in_event(bench, event.message, event.frame))
    during += [reading for reading in in_events if CLOCK in reading.contexts]
    bench.check(
        not during,
        "no clock-aligned meter values during the transaction",
        f"{len(during)}",
        frame=during[0].frame if during else None,
    )
