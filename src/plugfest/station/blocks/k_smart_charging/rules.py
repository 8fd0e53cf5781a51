"""Which charging profiles a station accepts. Pure functions."""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from plugfest.station.model.smart_charging.profile import (
    ALL_PHASES,
    ChargingProfile,
    ProfileKind,
    ProfileProblem,
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


def profile_problem(profile: ChargingProfile, limits: Limits, *, profile_count: int) -> ProfileProblem | None:
    """Why a profile is rejected; None if it is accepted. `profile_count`: the number of profiles with it."""
    if profile_count > limits.profiles:
        return ProfileProblem(f"more than {limits.profiles} profiles", "TooManyElements")
    return next((ProfileProblem(text, code) for text, code, applies in _RULES if applies(profile, limits)), None)


def duplicate_problem(profile: ChargingProfile, installed: Iterable[ChargingProfile]) -> ProfileProblem | None:
    """Why a profile is rejected beside those that are installed; None if it is accepted. For OCPP 2.0.1."""
    for other in installed:
        if other.id == profile.id:
            if other.purpose is ProfilePurpose.EXTERNAL:
                return ProfileProblem("an external limit has this id", "DuplicateProfile")  # K01.FR.05
        elif _contradict(profile, other):
            return ProfileProblem(f"profile {other.id} is for the same purpose and stack level", "DuplicateProfile")
    return None


def _contradict(profile: ChargingProfile, other: ChargingProfile) -> bool:
    if (profile.purpose, profile.stack_level) != (other.purpose, other.stack_level):
        return False
    if profile.purpose is ProfilePurpose.TX:
        return profile.transaction_id == other.transaction_id  # K01.FR.39
    if profile.evse_id == other.evse_id:
        return profile.overlaps(other)  # K01.FR.06
    return profile.purpose is ProfilePurpose.TX_DEFAULT and 0 in (profile.evse_id, other.evse_id)  # K01.FR.52, FR.53


def is_significant(before: float, after: float, percent: float) -> bool:
    """Whether a limit has changed by more than LimitChangeSignificance (SC.03)."""
    return abs(after - before) > before * percent / 100


def start_problem(profile: ChargingProfile) -> ProfileProblem | None:
    """Whether startSchedule suits the kind of the profile. For OCPP 2.0.1; 1.6 has a default (7.13)."""
    relative = profile.kind is ProfileKind.RELATIVE
    if relative and profile.schedule.start is not None:
        return ProfileProblem("a Relative profile has a startSchedule", "InvalidSchedule")  # K01.FR.41
    if not relative and profile.schedule.start is None:
        return ProfileProblem(f"a profile of kind {profile.kind} has no startSchedule", "InvalidSchedule")  # K01.FR.40
    return None


_RULES: tuple[tuple[str, str, Callable[[ChargingProfile, Limits], bool]], ...] = (
    (
        "the stack level is out of range",
        "InvalidStackLevel",
        lambda profile, limits: not 0 <= profile.stack_level <= limits.stack_level,
    ),
    # K01.FR.26
    (
        "the unit is not supported",
        "UnsupportedRateUnit",
        lambda profile, limits: profile.schedule.unit not in limits.units,
    ),
    ("there is no period", "InvalidSchedule", lambda profile, limits: not profile.schedule.periods),
    (
        "there are too many periods",
        "TooManyElements",
        lambda profile, limits: len(profile.schedule.periods) > limits.periods,
    ),
    # 1.6, 7.13; K01.FR.31
    (
        "the first period does not begin at 0",
        "InvalidSchedule",
        lambda profile, _: profile.schedule.periods[0].start != 0,
    ),
    ("the periods are not in order", "InvalidSchedule", lambda profile, _: not _in_order(profile)),  # K01.FR.35
    (
        "a limit is below zero",
        "InvalidSchedule",
        lambda profile, _: any(period.limit < 0 for period in profile.schedule.periods),
    ),
    ("a number of phases is out of range", "InvalidSchedule", lambda profile, _: not _has_possible_phases(profile)),
    # K01.FR.43. A higher number than possible is allowed (1.6 erratum 3.34; K01.FR.45).
    (
        "an EVSE cannot charge on so few phases",
        "InvalidSchedule",
        lambda profile, limits: not _ensures_phases(profile, limits),
    ),
    # K01.FR.19
    ("a phase is for one phase only", "InvalidSchedule", lambda profile, _: not _names_phase_of_one(profile)),
    # K01.FR.48: an EVSE on one phase is connected to the first.
    ("an EVSE uses another phase", "InvalidSchedule", lambda profile, limits: not _uses_phase(profile, limits)),
    ("a duration or start is out of range", "InvalidSchedule", lambda profile, _: not _fits_in_32_bits(profile)),
    (
        "the duration is not positive",
        "InvalidSchedule",
        lambda profile, _: profile.schedule.duration is not None and profile.schedule.duration <= 0,
    ),
    ("validTo is not after validFrom", "InvalidProfile", lambda profile, _: not _has_validity_period(profile)),
    (
        "a Recurring profile has no recurrencyKind",
        "InvalidProfile",
        lambda profile, _: profile.kind is ProfileKind.RECURRING and profile.recurrency is None,
    ),
    (
        "a Recurring profile has no startSchedule",
        "InvalidSchedule",
        lambda profile, _: profile.kind is ProfileKind.RECURRING and profile.schedule.start is None,
    ),
    # 1.6 erratum 3.56
    (
        "recurrencyKind is for Recurring profiles only",
        "InvalidProfile",
        lambda profile, _: bool(profile.recurrency) and not _recurs(profile),
    ),
    # K01.FR.22
    (
        "an external limit is not set by the CSMS",
        "InvalidProfile",
        lambda profile, _: profile.purpose is ProfilePurpose.EXTERNAL,
    ),
    # 1.6, 3.13.1; K04.FR.03
    (
        "a profile of the whole station is not for one EVSE",
        "InvalidProfile",
        lambda profile, _: _is_station(profile) and profile.evse_id != 0,
    ),
    # K01.FR.38
    (
        "a profile of the whole station cannot be Relative",
        "InvalidProfile",
        lambda profile, _: _is_station(profile) and profile.kind is ProfileKind.RELATIVE,
    ),
    # K01.FR.16
    (
        "TxProfile needs an EVSE",
        "InvalidProfile",
        lambda profile, _: profile.purpose is ProfilePurpose.TX and profile.evse_id == 0,
    ),
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
    concerned = _min_phases(profile, limits)
    allowed = min(period.allowed_phases for period in profile.schedule.periods)
    return max(concerned, default=0) <= allowed


def _min_phases(profile: ChargingProfile, limits: Limits) -> list[int]:
    return [least for evse_id, least in limits.min_phases.items() if profile.evse_id in (0, evse_id)]


def _names_phase_of_one(profile: ChargingProfile) -> bool:
    return all(period.phase is None or period.phases == 1 for period in profile.schedule.periods)


def _uses_phase(profile: ChargingProfile, limits: Limits) -> bool:
    """Direct current has no phase (K01.FR.44)."""
    used = {period.phase for period in profile.schedule.periods} <= {None, 1}
    return used or not _min_phases(profile, limits)


def _has_validity_period(profile: ChargingProfile) -> bool:
    return profile.valid_from is None or profile.valid_to is None or profile.valid_from < profile.valid_to
