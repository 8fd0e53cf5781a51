"""J02 Sending transaction related Meter Values: sampled at the start, at an interval and at the end."""

from datetime import timedelta

from plugfest.lab.case import case
from plugfest.lab.checks.meter_values import check_interval
from plugfest.lab.expectations import one_of, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.j_meter_values.readings import (
    PERIODIC,
    Reading,
    event_of,
    in_event,
    judge_contexts,
    judge_measurands,
    judge_moments,
    judge_register,
    rounds,
)
from plugfest.lab.v201.cases.j_meter_values.signed_meter_values import judge_signatures
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.ledger import ReceivedEvent
from plugfest.lab.v201.metering import measurands, sampled_interval, sampled_updates
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session, parking_bay_occupied, plug_in_blocked
from plugfest.lab.v201.states.session_ended import parking_bay_unoccupied
from plugfest.lab.v201.states.transaction_event import start_points
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m

BEGIN, END = "Transaction.Begin", "Transaction.End"
SAMPLED = ("J02.FR.01", "J02.FR.02", "J02.FR.03", "J02.FR.04", "J02.FR.10")

KNOWN_EVSE = {
    "C-09.1": "EVConnected",
    "C-09.2": "Authorized",
    "C-09.4": "PowerPathClosed",
    "C-09.5": "EnergyTransfer",
    "C-09.3": "DataSigned",
}
"""The start points at which the EVSE is known if the cable is in, by the claim to support them."""


def _started_measurands(bench: Bench) -> dict[str, str]:
    return {
        "SampledDataCtrlr.Enabled": "true",
        "SampledDataCtrlr.TxStartedMeasurands": ",".join(measurands(bench, "C-40.1")),
    }


def _evse_known(bench: Bench) -> tuple[Need, ...]:
    points = [point for claim, point in KNOWN_EVSE.items() if bench.product.supports(claim)]
    start_point = {"TxCtrlr.TxStartPoint": points[0]} if points else {}
    return needs({**start_point, **_started_measurands(bench)})


@case(
    "TC_J_07_CS",
    requirements=(*SAMPLED, "E01.FR.09", "E02.FR.09", "E03.FR.07", "E04.FR.05", "E05.FR.05"),
    configuration=_evse_known,
    before=parking_bay_occupied,
)
async def event_type_started(bench: Bench) -> None:
    started_early = bench.known_state.ongoing or (plug_in_blocked(bench) and "Authorized" in start_points(bench))
    bench.step(1)
    await ev_connected_pre_session(bench)
    if started_early:  # not by a start point that the lab could choose
        await _begin_told_later(bench.step(2))
        return
    bench.step(2)
    await energy_transfer_started(bench)
    bench.step("post scenario", "E01.FR.09")
    started = event_of(bench, "Started")
    readings = list(in_event(bench, started.message, started.frame))
    judge_contexts(bench, readings, BEGIN)
    judge_moments(bench, readings, started.message.timestamp, started.message.timestamp)
    judge_measurands(bench, readings, measurands(bench, "C-40.1"), "in the event with eventType Started")


def _evse_not_known(bench: Bench) -> tuple[Need, ...]:
    point = "Authorized" if bench.product.supports("C-09.2") else "ParkingBayOccupancy"
    return needs({"TxCtrlr.TxStartPoint": point, **_started_measurands(bench)})


@case(
    "TC_J_08_CS",
    requirements=(*SAMPLED, "E01.FR.16", "E01.FR.17", "E03.FR.11", "E04.FR.11", "E05.FR.08"),
    configuration=_evse_not_known,
)
async def evse_not_known(bench: Bench) -> None:
    await _begin_told_later(bench.step(1))


async def _begin_told_later(bench: Bench) -> None:
    """The transaction starts before its EVSE is known: its first values come when charging starts."""
    await energy_transfer_started(bench)
    bench.step("post scenario", "E01.FR.17")
    candidates = _from_evse_to_charging(bench)
    readings = [reading for event in candidates for reading in in_event(bench, event.message, event.frame)]
    begin = [reading for reading in readings if BEGIN in reading.contexts]
    judge_contexts(bench, begin, BEGIN)
    judge_measurands(bench, begin, measurands(bench, "C-40.1"), "with context Transaction.Begin once the EVSE is known")


def _from_evse_to_charging(bench: Bench) -> list[ReceivedEvent]:
    """From the event that first names the EVSE, where Part 6 wants the values, to the start of charging (E01.FR.17)."""
    transaction = bench.ledger.transactions[bench.known_state.transaction_id or ""]
    events = sorted(transaction.events, key=lambda event: event.message.seq_no)
    known = next((n for n, event in enumerate(events) if event.message.evse is not UNSET), len(events))
    charging = (n for n, event in enumerate(events) if event.message.transaction_info.charging_state == "Charging")
    return events[known : next(charging, len(events)) + 1]


