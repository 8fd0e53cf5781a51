"""Which charging profiles make sense for a station: pure rules."""

from collections.abc import Callable
from itertools import pairwise
from typing import Final, NamedTuple

from plugfest.station.model.smart_charging.profile import ChargingProfile, ProfileKind, ProfilePurpose, RateUnit

MOST_PHASES: Final = 3

LONGEST: Final = 2**31 - 1
"""Seconds of a schedule: what fits into 32 bits."""


class Limits(NamedTuple):
    """What the station can keep, and in which units."""

    stack_level: int
    periods: int
    profiles: int
    units: frozenset[RateUnit]


def objection(profile: ChargingProfile, limits: Limits, *, profiles_then: int) -> str | None:
    """Why a profile cannot be followed, in a few words; None if it can. `profiles_then`: how many there would be."""
    if profiles_then > limits.profiles:
        return f"more than {limits.profiles} profiles"
    return next((words for words, breaks in _RULES if breaks(profile, limits)), None)


_RULES: tuple[tuple[str, Callable[[ChargingProfile, Limits], bool]], ...] = (
    ("the stack level is out of range", lambda profile, limits: not 0 <= profile.stack_level <= limits.stack_level),
    ("the unit is not supported", lambda profile, limits: profile.schedule.unit not in limits.units),
    ("there is no period", lambda profile, limits: not profile.schedule.periods),
    ("there are too many periods", lambda profile, limits: len(profile.schedule.periods) > limits.periods),
    ("the first period does not begin at 0", lambda profile, _: profile.schedule.periods[0].start != 0),  # 1.6, 7.13
    ("the periods are not in order", lambda profile, _: not _in_order(profile)),
    ("a limit is below zero", lambda profile, _: any(period.limit < 0 for period in profile.schedule.periods)),
    ("a number of phases is impossible", lambda profile, _: not _has_possible_phases(profile)),
    ("it lasts too long", lambda profile, _: not _is_of_this_age(profile)),
    ("it lasts no time", lambda profile, _: profile.schedule.duration is not None and profile.schedule.duration <= 0),
    ("it ends before it begins", lambda profile, _: not _is_valid_some_time(profile)),
    ("it recurs never", lambda profile, _: profile.kind is ProfileKind.RECURRING and profile.recurrency is None),
    (
        "it recurs without a start",
        lambda profile, _: profile.kind is ProfileKind.RECURRING and profile.schedule.start is None,
    ),
    # 1.6 erratum 3.56
    ("only what recurs has a recurrency", lambda profile, _: bool(profile.recurrency) and not _recurs(profile)),
    # 1.6, 3.13.1
    ("a limit of the station is the station's", lambda profile, _: _is_station(profile) and profile.evse_id != 0),
    (
        "the station is relative to nothing",
        lambda profile, _: _is_station(profile) and profile.kind is ProfileKind.RELATIVE,
    ),
    ("a transaction is at an EVSE", lambda profile, _: profile.purpose is ProfilePurpose.TX and profile.evse_id == 0),
)


def _recurs(profile: ChargingProfile) -> bool:
    return profile.kind is ProfileKind.RECURRING


def _is_station(profile: ChargingProfile) -> bool:
    return profile.purpose is ProfilePurpose.STATION


def _in_order(profile: ChargingProfile) -> bool:
    return all(one.start < other.start for one, other in pairwise(profile.schedule.periods))


def _is_of_this_age(profile: ChargingProfile) -> bool:
    seconds = [profile.schedule.duration or 0, *(period.start for period in profile.schedule.periods)]
    return max(seconds) <= LONGEST


def _has_possible_phases(profile: ChargingProfile) -> bool:
    return all(period.phases is None or 1 <= period.phases <= MOST_PHASES for period in profile.schedule.periods)


def _is_valid_some_time(profile: ChargingProfile) -> bool:
    return profile.valid_from is None or profile.valid_to is None or profile.valid_from < profile.valid_to
