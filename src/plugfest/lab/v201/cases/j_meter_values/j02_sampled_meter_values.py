"""J02 Sending transaction related Meter Values: sampled at the start, at an interval and at the end."""

import asyncio
from datetime import timedelta

from plugfest.lab.case import case
from plugfest.lab.checks.meter_values import check_interval
from plugfest.lab.checks.times import moved
from plugfest.lab.expectations import one_of, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import supported_points, tx_start_point
from plugfest.lab.v201.cases.j_meter_values.readings import (
    PERIODIC,
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
    rounds,
)
from plugfest.lab.v201.cases.j_meter_values.signed_meter_values import check_signatures
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.ledger import ReceivedEvent
from plugfest.lab.v201.metering import measurands, sampled_interval, sampled_updates
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session, parking_bay_occupied, plug_in_blocked
from plugfest.lab.v201.states.session_ended import parking_bay_unoccupied
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.lab.v201.states.transaction_points import start_points
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m

BEGIN, END = "Transaction.Begin", "Transaction.End"

SIGNED_INTERVALS = 2
"""Number of intervals that suffices where the subject is the signature: TC_J_10 observes more."""

SAMPLED = ("J02.FR.01", "J02.FR.02", "J02.FR.03", "J02.FR.04", "J02.FR.10")

EVSE_KNOWN = {
    "C-09.1": "EVConnected",
    "C-09.2": "Authorized",
    "C-09.4": "PowerPathClosed",
    "C-09.5": "EnergyTransfer",
    "C-09.3": "DataSigned",
}
"""The start points at which the EVSE is known once the cable is plugged in, by PICS feature."""


def _started_measurands(bench: Bench) -> dict[str, str]:
    return {
        "SampledDataCtrlr.Enabled": "true",
        "SampledDataCtrlr.TxStartedMeasurands": ",".join(measurands(bench, "C-40.1")),
    }


def _evse_known(bench: Bench) -> tuple[Need, ...]:
    points = supported_points(bench, EVSE_KNOWN)
    start_point = tx_start_point(points[0]) if points else {}
    return needs({**start_point, **_started_measurands(bench)})


@case(
    "TC_J_07_CS",
    requirements=(*SAMPLED, "E01.FR.09", "E02.FR.09", "E03.FR.07", "E04.FR.05", "E05.FR.05"),
    configuration=_evse_known,
    before=parking_bay_occupied,
)
async def event_type_started(bench: Bench) -> None:
    starts_before_plug_in = bench.known_state.ongoing or (
        plug_in_blocked(bench) and "Authorized" in start_points(bench)
    )
    bench.step(1)
    await ev_connected_pre_session(bench)
    if starts_before_plug_in:  # TxStartPoint is not one of EVSE_KNOWN
        await _check_begin_after_evse_known(bench.step(2))
        return
    bench.step(2)
    await energy_transfer_started(bench)
    bench.step("post scenario", "E01.FR.09")
    started = event_of(bench, "Started")
    readings = list(in_event(bench, started.message, started.frame))
    check_contexts(bench, readings, BEGIN)
    check_times(bench, readings, started.message.timestamp, started.message.timestamp)
    check_measurands(bench, readings, measurands(bench, "C-40.1"), "in the event with eventType Started")


def _evse_not_known(bench: Bench) -> tuple[Need, ...]:
    point = "Authorized" if bench.product.supports("C-09.2") else "ParkingBayOccupancy"
    return needs({"TxCtrlr.TxStartPoint": point, **_started_measurands(bench)})


@case(
    "TC_J_08_CS",
    requirements=(*SAMPLED, "E01.FR.16", "E01.FR.17", "E03.FR.11", "E04.FR.11", "E05.FR.08"),
    configuration=_evse_not_known,
)
async def evse_not_known(bench: Bench) -> None:
    await _check_begin_after_evse_known(bench.step(1))


async def _check_begin_after_evse_known(bench: Bench) -> None:
    """The transaction starts before its EVSE is known: the event of its start has no meter values.

    The first event with the EVSE has them (Part 6), or the one in which charging starts (E01.FR.17).
    """
    await energy_transfer_started(bench)
    bench.step("post scenario", "E01.FR.17")
    candidates = [_begin_readings(bench, event) for event in _evse_known_and_charging(bench)]
    begin = next((readings for readings in candidates if readings), [])
    check_measurands(bench, begin, measurands(bench, "C-40.1"), "with context Transaction.Begin once the EVSE is known")


def _begin_readings(bench: Bench, event: ReceivedEvent) -> list[Reading]:
    """The readings of an event that has one with context Transaction.Begin: all samples have it."""
    readings = list(in_event(bench, event.message, event.frame))
    if not any(BEGIN in reading.contexts for reading in readings):
        return []
    check_contexts(bench, readings, BEGIN)
    return readings


def _evse_known_and_charging(bench: Bench) -> list[ReceivedEvent]:
    """The first event with the EVSE and the first with chargingState Charging."""
    transaction = bench.ledger.transactions[transaction_under_test(bench)]
    events = sorted(transaction.events, key=lambda event: event.message.seq_no)
    known = (event for event in events if event.message.evse is not UNSET)
    charging = (event for event in events if event.message.transaction_info.charging_state == "Charging")
    return [event for first in (known, charging) if (event := next(first, None)) is not None]


def _updated(bench: Bench) -> tuple[Need, ...]:
    return needs({"SampledDataCtrlr.Enabled": "true", **sampled_updates(bench, sampled_interval(bench))})


