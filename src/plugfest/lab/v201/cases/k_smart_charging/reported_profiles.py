"""GetChargingProfiles and the reports that follow, and GetCompositeSchedule, with checks of what they contain."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from plugfest import clock
from plugfest.lab.checks.smart_charging.limits import STATION, Step, expected_steps, merged
from plugfest.lab.checks.smart_charging.schedule_check import (
    DEFAULT_PHASES,
    PeriodsMatch,
    listed,
    steps_of,
    time_within,
)
from plugfest.lab.expectations import Comparison, absent, anything, has, in_any_order, meets, one_of, optional
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.charging_profile import TX, composite_schedule_request, phases_of, rate_unit
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

CSO = t.ChargingLimitSourceEnumType.CSO
"""The source of the profiles that a CSMS sets."""

_ROUNDING = 0.05
"""Limits have at most one decimal place (ChargingSchedulePeriodType)."""

OWN_CONSUMPTION = 0.1
"""The share by which a station may take more from the grid than its EVSEs deliver: its own consumption, and losses."""


class Installed(NamedTuple):
    """A profile that the station has accepted, and the EVSE that it is for."""

    evse_id: int
    profile: t.ChargingProfileType


# Reports


def criteria(
    *,
    ids: Sequence[int] = (),
    purpose: str | None = None,
    stack_level: int | None = None,
    source: t.ChargingLimitSourceEnumType | None = None,
) -> t.ChargingProfileCriterionType:
    """The criteria of GetChargingProfiles."""
    return t.ChargingProfileCriterionType(
        charging_profile_id=list(ids) or UNSET,
        charging_profile_purpose=UNSET if purpose is None else t.ChargingProfilePurposeEnumType(purpose),
        stack_level=UNSET if stack_level is None else stack_level,
        charging_limit_source=UNSET if source is None else [source],
    )


def profiles_request(
    bench: Bench, wanted: t.ChargingProfileCriterionType, *, evse_id: int | None = None
) -> m.GetChargingProfilesRequest:
    """GetChargingProfiles with a new requestId."""
    return m.GetChargingProfilesRequest(
        request_id=bench.configuration.next_id(),
        charging_profile=wanted,
        evse_id=UNSET if evse_id is None else evse_id,
    )


async def request_profiles(bench: Bench, request: m.GetChargingProfilesRequest) -> None:
    """The station has profiles that match (K09)."""
    bench.csms.inbox.set_mark()
    await bench.call(request, status="Accepted")


async def no_profiles_found(
    bench: Bench, wanted: t.ChargingProfileCriterionType, *, evse_id: int | None = None
) -> None:
    """The station has no profile that matches."""
    await bench.call(profiles_request(bench, wanted, evse_id=evse_id), status="NoProfiles")


async def profiles_reported(bench: Bench, request_id: int, *expected: Installed) -> None:
    """The reports contain exactly these profiles, each for another EVSE, in any order (K09.FR.01, K09.FR.02)."""
    left = list(expected)
    while left:
        last = len(left) == 1
        alternatives = [_report(request_id, each, last=last) for each in left]
        report = await bench.expect_any(*((m.ReportChargingProfilesRequest, each) for each in alternatives))
        left = [each for each in left if each.evse_id != getattr(report.message, "evse_id", None)]


def _report(request_id: int, expected: Installed, *, last: bool) -> dict[str, object]:
    return {
        "request_id": request_id,
        "evse_id": expected.evse_id,
        "charging_limit_source": CSO,
        "charging_profile": in_any_order([same_profile(expected.profile)]),
        "tbc": one_of(False, UNSET) if last else True,
    }


def same_profile(profile: t.ChargingProfileType) -> has:
    """The check that a profile is this one. A station may add the transactionId of a remote start, and defaults."""
    schedule = profile.charging_schedule[0]
    periods = [_same_period(each) for each in schedule.charging_schedule_period]
    of_remote_start = profile.charging_profile_purpose == TX and profile.transaction_id is UNSET
    return has(
        id=profile.id,
        stack_level=profile.stack_level,
        charging_profile_purpose=profile.charging_profile_purpose,
        charging_profile_kind=profile.charging_profile_kind,
        recurrency_kind=_as_sent(profile.recurrency_kind),
        valid_from=_as_sent(profile.valid_from),
        valid_to=_as_sent(profile.valid_to),
        transaction_id=anything if of_remote_start else _as_sent(profile.transaction_id),
        charging_schedule=in_any_order(
            [
                has(
                    id=schedule.id,
                    charging_rate_unit=schedule.charging_rate_unit,
                    duration=_as_sent(schedule.duration),
                    start_schedule=_as_sent(schedule.start_schedule),
                    min_charging_rate=_as_sent(schedule.min_charging_rate),
                    charging_schedule_period=in_any_order(periods),
                )
            ]
        ),
    )


def _as_sent(value: object) -> object:
    return absent if value is UNSET else value


def _same_period(period: t.ChargingSchedulePeriodType) -> has:
    def same_limit(value: object) -> bool:
        return isinstance(value, int | float) and abs(value - period.limit) < _ROUNDING

    phases = period.number_phases
    return has(
        start_period=period.start_period,
        limit=meets(f"{period.limit:g}", same_limit),
        number_phases=optional(DEFAULT_PHASES) if phases is UNSET else phases,
    )


# Composite schedules


async def check_composite_schedule(
    bench: Bench, *, seconds: int, evse_id: int | None = None, recommended: bool = False
) -> None:
    """The composite schedule of an EVSE, by default the one under test, follows from the installed profiles (K08).

    `recommended`: other limits are a finding, but no reason to fail.
    """
    which = bench.settings.evse_id if evse_id is None else evse_id
    request, asked = composite_schedule_request(bench, seconds, which), clock.utc_now()
    steps = _station_steps(bench, seconds) if which == STATION else _steps(bench, which, seconds)

    def tolerance() -> float:
        """The station may have calculated the schedule at any moment until now."""
        return bench.settings.time_tolerance + (clock.utc_now() - asked).total_seconds()

    phases = phases_of(bench, which) or UNSET
    own_share = OWN_CONSUMPTION if which == STATION else 0.0
    periods = PeriodsMatch(steps, seconds, tolerance, phases, own_share=own_share)
    response = await bench.call(
        request,
        status="Accepted",
        schedule=has(
            evse_id=which,
            schedule_start=time_within(asked, tolerance),
            duration=seconds,
            charging_rate_unit=rate_unit(bench),
            charging_schedule_period=anything if recommended else periods,
        ),
    )
    schedule = given(response.schedule)
    if recommended and schedule is not None:
        compared = Comparison()
        periods.compare(schedule.charging_schedule_period, "", compared)
        actual = listed(steps_of(schedule.charging_schedule_period))
        bench.recommend(compared.matches, f"limits of {periods}", actual, frame=bench.csms.last_frame)


def _steps(bench: Bench, evse_id: int, seconds: int) -> list[Step]:
    """The limits of an EVSE."""
    local = min((step.limit for step in bench.known_state.unlimited.get(evse_id, ())), default=math.inf)
    profiles = [profile.on_phases(phases_of(bench, evse_id)) for profile in bench.known_state.profiles.values()]
    return expected_steps(profiles, evse_id, clock.utc_now(), seconds, local)


def _station_steps(bench: Bench, seconds: int) -> list[Step]:
    """The limits of all EVSEs together; not known in A with direct current, which all phases of the grid share."""
    evse_ids = [evse.id for evse in bench.product.evses]
    of_evses = [_steps(bench, evse_id, seconds) for evse_id in evse_ids]
    local = min((step.limit for step in bench.known_state.unlimited.get(STATION, ())), default=math.inf)
    direct = any(not evse.phases for evse in bench.product.evses)
    starts = sorted({step.start for steps in of_evses for step in steps})
    if direct and rate_unit(bench) is t.ChargingRateUnitEnumType.A:
        return [Step(0, math.inf)]
    return merged(Step(start, min(local, sum(_in_force(steps, start) for steps in of_evses))) for start in starts)


def _in_force(steps: Sequence[Step], second: int) -> float:
    return next(step.limit for step in reversed(steps) if step.start <= second)
