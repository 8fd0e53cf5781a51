"""An EV draws no more than the charging profiles allow, once it has had time to react (SC.01)."""

import math
from collections.abc import Iterator
from datetime import timedelta

import msgspec

from plugfest.lab.checks.numbers import power_of_ten
from plugfest.lab.checks.smart_charging.limits import REACTION_TIME, LimitProfile, Purpose, Step, expected_steps
from plugfest.lab.checks.times import moved
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.energy import FLOWS
from plugfest.lab.v201.rules.smart_charging.history import InstalledProfile, installed_profiles
from plugfest.lab.v201.rules.smart_charging.profile_limits import limits_of
from plugfest.lab.v201.rules.transactions import Event, event_time, transactions
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import types as t

METER_TOLERANCE = 1.1
"""The factor by which a meter, or a voltage above the nominal one, may exceed the limit."""

VOLTAGE = 230.0

UNITS = {"Current.Import": "A", "Power.Active.Import": "W"}
"""The measurands that show a limit."""


class MeterReading(msgspec.Struct, frozen=True):
    """What a meter read: A or W, on all phases together (`overall`) or on one."""

    measurand: str
    value: float
    overall: bool


def _judge(evidence: Evidence) -> Iterator[Violation]:
    supported = any(evidence.product.named(profile) for profile in ("Smart Charging", "ISO 15118 Support"))
    if not supported or not installed_profiles(evidence):
        return
    for transaction in transactions(evidence):
        for event in transaction.received:
            if transaction.evse_id is not None:
                yield from _judge_event(evidence, transaction.id, transaction.evse_id, event)


def _judge_event(evidence: Evidence, transaction_id: str, evse_id: int, event: Event) -> Iterator[Violation]:
    phases = next((evse.phases or 0 for evse in evidence.product.evses if evse.id == evse_id), 0)
    for meter_value in given(event.message.meter_value) or ():
        at = event.exchange.loop_time(meter_value.timestamp)
        if abs(at - event_time(event)) > evidence.settings.time_tolerance:
            continue  # a value of another time, such as the first of the transaction
        profiles = _in_force(evidence, transaction_id, evse_id, at)
        limit = _limit(evidence, [each for each in profiles if each is not None], evse_id, phases, meter_value)
        if None in profiles or math.isinf(limit[1]):
            continue
        for draw in _draws(meter_value):
            most = _allowed(draw, *limit)
            if draw.value > max(most * METER_TOLERANCE, FLOWS[draw.measurand]):
                unit = UNITS[draw.measurand]
                yield Violation(
                    f"{draw.measurand} of at most {most:g} {unit}, as the charging profiles allow",
                    f"{draw.value:g} {unit}",
                    event.frame,
                )


def _in_force(evidence: Evidence, transaction_id: str, evse_id: int, at: float) -> list[InstalledProfile | None]:
    """The profiles for a transaction that were installed since the EV had to react; None for one that may have been."""
    begin = at - REACTION_TIME - evidence.settings.time_tolerance
    found: list[InstalledProfile | None] = []
    for each in installed_profiles(evidence):
        own = each.profile.charging_profile_purpose == t.ChargingProfilePurposeEnumType.TxProfile
        other = own and each.transaction_id not in (None, transaction_id)
        if each.evse_id not in (0, evse_id) or other:
            continue
        if each.installed.at <= begin and at <= each.clearing.at:
            found.append(each)
        elif each.requested.at <= at and each.cleared.at >= begin:
            found.append(None)
    return found


def _limit(
    evidence: Evidence, profiles: list[InstalledProfile], evse_id: int, phases: int, meter_value: t.MeterValueType
) -> tuple[str, float, int]:
    """The unit, the highest limit that the EV may still follow, and the number of phases; infinite if not known."""
    units = {each.profile.charging_schedule[0].charging_rate_unit.value for each in profiles}
    margin = evidence.settings.time_tolerance
    begin = moved(meter_value.timestamp, -timedelta(seconds=REACTION_TIME + margin))
    seconds = int(REACTION_TIME + 2 * margin) + 1
    limits = [_plain(limits_of(each.profile, each.evse_id)).on_phases(phases) for each in profiles]
    if len(units) != 1 or (units == {"A"} and not phases and any(each.purpose is Purpose.STATION for each in limits)):
        return "A", math.inf, phases  # the current of the grid is not that of the EV
    steps = expected_steps(limits, evse_id, begin, seconds, math.inf)
    named = min((each.named_phases for each in limits if each.named_phases), default=phases)
    return units.pop(), max(step.limit for step in steps), min(phases, named)


def _plain(profile: LimitProfile) -> LimitProfile:
    """With the highest limit only, if the lab does not know when the schedule began."""
    if profile.start is not None:
        return profile
    return msgspec.structs.replace(profile, steps=(Step(0, max(step.limit for step in profile.steps)),))


def _allowed(draw: MeterReading, unit: str, limit: float, phases: int) -> float:
    """The limit in the unit of what was measured, on its phases. A limit in A is per phase (K01.FR.51)."""
    used = max(phases, 1) if draw.overall else 1
    if UNITS[draw.measurand] == unit:
        return limit * used if unit == "A" else limit * used / max(phases, 1)
    if not phases:
        return math.inf  # the voltage of direct current is not known
    per_phase = limit if unit == "A" else limit / (VOLTAGE * phases)
    return per_phase * used * (VOLTAGE if draw.measurand == "Power.Active.Import" else 1.0)


def _draws(meter_value: t.MeterValueType) -> Iterator[MeterReading]:
    for sample in meter_value.sampled_value:
        measurand = str(given(sample.measurand))
        outlet = sample.location in (UNSET, t.LocationEnumType.Outlet)
        if measurand not in UNITS or not outlet or given(sample.phase) == "N":
            continue
        unit = given(sample.unit_of_measure)
        factor = power_of_ten(given(unit.multiplier) or 0) if unit is not None else 1.0
        factor *= 1000.0 if unit is not None and given(unit.unit) == "kW" else 1.0
        yield MeterReading(measurand, sample.value * factor, sample.phase is UNSET)


LIMITS_FOLLOWED = Rule("charging within the limits of the profiles", "SC.01, K01.FR.51, K04.FR.05", _judge)
