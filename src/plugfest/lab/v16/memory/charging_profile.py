"""SetChargingProfile: a charging profile is installed. The lab clears it after the case."""

from collections.abc import Sequence
from datetime import timedelta

from plugfest import clock
from plugfest.lab.expectations import one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.composite_schedule import Installed, reported
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

WATTS = 1000.0
"""Watts per ampere, to convert the limits of a case for a product with limits in watts."""

MAX, DEFAULT, TX = "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"

LOOK_AHEAD = 400
"""Seconds: the longest composite schedule that a case requests."""

Periods = Sequence[tuple[int, float]]
"""startPeriod in seconds, and the limit in amperes."""


def rate_unit(bench: Bench) -> t.ChargingRateUnitType:
    """The unit of the limits: amperes if the product supports them, else watts."""
    return t.ChargingRateUnitType.A if bench.product.supports("SC-1.1") else t.ChargingRateUnitType.W


def in_unit(bench: Bench, amperes: float) -> float:
    """A limit in amperes converted to the product's unit."""
    return amperes if rate_unit(bench) is t.ChargingRateUnitType.A else amperes * WATTS


def number_of_phases(bench: Bench) -> int | UnsetType:
    """The numberPhases of a profile for the connector under test; omitted for direct current."""
    evse = next(evse for evse in bench.product.evses if evse.id == bench.connector_id)
    return evse.phases or UNSET


def schedule(bench: Bench, periods: Periods, duration: int, number_phases: int | UnsetType) -> t.ChargingSchedule:
    """A schedule that began one tolerance ago, so that it applies now, and ends `duration` seconds from now."""
    tolerance = int(bench.settings.time_tolerance)
    return t.ChargingSchedule(
        charging_rate_unit=rate_unit(bench),
        charging_schedule_period=[
            t.ChargingSchedulePeriod(start_period=start, limit=in_unit(bench, limit), number_phases=number_phases)
            for start, limit in periods
        ],
        duration=duration + tolerance,
        start_schedule=clock.utc_now() - timedelta(seconds=tolerance),
    )


def absolute_profile(
    bench: Bench,
    purpose: str,
    periods: Periods,
    *,
    duration: int,
    valid: int,
    stack_level: int = 0,
    transaction_id: int | UnsetType = UNSET,
) -> t.ChargingProfile:
    """A profile with a new id, valid from one tolerance ago until `valid` seconds and one tolerance from now."""
    now, tolerance = clock.utc_now(), timedelta(seconds=int(bench.settings.time_tolerance))
    return t.ChargingProfile(
        charging_profile_id=bench.configuration.next_id(),
        stack_level=stack_level,
        charging_profile_purpose=t.ChargingProfilePurposeType(purpose),
        charging_profile_kind=t.ChargingProfileKindType.Absolute,
        charging_schedule=schedule(bench, periods, duration, UNSET if purpose == MAX else number_of_phases(bench)),
        transaction_id=transaction_id,
        valid_from=now - tolerance,
        valid_to=now + timedelta(seconds=valid) + tolerance,
    )


async def no_charging_profiles(bench: Bench) -> None:
    """Clear every charging profile, and note the limits that the station has without any (5.7)."""
    await bench.call_or_error(m.ClearChargingProfileRequest(), status=one_of("Accepted", "Unknown"))  # not checked here
    bench.known_state.profiles.clear()
    response = await bench.ask(composite_schedule_request(bench, LOOK_AHEAD))
    bench.known_state.unlimited = reported(response.charging_schedule)


def composite_schedule_request(bench: Bench, seconds: int) -> m.GetCompositeScheduleRequest:
    """GetCompositeSchedule.req for the connector under test, in the product's unit (5.7)."""
    return m.GetCompositeScheduleRequest(
        connector_id=bench.connector_id, duration=seconds, charging_rate_unit=rate_unit(bench)
    )


async def charging_profile_set(bench: Bench, profile: t.ChargingProfile, *, connector_id: int | None = None) -> None:
    """Send SetChargingProfile, by default for the connector under test (5.16)."""
    which = bench.connector_id if connector_id is None else connector_id
    request = m.SetChargingProfileRequest(connector_id=which, cs_charging_profiles=profile)
    await bench.call(request, status="Accepted")
    bench.known_state.profiles.append(Installed(which, profile))


async def charging_profile_cleared(
    bench: Bench, request: m.ClearChargingProfileRequest, *cleared: t.ChargingProfile
) -> None:
    """Send ClearChargingProfile (5.5). `cleared`: the profiles that it matches."""
    await bench.call(request, status="Accepted")
    bench.known_state.profiles = [one for one in bench.known_state.profiles if one.profile not in cleared]


async def profile_not_installed(bench: Bench, profile: t.ChargingProfile) -> None:
    """A rejected profile is not installed: clearing it returns Unknown (3.13.1, 7.11)."""
    await bench.call(m.ClearChargingProfileRequest(id=profile.charging_profile_id), status="Unknown")
