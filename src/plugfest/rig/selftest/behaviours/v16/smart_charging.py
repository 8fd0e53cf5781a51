"""Wrong in block K: limits over time."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, later_with_fields, with_arguments
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.conversion.v16 import profile_of
from plugfest.station.blocks.f_remote_control import v16 as remote_control_block
from plugfest.station.blocks.k_smart_charging import v16 as block
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.smart_charging import composite
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.limiter import Limiter
from plugfest.station.model.smart_charging.profile import ChargingProfile, ProfilePurpose, RateUnit, SchedulePeriod

REFERENCE = "reference-16-ac"

SCHEDULES = "TC_056 TC_057 TC_059 TC_066 TC_067 TC_072 TC_082"
"""The cases that look at a composite schedule."""


# Which profile counts


def _ignores(purpose: ProfilePurpose, where: Any = lambda question: True) -> Patch:
    """Profiles of a purpose do not count."""

    def make(right: Function) -> Function:
        def prevailing(profiles: Any, wanted: ProfilePurpose, question: Any, moment: Any) -> Any:
            return None if wanted is purpose and where(question) else right(profiles, wanted, question, moment)

        return prevailing

    return Patch(composite, "_active_period", make)


def _upside_down(profiles: Any, *rest: Any) -> tuple[Any, ...]:
    return [msgspec.structs.replace(each, stack_level=-each.stack_level) for each in profiles], *rest


def _lowest_of_all(right: Function) -> Function:
    """A profile of the transaction limits beside the default one, instead of it."""

    def prevailing(profiles: Any, purpose: ProfilePurpose, question: Any, moment: Any) -> Any:
        found = [right(profiles, each, question, moment) for each in {purpose, ProfilePurpose.TX_DEFAULT}]
        if purpose is not ProfilePurpose.TX or None in found:
            return right(profiles, purpose, question, moment)
        return min(found, key=lambda each: each[1].limit)

    return prevailing


def _same_purpose(self: ChargingProfile, other: ChargingProfile) -> bool:
    return self.id == other.id or (self.purpose, self.evse_id) == (other.purpose, other.evse_id)


# What a schedule says


def _schedule(**fields: object) -> Patch:
    """Every schedule with other fields."""

    def other(profile: ChargingProfile, *rest: Any) -> tuple[Any, ...]:
        schedule = msgspec.structs.replace(profile.schedule, **fields)
        return msgspec.structs.replace(profile, schedule=schedule), *rest

    return Patch(composite, "_period", with_arguments(other))


def _first_period_only(profile: ChargingProfile, *rest: Any) -> tuple[Any, ...]:
    schedule = msgspec.structs.replace(profile.schedule, periods=profile.schedule.periods[:1])
    return msgspec.structs.replace(profile, schedule=schedule), *rest


def _a_period_late(right: Function) -> Function:
    """The limit of a period begins where the period ends."""

    def period(profile: ChargingProfile, *rest: Any) -> SchedulePeriod | None:
        says: SchedulePeriod | None = right(profile, *rest)
        periods = profile.schedule.periods
        return None if says is None else periods[max(periods.index(says) - 1, 0)]

    return period


# What is answered


def _labelled(unit: str) -> Any:
    def schedule(response: m.GetCompositeScheduleResponse) -> Any:
        if response.charging_schedule is UNSET:
            return UNSET
        return msgspec.structs.replace(response.charging_schedule, charging_rate_unit=t.ChargingRateUnitType(unit))

    return schedule


def _in_watts(self: Any, evse_id: int, unit: RateUnit, duration: float) -> tuple[Any, ...]:
    return self, evse_id, RateUnit.WATT, duration


def _other_connector(self: Any, evse_id: int, *rest: Any) -> tuple[Any, ...]:
    return self, 2 if evse_id == 1 else 1, *rest


def _all_but_the_first(right: Function) -> Function:
    """Not more than one period is told."""
    return lambda *args, **kwargs: right(*args, **kwargs)[:1]


# What is cleared


def _level_0_is_none(request: m.ClearChargingProfileRequest, profile: ChargingProfile) -> tuple[Any, ...]:
    level = request.stack_level or UNSET
    return msgspec.structs.replace(request, stack_level=level), profile


def _by_id_only(right: Function) -> Function:
    return lambda request, profile: request.id is not UNSET and right(request, profile)


# What is refused


def _any_transaction(right: Function) -> Function:
    """Whatever transactionId comes with a profile, it is for the transaction that there is."""

    def wanted(context: Any, request: m.SetChargingProfileRequest) -> Any:
        nameless = msgspec.structs.replace(request.cs_charging_profiles, transaction_id=UNSET)
        return right(context, msgspec.structs.replace(request, cs_charging_profiles=nameless))

    return wanted


def _no_transaction_needed(context: Any, request: m.SetChargingProfileRequest) -> Any:
    return profile_of(request.cs_charging_profiles, request.connector_id, "none")


def _wrong(name: str, requirement: str, cases: str, *patches: Patch) -> Behaviour:
    return wrong(name, requirement, cases, *patches, product=REFERENCE)


_SET = t.SetChargingProfileResponseStatus

BEHAVIOURS: tuple[Behaviour, ...] = (
    _wrong(
        "the lowest stack level prevails",
        "3.13.2",
        "TC_067 TC_072",
        Patch(composite, "_active_period", with_arguments(_upside_down)),
    ),
    _wrong(
        "a profile on top of another one replaces it",
        "3.13.2",
        "TC_072",
        Patch(ChargingProfile, "replaces", lambda right: _same_purpose),
    ),
    _wrong(
        "default profiles do not count",
        "3.13.1",
        "TC_056 TC_066 TC_067 TC_072 TC_082",
        _ignores(ProfilePurpose.TX_DEFAULT),
    ),
    _wrong(
        "default profiles count only for transactions",
        "3.13.1",
        "TC_056 TC_067 TC_072",
        _ignores(ProfilePurpose.TX_DEFAULT, lambda question: question.transaction_start is None),
    ),
    _wrong(
        "a new default profile does not count for the transaction that goes on",
        "3.13.1",
        "TC_066 TC_082",
        _ignores(ProfilePurpose.TX_DEFAULT, lambda question: question.transaction_start is not None),
    ),
    _wrong("profiles of transactions do not count", "3.13.1", "TC_057 TC_059 TC_066", _ignores(ProfilePurpose.TX)),
    _wrong("limits of the station do not count", "3.13.3", "TC_066", _ignores(ProfilePurpose.STATION)),
    _wrong(
        "a profile of the transaction does not overrule the default one",
        "3.13.1",
        "TC_066",
        Patch(composite, "_active_period", _lowest_of_all),
    ),
    _wrong("a schedule does not end", "5.16.4", "TC_066 TC_072", _schedule(duration=None)),
    _wrong("schedules count from the request on", "7.8", "TC_072", _schedule(start=None)),
    _wrong(
        "only the first period of a schedule counts",
        "7.13",
        "TC_059 TC_066 TC_067 TC_072",
        Patch(composite, "_period", with_arguments(_first_period_only)),
    ),
    _wrong(
        "periods count from their end on",
        "7.14",
        "TC_059 TC_066 TC_067 TC_072",
        Patch(composite, "_period", _a_period_late),
    ),
    # GetCompositeSchedule
    _wrong(
        "a composite schedule has another unit than it says",
        "5.7",
        SCHEDULES,
        Patch(Limiter, "schedule", with_arguments(_in_watts)),
    ),
    _wrong(
        "a composite schedule is told in watts",
        "5.7",
        SCHEDULES,
        Patch(block, "_get_composite", later_with_fields(charging_schedule=_labelled("W"))),
    ),
    _wrong(
        "a composite schedule is that of another connector",
        "5.7",
        SCHEDULES,
        Patch(Limiter, "schedule", with_arguments(_other_connector)),
    ),
    _wrong(
        "a composite schedule tells of the present only",
        "5.7",
        "TC_059 TC_066 TC_067 TC_072",
        Patch(Limiter, "schedule", _all_but_the_first),
    ),
    # SetChargingProfile
    _wrong(
        "a profile is accepted and not kept",
        "7.11",
        "TC_056 TC_057 TC_059 TC_082",
        Patch(ChargingProfiles, "put", NOTHING),
    ),
    _wrong(
        "a profile is kept and said to be rejected",
        "7.11",
        "TC_056 TC_057 TC_082",
        Patch(block, "_set", later_with_fields(status=_SET.Rejected)),
    ),
    _wrong(
        "a profile for a transaction needs none",
        "3.13.1",
        "TC_058_1 TC_058_2",
        Patch(block, "_requested_profile", lambda right: _no_transaction_needed),
    ),
    _wrong(
        "a profile may be for any transaction", "7.8", "TC_058_2", Patch(block, "_requested_profile", _any_transaction)
    ),
    _wrong(
        "a profile is refused and kept",
        "3.13.1",
        "TC_058_1 TC_058_2",
        Patch(block, "_requested_profile", lambda right: _no_transaction_needed),
        Patch(block, "_set", later_with_fields(status=_SET.Rejected)),
    ),
    _wrong(
        "a limit is installed and the EV takes what it likes",
        "7.11",
        "TC_057 TC_059 TC_082",
        Patch(PowerPath, "limit", always(False)),
    ),
    # RemoteStartTransaction
    _wrong(
        "the profile of a remote start is forgotten",
        "5.11",
        "TC_059",
        Patch(ChargingProfiles, "set_for_remote_start", NOTHING),
    ),
    _wrong(
        "a remote start may bring any profile",
        "5.16.2",
        "TC_060",
        Patch(remote_control_block, "_accepts_profile", always(True)),
    ),
    # ClearChargingProfile
    _wrong("profiles are cleared and stay", "5.5", "TC_067", Patch(ChargingProfiles, "clear", always(True))),
    _wrong(
        "there is never a profile to clear", "5.5", "TC_067", Patch(ChargingProfiles, "clear", changed(lambda _: False))
    ),
    _wrong("whoever clears one profile clears all", "6.13", "TC_067", Patch(block, "_matches", always(True))),
    _wrong("profiles are cleared by their id only", "6.13", "TC_067", Patch(block, "_matches", _by_id_only)),
    _wrong(
        "stack level 0 is taken for none", "6.13", "TC_067", Patch(block, "_matches", with_arguments(_level_0_is_none))
    ),
)
