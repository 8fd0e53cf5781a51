"""Readings of meter values: EVSE, time and samples, and checks of them.

Edition 4 (after Part 6 of OCPP 2.1 Edition 2) adds to every case of meter values that only samples of SoC have the
location EV.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from plugfest.lab.checks.numbers import power_of_ten
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.ledger import ReceivedEvent
from plugfest.lab.v201.metering import REGISTER
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.products import Evse

LINES = frozenset({"L1", "L2", "L3"})

PERIODIC = "Sample.Periodic"
"""The context of a sampled value that omits it."""


class Reading(msgspec.Struct, frozen=True):
    """One MeterValue: the samples taken at one time. `frame` is the index of its message in the record."""

    evse_id: int
    at: datetime
    samples: tuple[t.SampledValueType, ...]
    frame: int

    @property
    def measurands(self) -> frozenset[str]:
        """The measurands; a sample that omits it is of the energy register."""
        return frozenset(str(given(sample.measurand) or REGISTER) for sample in self.samples)

    @property
    def contexts(self) -> frozenset[str]:
        """The reading contexts."""
        return frozenset(str(given(sample.context) or PERIODIC) for sample in self.samples)


class Round(msgspec.Struct, frozen=True):
    """The readings of one moment, in any number of messages."""

    at: datetime
    readings: tuple[Reading, ...]

    def of(self, evse_id: int) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if reading.evse_id == evse_id)


def in_event(bench: Bench, event: m.TransactionEventRequest, frame: int) -> Iterator[Reading]:
    """The readings in an event of the transaction under test."""
    return _readings(bench.settings.evse_id, given(event.meter_value) or (), frame)


def in_meter_values(message: m.MeterValuesRequest, frame: int) -> Iterator[Reading]:
    """The readings in a MeterValuesRequest."""
    return _readings(message.evse_id, message.meter_value, frame)


def _readings(evse_id: int, values: Iterable[t.MeterValueType], frame: int) -> Iterator[Reading]:
    for value in values:
        yield Reading(evse_id, value.timestamp, tuple(value.sampled_value), frame)


def rounds(readings: Iterable[Reading], tolerance: float) -> list[Round]:
    """The readings grouped by moment: those within the tolerance (seconds) of the first belong together."""
    groups: list[list[Reading]] = []
    for reading in sorted(readings, key=lambda each: each.at):
        if not groups or reading.at - groups[-1][0].at > timedelta(seconds=tolerance):
            groups.append([])
        groups[-1].append(reading)
    return [Round(group[0].at, tuple(group)) for group in groups]


def at_one_moment(readings: Iterable[Reading]) -> list[Reading]:
    """The readings of one EVSE with the same time and contexts as one: they may be in several elements."""
    merged: dict[tuple[int, datetime, frozenset[str]], Reading] = {}
    for reading in readings:
        key = (reading.evse_id, reading.at, reading.contexts)
        before = merged.get(key)
        samples = reading.samples if before is None else (*before.samples, *reading.samples)
        merged[key] = msgspec.structs.replace(before or reading, samples=samples)
    return list(merged.values())


def event_of(bench: Bench, event_type: str) -> ReceivedEvent:
    """The first event of this type in the transaction under test."""
    transaction = bench.ledger.transactions.get(bench.known_state.transaction_id or "")
    events = transaction.events if transaction else []
    found = next((event for event in events if event.message.event_type == event_type), None)
    if found is None:
        bench.judge.fail_missing("TransactionEventRequest", f"eventType {event_type}", "none")
        raise AssertionError("unreachable")
    return found


# Checks


def check_contexts(bench: Bench, readings: Iterable[Reading], *allowed: str) -> None:
    """Every sample has one of these contexts."""
    for reading in readings:
        wrong = reading.contexts - set(allowed)
        bench.check(not wrong, f"context {' or '.join(allowed)} in every sample", ", ".join(wrong), frame=reading.frame)


def are_complete(bench: Bench, readings: Sequence[Reading], required: Collection[str]) -> bool:
    """Whether `check_measurands` holds: no further message of the same moment has to come."""
    phases_missing = (
        missing for measurand in required for _, missing in _missing_phases(bench, readings, measurand) if missing
    )
    return set(required) <= _reported(readings) and not any(phases_missing)


def _reported(readings: Iterable[Reading]) -> frozenset[str]:
    return frozenset[str]().union(*(reading.measurands for reading in readings))


def check_measurands(bench: Bench, readings: Sequence[Reading], required: Collection[str], scope: str) -> None:
    """Each required measurand is in one of the readings, with every phase if it is reported per phase."""
    reported = _reported(readings)
    bench.check(
        set(required) <= reported,
        f"{', '.join(sorted(required))} {scope}",
        ", ".join(sorted(reported)) or "no meter values",
        frame=readings[0].frame if readings else bench.csms.last_frame,
    )
    for measurand in required:
        _check_phases(bench, readings, measurand)


def _check_phases(bench: Bench, readings: Sequence[Reading], measurand: str) -> None:
    """A measurand per phase has all phases of the EVSE (SupplyPhases)."""
    for evse, missing in _missing_phases(bench, readings, measurand):
        of_evse = [reading for reading in readings if reading.evse_id == evse.id]
        bench.check(
            not missing,
            f"{measurand} of all {evse.phases} phases of EVSE {evse.id}",
            f"missing: {', '.join(sorted(missing))}",
            frame=of_evse[0].frame if of_evse else bench.csms.last_frame,
        )


def _missing_phases(bench: Bench, readings: Sequence[Reading], measurand: str) -> Iterator[tuple[Evse, frozenset[str]]]:
    """The phases that each EVSE does not report, of a measurand that it reports per phase."""
    for evse in bench.product.evses:
        of_evse = [reading for reading in readings if reading.evse_id == evse.id]
        reported = {
            str(phase).removesuffix("-N")
            for reading in of_evse
            for sample in reading.samples
            if (given(sample.measurand) or REGISTER) == measurand and (phase := given(sample.phase)) is not None
        }
        lines = frozenset(f"L{number}" for number in range(1, evse.phases + 1)) if reported & LINES else frozenset()
        yield evse, lines - reported


def check_register(bench: Bench, readings: Iterable[Reading]) -> None:
    """J02.FR.16: the energy register of an EVSE never decreases."""
    highest: dict[int, float] = {}
    for reading in sorted(readings, key=lambda each: each.at):
        for energy in _registers(reading):
            before = highest.get(reading.evse_id, energy)
            bench.check(energy >= before, f"{REGISTER} of at least {before:g}", f"{energy:g}", frame=reading.frame)
            highest[reading.evse_id] = energy


def _registers(reading: Reading) -> Iterator[float]:
    """The energy registers at the outlet, in total and not per phase, in Wh."""
    for sample in reading.samples:
        location = given(sample.location) or t.LocationEnumType.Outlet
        is_register = (given(sample.measurand) or REGISTER) == REGISTER
        if is_register and sample.phase is UNSET and location == t.LocationEnumType.Outlet:
            yield watt_hours(sample)


def watt_hours(sample: t.SampledValueType) -> float:
    """The value of an energy measurand in Wh."""
    unit = given(sample.unit_of_measure)
    if unit is None:
        return sample.value
    return sample.value * power_of_ten((given(unit.multiplier) or 0) + (3 if given(unit.unit) == "kWh" else 0))


def check_times(bench: Bench, readings: Iterable[Reading], since: datetime, until: datetime) -> None:
    """Every reading was taken between these times."""
    tolerance = timedelta(seconds=bench.settings.time_tolerance)
    for reading in readings:
        bench.check(
            since - reading.at <= tolerance and reading.at - until <= tolerance,
            f"meterValue.timestamp from {since.isoformat()} to {until.isoformat()}",
            reading.at.isoformat(),
            frame=reading.frame,
        )
