"""K10 Clear Charging Profile. Profiles that a request does not match stay, which Part 6 does not check.

In Edition 4 (after Part 6 of OCPP 2.1 Edition 2) TC_K_09 checks scheduleStart as TC_K_39 does, and the last limit is
above that of the cleared profile; in Edition 3 it may also be below.
"""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.k01_set_charging_profile import SIGNIFICANCE
from plugfest.lab.v201.cases.k_smart_charging.k09_get_charging_profiles import installed
from plugfest.lab.v201.cases.k_smart_charging.reported_profiles import (
    Installed,
    check_composite_schedule,
    criteria,
    no_profiles_found,
    profiles_reported,
    profiles_request,
    request_profiles,
)
from plugfest.lab.v201.memory.charging_profile import (
    DEFAULT,
    MAX,
    charging_profile,
    charging_profile_set,
    charging_profiles_cleared,
    no_charging_profiles,
    now,
    tolerance,
    upper_level,
)
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def clear_by(purpose: str, stack_level: int | None = None) -> m.ClearChargingProfileRequest:
    """ClearChargingProfile by purpose, and by stack level if there is one."""
    return m.ClearChargingProfileRequest(
        charging_profile_criteria=t.ClearChargingProfileType(
            charging_profile_purpose=t.ChargingProfilePurposeEnumType(purpose),
            stack_level=UNSET if stack_level is None else stack_level,
        )
    )


async def cleared(bench: Bench, request: m.ClearChargingProfileRequest, *profiles: Installed) -> None:
    """The station clears these profiles."""
    await bench.call(request, status="Accepted")
    for each in profiles:
        bench.known_state.profiles.pop(each.profile.id, None)


async def still_installed(bench: Bench, installed: Installed) -> None:
    """The station still reports the profile."""
    request = profiles_request(bench, criteria(ids=[installed.profile.id]))
    await request_profiles(bench, request)
    await profiles_reported(bench, request.request_id, installed)


@case("TC_K_05_CS", requirements=("K10.FR.03",), before=charging_profiles_cleared)
async def by_id(bench: Bench) -> None:
    other, profile = await installed(bench, MAX), await installed(bench, DEFAULT)
    id = profile.profile.id
    await cleared(bench.step(2), m.ClearChargingProfileRequest(charging_profile_id=id), profile)
    await no_profiles_found(bench.step(4), criteria(ids=[id]))
    await still_installed(bench.step("after step 4"), other)


@case("TC_K_06_CS", requirements=("K10.FR.04",), before=(charging_profiles_cleared, energy_transfer_started))
async def by_purpose_and_stack_level(bench: Bench) -> None:
    level = upper_level(bench)
    other = await installed(bench, DEFAULT) if level else await installed(bench, MAX)
    profile = await installed(bench, DEFAULT, stack_level=level)
    await cleared(bench.step(2), clear_by(DEFAULT, level), profile)
    await no_profiles_found(bench.step(4), criteria(purpose=DEFAULT, stack_level=level))
    await still_installed(bench.step("after step 4"), other)


@case("TC_K_07_CS", requirements=("K10.FR.01",), before=charging_profiles_cleared)
async def unknown_combination(bench: Bench) -> None:
    profile = await installed(bench, DEFAULT, stack_level=upper_level(bench))
    await bench.step(2).call(clear_by(MAX, 0), status="Unknown")
    await still_installed(bench.step("after step 2"), profile)


@case("TC_K_08_CS", requirements=("K10.FR.01",), before=charging_profiles_cleared)
async def without_profiles(bench: Bench) -> None:
    request = m.ClearChargingProfileRequest(charging_profile_id=bench.configuration.next_id())
    await bench.step(2).call(request, status="Unknown")


async def default_profile_set(bench: Bench) -> None:
    """A default profile that begins now (erratum 6.2.66)."""
    duration = 400 + tolerance(bench).seconds
    await charging_profile_set(bench, charging_profile(bench, DEFAULT, start=now(), duration=duration))


@case(
    "TC_K_09_CS",
    requirements=("K10.FR.07", "K10.FR.05"),
    configuration=SIGNIFICANCE,
    before=(no_charging_profiles, default_profile_set, energy_transfer_started),
)
async def default_profile_while_charging(bench: Bench) -> None:
    """After the profile is cleared the limits are those that the station has reported without profiles."""
    await check_composite_schedule(bench.step(2), seconds=300)
    await bench.step(4).call(clear_by(DEFAULT), status="Accepted")
    bench.known_state.profiles.clear()
    await check_composite_schedule(bench.step(5), seconds=300)


def first_evses(bench: Bench) -> list[int]:
    """Two EVSEs, with the one under test."""
    others = [evse.id for evse in bench.product.evses if evse.id != bench.settings.evse_id]
    return [bench.settings.evse_id, others[0]]


@case("TC_K_24_CS", requirements=("K10.FR.04",), before=charging_profiles_cleared)
async def of_two_evses(bench: Bench) -> None:
    station = await installed(bench, MAX)
    profiles = [await installed(bench.at(evse_id), DEFAULT) for evse_id in first_evses(bench)]
    await cleared(bench.step(2), clear_by(DEFAULT, 0), *profiles)
    await no_profiles_found(bench.step(4), criteria(purpose=DEFAULT, stack_level=0))
    await still_installed(bench.step("after step 4"), station)
