"""ClearChargingProfile."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.smart_charging.composite_schedule import (
    check_composite_schedule,
    check_schedule_without_profiles,
)
from plugfest.lab.v16.memory.charging_profile import (
    DEFAULT,
    LOOK_AHEAD,
    absolute_profile,
    charging_profile_cleared,
    charging_profile_set,
    no_charging_profiles,
)
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

VALID = LOOK_AHEAD + 1


def lower_profile(bench: Bench) -> t.ChargingProfile:
    """The profile with stack level 0: it applies where the upper one does not."""
    return absolute_profile(bench, DEFAULT, [(0, 7), (100, 9)], duration=LOOK_AHEAD, valid=VALID)


def upper_profile(bench: Bench) -> t.ChargingProfile:
    """The profile with stack level 1."""
    periods = [(0, 6), (60, 8), (200, 10)]
    return absolute_profile(bench, DEFAULT, periods, duration=LOOK_AHEAD, valid=VALID, stack_level=1)


async def two_levels(bench: Bench) -> None:
    """Two profiles with different stack levels, for the same time."""
    await charging_profile_set(bench, lower_profile(bench))
    await charging_profile_set(bench, upper_profile(bench))


def clear_level(bench: Bench, stack_level: int) -> m.ClearChargingProfileRequest:
    """ClearChargingProfile by all criteria except the id."""
    return m.ClearChargingProfileRequest(
        connector_id=bench.connector_id,
        charging_profile_purpose=t.ChargingProfilePurposeType(DEFAULT),
        stack_level=stack_level,
    )


@case("TC_067_CS", requirements=("section 5.5", "section 6.13"), before=(no_charging_profiles, two_levels))
async def cleared(bench: Bench) -> None:
    """Clear one by id, one by the other criteria, and all.

    Derived: the rounds are those of the case for a CSMS, and the upper profile is published. The lower profile shows
    that other profiles stay, and that stackLevel 0 is a criterion (errata 3.25 and 3.26).
    """
    low, high = (installed.profile for installed in bench.known_state.profiles)
    await charging_profile_cleared(bench.step(1), m.ClearChargingProfileRequest(id=high.charging_profile_id), high)
    await check_composite_schedule(bench.step(3), seconds=350)
    high = upper_profile(bench)
    await charging_profile_set(bench.step(5), high)
    await check_composite_schedule(bench.step(7), seconds=350)
    await charging_profile_cleared(bench.step(9), clear_level(bench, 0), low)
    await check_composite_schedule(bench.step(11), seconds=350)
    await charging_profile_cleared(bench.step(13), clear_level(bench, 1), high)
    await check_schedule_without_profiles(bench.step(15), seconds=LOOK_AHEAD)
    await two_levels(bench.step(17))
    profiles = [installed.profile for installed in bench.known_state.profiles]
    await charging_profile_cleared(bench.step(19), m.ClearChargingProfileRequest(), *profiles)
    await check_schedule_without_profiles(bench.step(21), seconds=LOOK_AHEAD)
