"""Wrong calculations with charging profiles, in any OCPP version."""

from typing import Any

import msgspec

from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import with_arguments
from plugfest.station.model.smart_charging import composite
from plugfest.station.model.smart_charging.profile import ChargingProfile, ProfilePurpose, SchedulePeriod


def ignores(ignored: ProfilePurpose, condition: Any = lambda question: True) -> Patch:
    """Ignores charging profiles of a purpose."""

    def make(original: Function) -> Function:
        def active_period(profiles: Any, purpose: ProfilePurpose, question: Any, moment: Any) -> Any:
            if purpose is ignored and condition(question):
                return None
            return original(profiles, purpose, question, moment)

        return active_period

    return Patch(composite, "_active_period", make)


def inverted_stack_levels(profiles: Any, *rest: Any) -> tuple[Any, ...]:
    return [msgspec.structs.replace(each, stack_level=-each.stack_level) for each in profiles], *rest


def with_default_profile(original: Function) -> Function:
    """Applies TxDefaultProfile beside TxProfile."""

    def active_period(profiles: Any, purpose: ProfilePurpose, question: Any, moment: Any) -> Any:
        found = [original(profiles, each, question, moment) for each in {purpose, ProfilePurpose.TX_DEFAULT}]
        if purpose is not ProfilePurpose.TX or None in found:
            return original(profiles, purpose, question, moment)
        return min(found, key=lambda each: each[1].limit)

    return active_period


def schedule_read_with(**fields: object) -> Patch:
    """Reads every charging schedule with other fields."""

    def other(profile: ChargingProfile, *rest: Any) -> tuple[Any, ...]:
        schedule = msgspec.structs.replace(profile.schedule, **fields)
        return msgspec.structs.replace(profile, schedule=schedule), *rest

    return Patch(composite, "_period", with_arguments(other))


def first_period_only(profile: ChargingProfile, *rest: Any) -> tuple[Any, ...]:
    schedule = msgspec.structs.replace(profile.schedule, periods=profile.schedule.periods[:1])
    return msgspec.structs.replace(profile, schedule=schedule), *rest


def one_period_late(original: Function) -> Function:
    """Applies the limit of a period from its end."""

    def period(profile: ChargingProfile, *rest: Any) -> SchedulePeriod | None:
        current: SchedulePeriod | None = original(profile, *rest)
        periods = profile.schedule.periods
        return None if current is None else periods[max(periods.index(current) - 1, 0)]

    return period


def other_evse(self: Any, evse_id: int, *rest: Any) -> tuple[Any, ...]:
    return self, 2 if evse_id == 1 else 1, *rest


def first_period_reported(original: Function) -> Function:
    """Reports only one period."""
    return lambda *args, **kwargs: original(*args, **kwargs)[:1]


def above_the_limits(original: Function) -> Function:
    """Reports limits a tenth higher than those that it obeys."""

    def periods(*args: Any) -> list[SchedulePeriod]:
        return [msgspec.structs.replace(each, limit=round(each.limit * 1.1, 1)) for each in original(*args)]

    return periods
