"""Readings: what meter values say, of which EVSE, when and why they were taken."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.ledger import ReceivedEvent
from plugfest.lab.v201.metering import REGISTER
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

LINES = frozenset({"L1", "L2", "L3"})

PERIODIC = "Sample.Periodic"
"""The context of a value that names none."""


class Reading(msgspec.Struct, frozen=True):
    """One MeterValue: samples that were taken together."""

    evse_id: int
    at: datetime
    samples: tuple[t.SampledValueType, ...]
    frame: int

    @property
    def measurands(self) -> frozenset[str]:
        """What was measured; a sample that does not say is of the energy register."""
        return frozenset(str(given(sample.measurand) or REGISTER) for sample in self.samples)

    @property
    def contexts(self) -> frozenset[str]:
        """Why it was measured."""
        return frozenset(str(given(sample.context) or PERIODIC) for sample in self.samples)


class Round(msgspec.Struct, frozen=True):
    """Readings of one moment, spread over as many messages as the station likes."""

    at: datetime
    readings: tuple[Reading, ...]

    def of(self, evse_id: int) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if reading.evse_id == evse_id)


def in_event(bench: Bench, event: m.TransactionEventRequest, frame: int) -> Iterator[Reading]:
    """The readings that an event of the transaction under test carries."""
    return _readings(bench.settings.evse_id, given(event.meter_value) or (), frame)


def in_meter_values(message: m.MeterValuesRequest, frame: int) -> Iterator[Reading]:
    """The readings of a MeterValuesRequest."""
    return _readings(message.evse_id, message.meter_value, frame)


def _readings(evse_id: int, values: Iterable[t.MeterValueType], frame: int) -> Iterator[Reading]:
    for value in values:
        yield Reading(evse_id, value.timestamp, tuple(value.sampled_value), frame)


def rounds(readings: Iterable[Reading], tolerance: float) -> list[Round]:
    """Readings by moment: those that are apart by no more than the tolerance (seconds) belong together."""
    found: list[list[Reading]] = []
    for reading in sorted(readings, key=lambda one: one.at):
        if not found or reading.at - found[-1][0].at > timedelta(seconds=tolerance):
            found.append([])
        found[-1].append(reading)
    return [Round(group[0].at, tuple(group)) for group in found]


def event_of(bench: Bench, event_type: str) -> ReceivedEvent:
    """The event of this type of the transaction under test."""
    transaction = bench.ledger.transactions.get(bench.known_state.transaction_id or "")
    events = transaction.events if transaction else []
    found = next((event for event in events if event.message.event_type == event_type), None)
    if found is None:
        bench.judge.fail_missing("TransactionEventRequest", f"eventType {event_type}", "none")
        raise AssertionError("unreachable")
    return found


# Checks


def judge_contexts(bench: Bench, readings: Iterable[Reading], *allowed: str) -> None:
    """Every sample was taken for one of these reasons."""
    for reading in readings:
        strange = reading.contexts - set(allowed)
        bench.check(
            not strange, f"context {' or '.join(allowed)} in every sample", ", ".join(strange), frame=reading.frame
        )


def judge_measurands(bench: Bench, readings: Sequence[Reading], wanted: Collection[str], where: str) -> None:
    """Each of the wanted measurands is in one of these readings, and of every phase if it is told by phases."""
    there = frozenset[str]().union(*(reading.measurands for reading in readings))
    bench.check(
        set(wanted) <= there,
        f"{', '.join(sorted(wanted))} {where}",
        ", ".join(sorted(there)) or "no meter values",
        frame=readings[0].frame if readings else bench.csms.last_frame,
    )
    for measurand in wanted:
        _judge_phases(bench, readings, measurand)


def _judge_phases(bench: Bench, readings: Sequence[Reading], measurand: str) -> None:
    """As many phases as the EVSE has (SupplyPhases)."""
    for evse in bench.product.evses:
        of_evse = [reading for reading in readings if reading.evse_id == evse.id]
        told = {
            str(phase).removesuffix("-N")
            for reading in of_evse
            for sample in reading.samples
            if (given(sample.measurand) or REGISTER) == measurand and (phase := given(sample.phase)) is not None
        }
        missing = {f"L{number}" for number in range(1, evse.phases + 1)} - told if told & LINES else set()
        bench.check(
            not missing,
            f"{measurand} of each of {evse.phases} phases of EVSE {evse.id}",
            f"not of {', '.join(sorted(missing))}",
            frame=of_evse[0].frame if of_evse else bench.csms.last_frame,
        )


def judge_register(bench: Bench, readings: Iterable[Reading]) -> None:
    """J02.FR.16: the energy register of an EVSE never runs backwards."""
    highest: dict[int, float] = {}
    for reading in sorted(readings, key=lambda one: one.at):
        for energy in _registers(reading):
            before = highest.get(reading.evse_id, energy)
            bench.check(energy >= before, f"{REGISTER} of at least {before:g}", f"{energy:g}", frame=reading.frame)
            highest[reading.evse_id] = energy


def _registers(reading: Reading) -> Iterator[float]:
    """The register over all phases at the outlet, as the meter shows it."""
    for sample in reading.samples:
        where = given(sample.location) or t.LocationEnumType.Outlet
        is_register = (given(sample.measurand) or REGISTER) == REGISTER
        if is_register and sample.phase is UNSET and where == t.LocationEnumType.Outlet:
            yield watt_hours(sample)


def watt_hours(sample: t.SampledValueType) -> float:
    """The value of an energy measurand in Wh."""
    unit = given(sample.unit_of_measure)
    if unit is None:
        return sample.value
    return sample.value * 10.0 ** ((given(unit.multiplier) or 0) + (3 if given(unit.unit) == "kWh" else 0))


def judge_moments(bench: Bench, readings: Iterable[Reading], since: datetime, until: datetime) -> None:
    """Every reading was taken between these moments."""
    tolerance = timedelta(seconds=bench.settings.time_tolerance)
    for reading in readings:
        bench.check(
            since - tolerance <= reading.at <= until + tolerance,
            f"a meterValue.timestamp from {since.isoformat()} to {until.isoformat()}",
            reading.at.isoformat(),
            frame=reading.frame,
        )
