"""Random charging profiles, and the supplies of EVSEs."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import strategies as st

from plugfest.station.model.smart_charging.composite import Supply
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ChargingSchedule,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AC = Supply(frozenset({3}), 22_080.0)
SWITCHABLE = Supply(frozenset({1, 3}), 22_080.0)
TWO_PHASES = Supply(frozenset({2}), 14_720.0)
ONE_PHASE = Supply(frozenset({1}), 7_360.0)
DC = Supply(frozenset(), 200_000.0)

SUPPLIES = st.sampled_from([AC, SWITCHABLE, TWO_PHASES, ONE_PHASE, DC])

SECONDS = st.integers(-200, 200)


@st.composite
def schedules(draw: st.DrawFn) -> ChargingSchedule:
    starts = sorted(draw(st.sets(st.integers(1, 250), max_size=4)))
    unit = draw(st.sampled_from(RateUnit))
    limits = st.integers(0, 30).map(lambda limit: limit * (1000.0 if unit is RateUnit.WATT else 1.0))
    return ChargingSchedule(
        unit=unit,
        periods=tuple(
            SchedulePeriod(start, draw(limits), draw(st.sampled_from([None, 1, 2, 3]))) for start in (0, *starts)
        ),
        duration=draw(st.none() | st.integers(1, 300)),
        start=draw(st.none() | SECONDS.map(lambda seconds: NOW + timedelta(seconds=seconds))),
        per_named_phase=draw(st.booleans()),
    )


_EVSE_IDS = {
    ProfilePurpose.STATION: [0],
    ProfilePurpose.EXTERNAL: [0, 1, 2],
    ProfilePurpose.TX_DEFAULT: [0, 1, 2],
    ProfilePurpose.TX: [1],
}


def _kinds(purpose: ProfilePurpose, schedule: ChargingSchedule) -> list[ProfileKind]:
    """The whole station has no transaction that a schedule is relative to, and an external limit does not recur."""
    if purpose is ProfilePurpose.EXTERNAL or (purpose is ProfilePurpose.STATION and schedule.start is None):
        return [ProfileKind.ABSOLUTE]
    return [ProfileKind.RELATIVE] if schedule.start is None else [ProfileKind.ABSOLUTE, ProfileKind.RECURRING]


@st.composite
def profiles(draw: st.DrawFn) -> ChargingProfile:
    purpose = draw(st.sampled_from(ProfilePurpose))
    schedule = draw(schedules())
    kind = draw(st.sampled_from(_kinds(purpose, schedule)))
    days = draw(st.sampled_from([0, 1, 3, 7])) if kind is ProfileKind.RECURRING else 0
    start = None if schedule.start is None else schedule.start - timedelta(days=days)
    moments = st.none() | SECONDS.map(lambda seconds: NOW + timedelta(seconds=seconds))
    return ChargingProfile(
        id=draw(st.integers(1, 99)),
        evse_id=draw(st.sampled_from(_EVSE_IDS[purpose])),
        stack_level=draw(st.integers(0, 3)),
        purpose=purpose,
        kind=kind,
        schedule=msgspec.structs.replace(schedule, start=start),
        recurrency=draw(st.sampled_from(Recurrency)) if kind is ProfileKind.RECURRING else None,
        valid_from=draw(moments),
        valid_to=draw(moments),
    )


def installed(drawn: list[ChargingProfile]) -> list[ChargingProfile]:
    """Of profiles that replace each other only the last remains."""
    kept: list[ChargingProfile] = []
    for number, each in enumerate(drawn):
        each = msgspec.structs.replace(each, id=number)
        kept = [other for other in kept if not each.replaces(other)] + [each]
    return kept
