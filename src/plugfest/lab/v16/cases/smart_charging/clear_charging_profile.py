"""The CSMS clears charging profiles."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.smart_charging.composite_schedule import composite_told, composite_without_profiles
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


def below(bench: Bench) -> t.ChargingProfile:
    """On stack level 0: it counts where the other one does not."""
    return absolute_profile(bench, DEFAULT, [(0, 7), (100, 9)], duration=LOOK_AHEAD, valid=VALID)


def above(bench: Bench) -> t.ChargingProfile:
    """On stack level 1."""
    periods = [(0, 6), (60, 8), (200, 10)]
    return absolute_profile(bench, DEFAULT, periods, duration=LOOK_AHEAD, valid=VALID, stack_level=1)


async def two_levels(bench: Bench) -> None:
    """One above the other, over the same time."""
    await charging_profile_set(bench, below(bench))
    await charging_profile_set(bench, above(bench))


def of_level(bench: Bench, stack_level: int) -> m.ClearChargingProfileRequest:
    """Whatever describes a profile but its id."""
    return m.ClearChargingProfileRequest(
        connector_id=bench.connector_id,
        charging_profile_purpose=t.ChargingProfilePurposeType(DEFAULT),
        stack_level=stack_level,
    )


@case("TC_067_CS", requirements=("section 5.5", "section 6.13"), before=(no_charging_profiles, two_levels))
async def cleared(bench: Bench) -> None:
    """By id, by all that describes one, and all of them.

    The profile above is known; the rounds are those of the case for a CSMS. The profile below is the lab's: it shows
    that what is to stay stays, and that a stack level of 0 is one (errata 3.25 and 3.26).
    """
    low, high = (one.profile for one in bench.known_state.profiles)
    await charging_profile_cleared(bench.step(1), m.ClearChargingProfileRequest(id=high.charging_profile_id), high)
    await composite_told(bench.step(3), seconds=350)
    high = above(bench)
    await charging_profile_set(bench.step(5), high)
    await composite_told(bench.step(7), seconds=350)
    await charging_profile_cleared(bench.step(9), of_level(bench, 0), low)
    await composite_told(bench.step(11), seconds=350)
    await charging_profile_cleared(bench.step(13), of_level(bench, 1), high)
    await composite_without_profiles(bench.step(15), seconds=LOOK_AHEAD)
    await two_levels(bench.step(17))
    everything = [one.profile for one in bench.known_state.profiles]
    await charging_profile_cleared(bench.step(19), m.ClearChargingProfileRequest(), *everything)
    await composite_without_profiles(bench.step(21), seconds=LOOK_AHEAD)
