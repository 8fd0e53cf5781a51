"""SetChargingProfile: a charging profile is installed. The lab clears it after the case."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from plugfest import clock
from plugfest.lab.checks.smart_charging.limits import STATION
from plugfest.lab.checks.smart_charging.schedule_check import DEFAULT_PHASES, steps_of
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.rules.smart_charging.profile_limits import limits_of
from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

MAX, DEFAULT, TX = "ChargingStationMaxProfile", "TxDefaultProfile", "TxProfile"

VOLTAGE = 230
"""The line voltage of erratum 6.2.69."""

MIN_CURRENT = 6
"""The minimum current of IEC 61851-1, in A."""

LOOK_AHEAD = 400
"""Seconds: the longest composite schedule that a case requests."""

Periods = Sequence[tuple[int, float]]
"""startPeriod in seconds, and the limit in amperes."""


def rate_unit(bench: Bench) -> t.ChargingRateUnitEnumType:
    """The unit of the limits: amperes for AC, if the product supports them, else watts."""
    units = t.ChargingRateUnitEnumType
    first, second = (units.A, units.W) if phases_of(bench, bench.settings.evse_id) else (units.W, units.A)
    claims = {units.A: "SC-2.1", units.W: "SC-2.2"}
    return second if bench.product.supports(claims[second]) and not bench.product.supports(claims[first]) else first


def unsupported_unit(bench: Bench) -> t.ChargingRateUnitEnumType:
    """The unit that the product does not support."""
    units = t.ChargingRateUnitEnumType
    return units.W if bench.product.supports("SC-2.1") else units.A


def phases_of(bench: Bench, evse_id: int) -> int:
    """The number of phases of an EVSE, or the highest of all EVSEs; 0: direct current, at least at one of them."""
    phases = [evse.phases or 0 for evse in bench.product.evses if evse_id in (STATION, evse.id)]
    return max(phases) if all(phases) else 0


def now() -> datetime:
    """The time in whole seconds: a station need not keep fractions."""
    return clock.utc_now().replace(microsecond=0)


def charging_profile(
    bench: Bench,
    purpose: str,
    periods: Periods = ((0, MIN_CURRENT),),
    *,
    kind: str = "Absolute",
    start: datetime | None = None,
    duration: int | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    stack_level: int = 0,
    transaction_id: str | UnsetType = UNSET,
    recurrency: str | None = None,
    evse_id: int | None = None,
) -> t.ChargingProfileType:
    """A profile with a new id, by default for the EVSE under test.

    Limits in watts are those in amperes on all phases (erratum 6.2.69). numberPhases is omitted for direct current, for
    which a station may reject it (K01.FR.44). `start`: None is one tolerance ago, so that the profile applies now.
    """
    began = now() - tolerance(bench) if start is None else start
    which = bench.settings.evse_id if evse_id is None else evse_id
    phases, unit = phases_of(bench, STATION if purpose == MAX else which), rate_unit(bench)
    factor = 1 if unit is t.ChargingRateUnitEnumType.A else VOLTAGE * (phases or DEFAULT_PHASES)
    return t.ChargingProfileType(
        id=bench.configuration.next_id(),
        stack_level=stack_level,
        charging_profile_purpose=t.ChargingProfilePurposeEnumType(purpose),
        charging_profile_kind=t.ChargingProfileKindEnumType(kind),
        charging_schedule=[
            t.ChargingScheduleType(
                id=bench.configuration.next_id(),
                charging_rate_unit=unit,
                charging_schedule_period=[
                    t.ChargingSchedulePeriodType(
                        start_period=second, limit=limit * factor, number_phases=phases or UNSET
                    )
                    for second, limit in periods
                ],
                duration=UNSET if duration is None else duration,
                start_schedule=UNSET if kind == "Relative" else began,  # K01.FR.40, K01.FR.41
            )
        ],
        recurrency_kind=UNSET if recurrency is None else t.RecurrencyKindEnumType(recurrency),
        valid_from=UNSET if valid_from is None else valid_from,
        valid_to=UNSET if valid_to is None else valid_to,
        transaction_id=transaction_id,
    )


def unknown_evse(bench: Bench) -> int:
    """The id of an EVSE that does not exist."""
    return max(evse.id for evse in bench.product.evses) + 1


def upper_level(bench: Bench) -> int:
    """Stack level 1, or 0 if the station supports no other."""
    highest = (bench.configuration.value("SmartChargingCtrlr.ProfileStackLevel") or "").strip()
    return min(1, int(highest)) if highest.isdecimal() else 1


def tolerance(bench: Bench) -> timedelta:
    """<Configured max time deviation>, in whole seconds."""
    return timedelta(seconds=int(bench.settings.time_tolerance))


async def charging_profiles_cleared(bench: Bench) -> None:
    """Clear every charging profile of the CSMS; those of transactions end with them (K02.FR.05)."""
    for purpose in (MAX, DEFAULT):
        criteria = t.ClearChargingProfileType(charging_profile_purpose=t.ChargingProfilePurposeEnumType(purpose))
        request = m.ClearChargingProfileRequest(charging_profile_criteria=criteria)
        await bench.call(request, status=one_of("Accepted", "Unknown"))
    bench.known_state.profiles.clear()


async def no_charging_profiles(bench: Bench) -> None:
    """Clear every charging profile, and note the limits that the station has without any (K08.FR.02)."""
    await charging_profiles_cleared(bench)
    for evse_id in (STATION, *(evse.id for evse in bench.product.evses)):
        response = await bench.ask(composite_schedule_request(bench, LOOK_AHEAD, evse_id))
        schedule = given(response.schedule)
        bench.known_state.unlimited[evse_id] = [] if schedule is None else steps_of(schedule.charging_schedule_period)


def composite_schedule_request(bench: Bench, seconds: int, evse_id: int | None = None) -> m.GetCompositeScheduleRequest:
    """GetCompositeSchedule in the product's unit, by default for the EVSE under test."""
    which = bench.settings.evse_id if evse_id is None else evse_id
    return m.GetCompositeScheduleRequest(evse_id=which, duration=seconds, charging_rate_unit=rate_unit(bench))


async def charging_profile_set(bench: Bench, profile: t.ChargingProfileType, *, evse_id: int | None = None) -> None:
    """Send SetChargingProfile, by default for the EVSE under test (K01)."""
    which = bench.settings.evse_id if evse_id is None else evse_id
    await bench.call(m.SetChargingProfileRequest(evse_id=which, charging_profile=profile), status="Accepted")
    bench.known_state.profiles[profile.id] = limits_of(profile, which)
