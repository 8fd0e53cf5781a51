"""The limits that follow from the charging profiles of a world: a calculation apart from those of station and lab."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from plugfest.rig.simulation.invariants.history import InstalledProfile
from plugfest.rig.simulation.worlds.events import Period, SetProfile

VOLTAGE: Final = 230.0
"""V between a phase and neutral, with which A and W are converted."""

ALL_PHASES: Final = 3


def active_period(profile: InstalledProfile, now: datetime, transaction_start: datetime) -> Period | None:
    """The period of a profile that applies now; None if there is none."""
    elapsed = (now - (profile.start or transaction_start)).total_seconds()
    if elapsed < 0 or (profile.event.duration and elapsed >= profile.event.duration):
        return None
    begun = [period for period in profile.event.periods if period.start <= elapsed]
    return begun[-1] if begun else None


def prevailing(
    profiles: Sequence[InstalledProfile], evse: int, now: datetime, transaction_start: datetime
) -> tuple[SetProfile, Period] | None:
    """The period of the highest stack level at an EVSE.

    On each level a profile of the EVSE itself has replaced that of all EVSEs, also after its end (1.6, 3.13.1).
    """
    own = {each.event.stack_level for each in profiles if each.event.evse == evse}
    here = [each for each in profiles if each.event.evse == evse or (not each.event.evse and _level(each) not in own)]
    periods = [(each.event, active_period(each, now, transaction_start)) for each in here]
    active = [(event, period) for event, period in periods if period is not None]
    return max(active, key=lambda each: each[0].stack_level, default=None)


def _level(profile: InstalledProfile) -> int:
    return profile.event.stack_level


def evse_limit(
    profiles: Sequence[InstalledProfile],
    evse: int,
    now: datetime,
    transaction_start: datetime,
    *,
    phases: int,
    per_named_phase: bool,
) -> float:
    """The maximum power in W of a transaction on so many phases (0: direct current).

    `per_named_phase`: a limit in W is shared by the phases that its period names (2.0.1, K01.FR.50).
    """
    own = [each for each in profiles if each.event.purpose == "Transaction"]
    default = [each for each in profiles if each.event.purpose == "Default"]
    found = prevailing(own, evse, now, transaction_start) or prevailing(default, evse, now, transaction_start)
    if found is None:
        return math.inf
    event, period = found
    named = period.phases or ALL_PHASES
    if phases > named:
        return 0.0
    if event.unit == "A":
        return period.limit * VOLTAGE * phases
    return period.limit * phases / named if per_named_phase and phases else period.limit


def station_limit(profiles: Sequence[InstalledProfile], now: datetime) -> tuple[float, float]:
    """The limits of the whole station: A on each phase, and W."""
    own = [each for each in profiles if each.event.purpose == "Station"]
    found = prevailing(own, 0, now, now)
    if found is None:
        return math.inf, math.inf
    event, period = found
    if event.unit == "A":
        return period.limit, math.inf
    return math.inf, period.limit


def before(now: datetime, seconds: float) -> datetime:
    return now - timedelta(seconds=seconds)
