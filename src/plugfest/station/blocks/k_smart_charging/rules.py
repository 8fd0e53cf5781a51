"""Which charging profiles a station accepts. Pure functions."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from plugfest.station.model.smart_charging.profile import (
    ALL_PHASES,
    ChargingProfile,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
)

MAX_SECONDS: Final = 2**31 - 1
"""The largest start or duration in a schedule: an integer of 32 bits."""


class Limits(NamedTuple):
    """The limits of the station: maximum values, the supported units, and the least phases of each EVSE that is AC."""

    stack_level: int
    periods: int
    profiles: int
    units: frozenset[RateUnit]
    min_phases: Mapping[int, int]


def profile_problem(profile: ChargingProfile, limits: Limits, *, profile_count: int) -> str | None:
    """Why a profile is rejected; None if it is accepted. `profile_count`: the number of profiles with it."""
    if profile_count > limits.profiles:
        return f"more than {limits.profiles} profiles"
    return next((problem for problem, applies in _RULES if applies(profile, limits)), None)


_RULES: tuple[tuple[str, Callable[[ChargingProfile, Limits], bool]], ...] = (
    ("the stack level is out of range", lambda profile, limits: not 0 <= profile.stack_level <= limits.stack_level),
    ("the unit is not supported", lambda profile, limits: profile.schedule.unit not in limits.units),
    ("there is no period", lambda profile, limits: not profile.schedule.periods),
    ("there are too many periods", lambda profile, limits: len(profile.schedule.periods) > limits.periods),
    ("the first period does not begin at 0", lambda profile, _: profile.schedule.periods[0].start != 0),  # 1.6, 7.13
    ("the periods are not in order", lambda profile, _: not _in_order(profile)),
    ("a limit is below zero", lambda profile, _: any(period.limit < 0 for period in profile.schedule.periods)),
    ("a number of phases is out of range", lambda profile, _: not _has_possible_phases(profile)),
    # K01.FR.43. A higher number than possible is allowed (1.6 erratum 3.34; K01.FR.45).
    ("an EVSE cannot charge on so few phases", lambda profile, limits: not _ensures_phases(profile, limits)),
    ("a duration or start is out of range", lambda profile, _: not _fits_in_32_bits(profile)),
    (
        "the duration is not positive",
        lambda profile, _: profile.schedule.duration is not None and profile.schedule.duration <= 0,
    ),
    ("validTo is not after validFrom", lambda profile, _: not _has_validity_period(profile)),
    (
        "a Recurring profile has no recurrencyKind",
        lambda profile, _: profile.kind is ProfileKind.RECURRING and profile.recurrency is None,
    ),
    (
        "a Recurring profile has no startSchedule",
        lambda profile, _: profile.kind is ProfileKind.RECURRING and profile.schedule.start is None,
    ),
    # 1.6 erratum 3.56
    (
        "recurrencyKind is for Recurring profiles only",
        lambda profile, _: bool(profile.recurrency) and not _recurs(profile),
    ),
    # 1.6, 3.13.1
    ("ChargePointMaxProfile is for connector 0 only", lambda profile, _: _is_station(profile) and profile.evse_id != 0),
    (
        "ChargePointMaxProfile cannot be Relative",
        lambda profile, _: _is_station(profile) and profile.kind is ProfileKind.RELATIVE,
    ),
    ("TxProfile needs a connector", lambda profile, _: profile.purpose is ProfilePurpose.TX and profile.evse_id == 0),
)


def _recurs(profile: ChargingProfile) -> bool:
    return profile.kind is ProfileKind.RECURRING


def _is_station(profile: ChargingProfile) -> bool:
    return profile.purpose is ProfilePurpose.STATION


def _in_order(profile: ChargingProfile) -> bool:
    return all(one.start < other.start for one, other in pairwise(profile.schedule.periods))


def _fits_in_32_bits(profile: ChargingProfile) -> bool:
    seconds = [profile.schedule.duration or 0, *(period.start for period in profile.schedule.periods)]
    return max(seconds) <= MAX_SECONDS


def _has_possible_phases(profile: ChargingProfile) -> bool:
    return all(1 <= period.allowed_phases <= ALL_PHASES for period in profile.schedule.periods)


def _ensures_phases(profile: ChargingProfile, limits: Limits) -> bool:
    """Whether each EVSE that the profile is for can use no more phases than it allows."""
    concerned = (least for evse_id, least in limits.min_phases.items() if profile.evse_id in (0, evse_id))
    allowed = min(period.allowed_phases for period in profile.schedule.periods)
    return max(concerned, default=0) <= allowed


def _has_validity_period(profile: ChargingProfile) -> bool:
    return profile.valid_from is None or profile.valid_to is None or profile.valid_from < profile.valid_to