@case(
    "TC_J_09_CS",
    requirements=(
        *(*SAMPLED, "J02.FR.11", "J02.FR.14", "E02.FR.10", "E02.FR.11", "E03.FR.08", "E03.FR.09"),
        *("E04.FR.06", "E04.FR.09", "E11.FR.03", "E11.FR.06", "E12.FR.03", "E12.FR.06"),
    ),
    configuration=_updated,
    before=energy_transfer_started,
)
async def event_type_updated(bench: Bench) -> None:
    bench.step(1, "J02.FR.11")
    sampled = await _sampled_rounds(bench, 3)
    readings = [reading for each in sampled for reading in each.readings]
    check_contexts(bench, readings, PERIODIC)
    check_register(bench, readings)
    for each in sampled:
        check_measurands(bench, each.readings, measurands(bench, "C-40.2"), f"at {each.at.isoformat()}")
    bench.step("post scenario", "J02.FR.11")
    check_interval(bench, [each.at for each in sampled], sampled_interval(bench))


async def _sampled_rounds(bench: Bench, number: int) -> list[Round]:
    """The rounds of the next `number` intervals, in any number of messages (J02.FR.14).

    The last one is complete when it has all measurands, or when another one begins.
    """
    interval, now = sampled_interval(bench), asyncio.get_running_loop().time
    latest = now() + (number + 1) * interval + bench.settings.function_timeout
    readings: list[Reading] = []
    sampled: list[Round] = []
    while not _are_complete(bench, sampled, number):
        event = await bench.expect(
            m.TransactionEventRequest,
            within=max(0.0, latest - now()),
            event_type="Updated",
            trigger_reason="MeterValuePeriodic",
            meter_value=present,
            offline=one_of(False, UNSET),
        )
        readings += _checked_readings(bench, event.message, event.frame.index)
        sampled = rounds(readings, min(bench.settings.time_tolerance, interval / 2))
    return sampled[:number]


def _are_complete(bench: Bench, sampled: list[Round], number: int) -> bool:
    if len(sampled) != number:
        return len(sampled) > number
    return are_complete(bench, sampled[-1].readings, measurands(bench, "C-40.2"))


def _checked_readings(bench: Bench, event: m.TransactionEventRequest, frame: int) -> list[Reading]:
    """The readings of an Updated event, all taken in the interval before it (J02.FR.10, J02.FR.11)."""
    readings = list(in_event(bench, event, frame))
    since = moved(event.timestamp, -timedelta(seconds=sampled_interval(bench)))
    check_times(bench, readings, since, event.timestamp)
    return readings


def _sampled_ended(bench: Bench) -> dict[str, str]:
    return {
        "SampledDataCtrlr.Enabled": "true",
        "SampledDataCtrlr.TxEndedInterval": str(bench.settings.sampled_interval),
        "SampledDataCtrlr.TxEndedMeasurands": ",".join(measurands(bench, "C-40.3")),
    }


def _ended(bench: Bench) -> tuple[Need, ...]:
    return needs({**_sampled_ended(bench), "AlignedDataCtrlr.TxEndedMeasurands": ""})


@case(
    "TC_J_10_CS",
    requirements=(*SAMPLED, "E06.FR.11", "E07.FR.08", "E08.FR.09", "E09.FR.05", "E10.FR.04", "E12.FR.07"),
    configuration=_ended,
    before=energy_transfer_started,
)
async def event_type_ended(bench: Bench) -> None:
    _check_ended(bench, await _readings_of_ended_event(bench))


def _ended_signed(bench: Bench) -> tuple[Need, ...]:
    return needs({**_sampled_ended(bench), "SampledDataCtrlr.SignReadings": "true"})


@case("TC_J_11_CS", requirements=("J02.FR.21",), configuration=_ended_signed, before=energy_transfer_started)
async def signed(bench: Bench) -> None:
    readings = await _readings_of_ended_event(bench, SIGNED_INTERVALS)
    _check_ended(bench, readings)
    check_signatures(bench, readings)


async def _readings_of_ended_event(bench: Bench, intervals: int = 3) -> list[Reading]:
    """Charge for some intervals, leave the bay, and return the sampled readings of the last event."""
    bench.step(1)
    await bench.wait(intervals * bench.settings.sampled_interval)
    await parking_bay_unoccupied(bench)
    bench.step("post scenario")
    started, ended = (event_of(bench, event_type) for event_type in ("Started", "Ended"))
    readings = at_one_moment(in_event(bench, ended.message, ended.frame))
    check_times(bench, readings, started.message.timestamp, ended.message.timestamp)
    check_register(bench, readings)
    return [
        reading for reading in readings if any(given(sample.context) != "Sample.Clock" for sample in reading.samples)
    ]


def _check_ended(bench: Bench, readings: list[Reading]) -> None:
    """Readings at the interval and one at the end (E06.FR.11); the first may have context Transaction.Begin."""
    check_contexts(bench, readings[:1], PERIODIC, BEGIN)
    check_contexts(bench, readings[1:], PERIODIC, END)
    at_the_end = [reading for reading in readings if END in reading.contexts]
    bench.check(len(at_the_end) == 1, "one meterValue with context Transaction.End", len(at_the_end))
    at_interval = [reading.at for reading in readings if reading not in at_the_end]
    check_interval(bench, at_interval, bench.settings.sampled_interval)
    for reading in readings:
        check_measurands(bench, [reading], measurands(bench, "C-40.3"), f"at {reading.at.isoformat()}")