def _updated(bench: Bench) -> tuple[Need, ...]:
    return needs({"SampledDataCtrlr.Enabled": "true", **sampled_updates(bench)})


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
    interval = sampled_interval(bench)
    bench.step(1, "J02.FR.11")
    readings: list[Reading] = []
    for _ in range(3):
        event = await bench.expect(
            m.TransactionEventRequest,
            within=interval + bench.settings.function_timeout,
            event_type="Updated",
            trigger_reason="MeterValuePeriodic",
            meter_value=present,
            offline=one_of(False, UNSET),
        )
        readings += _judged_timestamps(bench, event.message, event.frame.index)
    judge_contexts(bench, readings, PERIODIC)
    judge_register(bench, readings)
    sampled = rounds(readings, min(bench.settings.time_tolerance, interval / 2))
    for one in sampled[:-1]:  # the last one may go on in a message that has not come yet
        judge_measurands(bench, one.readings, measurands(bench, "C-40.2"), f"at {one.at.isoformat()}")
    check_interval(bench, [one.at for one in sampled], interval)


def _judged_timestamps(bench: Bench, event: m.TransactionEventRequest, frame: int) -> list[Reading]:
    """The readings of an update are of the interval that it ends (J02.FR.10, J02.FR.11)."""
    readings = list(in_event(bench, event, frame))
    judge_moments(bench, readings, event.timestamp - timedelta(seconds=sampled_interval(bench)), event.timestamp)
    return readings


def _sampled_in_the_end(bench: Bench) -> dict[str, str]:
    return {
        "SampledDataCtrlr.Enabled": "true",
        "SampledDataCtrlr.TxEndedInterval": str(bench.settings.sampled_interval),
        "SampledDataCtrlr.TxEndedMeasurands": ",".join(measurands(bench, "C-40.3")),
    }


def _ended(bench: Bench) -> tuple[Need, ...]:
    return needs({**_sampled_in_the_end(bench), "AlignedDataCtrlr.TxEndedMeasurands": ""})


@case(
    "TC_J_10_CS",
    requirements=(*SAMPLED, "E06.FR.11", "E07.FR.08", "E08.FR.09", "E09.FR.05", "E10.FR.04", "E12.FR.07"),
    configuration=_ended,
    before=energy_transfer_started,
)
async def event_type_ended(bench: Bench) -> None:
    _judge_ended(bench, await _readings_of_the_end(bench))


def _ended_signed(bench: Bench) -> tuple[Need, ...]:
    return needs({**_sampled_in_the_end(bench), "SampledDataCtrlr.SignReadings": "true"})


@case("TC_J_11_CS", requirements=("J02.FR.21",), configuration=_ended_signed, before=energy_transfer_started)
async def signed(bench: Bench) -> None:
    readings = await _readings_of_the_end(bench)
    _judge_ended(bench, readings)
    judge_signatures(bench, readings)


async def _readings_of_the_end(bench: Bench) -> list[Reading]:
    """Charge over some intervals, leave, and return what the last event has of them."""
    bench.step(1)
    await bench.wait(3 * bench.settings.sampled_interval)
    await parking_bay_unoccupied(bench)
    bench.step("post scenario")
    started, ended = (event_of(bench, event_type) for event_type in ("Started", "Ended"))
    readings = list(in_event(bench, ended.message, ended.frame))
    judge_moments(bench, readings, started.message.timestamp, ended.message.timestamp)
    judge_register(bench, readings)
    return [one for one in readings if any(given(sample.context) != "Sample.Clock" for sample in one.samples)]


def _judge_ended(bench: Bench, readings: list[Reading]) -> None:
    """Samples at the interval and one at the end (E06.FR.11); the one at the start may be marked as such."""
    judge_contexts(bench, readings[:1], PERIODIC, BEGIN)
    judge_contexts(bench, readings[1:], PERIODIC, END)
    at_the_end = [reading for reading in readings if END in reading.contexts]
    bench.check(len(at_the_end) == 1, "one meterValue with context Transaction.End", len(at_the_end))
    at_interval = [reading.at for reading in readings if reading not in at_the_end]
    check_interval(bench, at_interval, bench.settings.sampled_interval)
    for reading in readings:
        judge_measurands(bench, [reading], measurands(bench, "C-40.3"), f"at {reading.at.isoformat()}")
