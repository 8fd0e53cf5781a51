"""K01 SetChargingProfile.

In Edition 4 (after Part 6 of OCPP 2.1 Edition 2) TC_K_21, TC_K_22, TC_K_23 and TC_K_28 check scheduleStart as TC_K_39
does, and the local limit in the first three is above the limit of the profile. TC_K_22 is about one EVSE, not EVSE 0.
"""

from datetime import timedelta

import msgspec

from plugfest.lab.case import case
from plugfest.lab.checks.smart_charging.limits import STATION
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.limits_followed import meter_values_reported, sampled_often
from plugfest.lab.v201.cases.k_smart_charging.reported_profiles import (
    Installed,
    check_composite_schedule,
    criteria,
    no_profiles_found,
    profiles_reported,
    profiles_request,
    request_profiles,
)
from plugfest.lab.v201.configuration import needs
from plugfest.lab.v201.memory.charging_profile import (
    DEFAULT,
    MAX,
    MIN_CURRENT,
    TX,
    charging_profile,
    charging_profile_set,
    charging_profiles_cleared,
    no_charging_profiles,
    now,
    tolerance,
    unknown_evse,
    unsupported_unit,
)
from plugfest.lab.v201.rules.smart_charging.profile_limits import limits_of
from plugfest.lab.v201.states.booted import booted
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.ocpp.message import CustomData
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

DURATION = 300
"""<Configured duration>, in seconds."""

EDITION_WITHOUT_SUM = 4
"""The first edition of the specification in which TC_K_22 does not compare the limit of EVSE 0."""

UNKNOWN_TRANSACTION = "UNKNOWN-TRANSACTION-ID"

CUSTOM_DATA = {"vendorId": "org.plugfest.lab", "note": "a profile with data of a vendor"}

SIGNIFICANCE = {"SmartChargingCtrlr.LimitChangeSignificance": "1.0"}


async def set_and_reported(bench: Bench, profile: t.ChargingProfileType, *, evse_id: int | None = None) -> None:
    """Steps 1 to 6 of several cases: the profile is accepted, and reported as it was sent."""
    await charging_profile_set(bench.step(2), profile, evse_id=evse_id)
    await check_reported(bench, profile, evse_id=evse_id)


async def check_reported(
    bench: Bench, profile: t.ChargingProfileType, *, evse_id: int | None = None, step: int = 4
) -> None:
    """GetChargingProfiles by its id returns the profile. `step`: of the response."""
    which = bench.settings.evse_id if evse_id is None else evse_id
    request = profiles_request(bench, criteria(ids=[profile.id]))
    await request_profiles(bench.step(step, "K09.FR.06"), request)
    await profiles_reported(bench.step(step + 1, "K09.FR.01, K09.FR.02"), request.request_id, Installed(which, profile))


async def rejected(bench: Bench, profile: t.ChargingProfileType, *, evse_id: int | None = None) -> None:
    """The station rejects the profile, and does not install it."""
    which = bench.settings.evse_id if evse_id is None else evse_id
    request = m.SetChargingProfileRequest(evse_id=which, charging_profile=profile)
    await bench.step(2).call(request, status="Rejected")
    await no_profiles_found(bench, criteria(ids=[profile.id]))


@case("TC_K_01_CS", requirements=("K01.FR.07", "K01.FR.15"), before=charging_profiles_cleared)
async def default_profile(bench: Bench) -> None:
    await set_and_reported(bench, charging_profile(bench, DEFAULT, duration=DURATION))


@case("TC_K_10_CS", requirements=("K01.FR.07", "K01.FR.14"), before=charging_profiles_cleared)
async def default_profile_of_all(bench: Bench) -> None:
    profile = charging_profile(bench, DEFAULT, duration=DURATION, evse_id=STATION)
    await set_and_reported(bench, profile, evse_id=STATION)


@case("TC_K_03_CS", requirements=("K04.FR.03", "K01.FR.38"), before=charging_profiles_cleared)
async def station_profile(bench: Bench) -> None:
    await set_and_reported(bench, charging_profile(bench, MAX, duration=DURATION), evse_id=STATION)


@case(
    "TC_K_60_CS",
    requirements=("K01.FR.04", "K01.FR.07"),
    configuration=sampled_often,
    before=(charging_profiles_cleared, energy_transfer_started),
)
async def transaction_profile(bench: Bench) -> None:
    """In addition to Part 6, the EV follows the limit (K01.FR.04), which the rule about limits judges."""
    profile = charging_profile(bench, TX, kind="Relative", transaction_id=transaction_under_test(bench))
    await set_and_reported(bench, profile)
    await meter_values_reported(bench.step("after step 6", "K01.FR.04"))


@case("TC_K_02_CS", requirements=("K01.FR.09",))
async def without_transaction(bench: Bench) -> None:
    await rejected(bench, charging_profile(bench, TX, transaction_id=UNKNOWN_TRANSACTION))


@case("TC_K_11_CS", requirements=("K01.FR.16",))
async def transaction_profile_of_all(bench: Bench) -> None:
    await rejected(bench, charging_profile(bench, TX, transaction_id=UNKNOWN_TRANSACTION), evse_id=STATION)


@case("TC_K_16_CS", requirements=("K01.FR.33",), before=energy_transfer_started)
async def unknown_transaction(bench: Bench) -> None:
    await rejected(bench, charging_profile(bench, TX, transaction_id=UNKNOWN_TRANSACTION))


@case("TC_K_14_CS", requirements=("K01.FR.28",))
async def no_such_evse(bench: Bench) -> None:
    await rejected(bench, charging_profile(bench, DEFAULT), evse_id=unknown_evse(bench))


@case("TC_K_12_CS", requirements=("K01.FR.26",))
async def unit_not_supported(bench: Bench) -> None:
    profile = charging_profile(bench, DEFAULT)
    (schedule,) = profile.charging_schedule
    other = msgspec.structs.replace(schedule, charging_rate_unit=unsupported_unit(bench))
    await rejected(bench, msgspec.structs.replace(profile, charging_schedule=[other]))


@case("TC_K_15_CS", requirements=("K01.FR.29",))
async def not_supported(bench: Bench) -> None:
    request = m.SetChargingProfileRequest(
        evse_id=bench.settings.evse_id, charging_profile=charging_profile(bench, DEFAULT)
    )
    await bench.step(2).call_error(request, "NotSupported", "NotImplemented")


@case("TC_K_19_CS", requirements=("K01.FR.40", "K01.FR.13"), before=no_charging_profiles)
async def recurring(bench: Bench) -> None:
    """In addition to Part 6, the composite schedule shows that the profile applies today, for its duration."""
    profile = charging_profile(bench, DEFAULT, kind="Recurring", recurrency="Daily", duration=DURATION)
    await charging_profile_set(bench.step(2), profile)
    await check_composite_schedule(bench.step("after step 2", "K01.FR.13"), seconds=400)


@case("TC_K_13_CS", requirements=("K01.FR.27",), before=charging_profiles_cleared)
async def persistent(bench: Bench) -> None:
    profile = charging_profile(bench, DEFAULT, duration=DURATION)
    await charging_profile_set(bench.step(2), profile)
    await booted(bench.step(3))
    await check_reported(bench, profile, step=5)


@case(
    "TC_K_28_CS",
    requirements=("K01.FR.32",),
    configuration=lambda bench: (*sampled_often(bench), *needs(SIGNIFICANCE)),
    before=(no_charging_profiles, energy_transfer_started),
)
async def default_profile_while_charging(bench: Bench) -> None:
    """In addition to Part 6, the EV follows the limit, which the rule about limits judges."""
    duration = 400 + tolerance(bench).seconds
    await charging_profile_set(bench.step(2), charging_profile(bench, DEFAULT, duration=duration))
    await check_composite_schedule(bench.step(4), seconds=300)
    await meter_values_reported(bench.step("after step 4"))


@case("TC_K_21_CS", requirements=("K01.FR.36",), before=no_charging_profiles)
async def valid_from(bench: Bench) -> None:
    profile = charging_profile(bench, DEFAULT, kind="Relative", valid_from=now() + timedelta(seconds=300))
    await charging_profile_set(bench.step(2), profile)
    await check_composite_schedule(bench.step(4), seconds=400)


@case("TC_K_22_CS", requirements=("K01.FR.37", "K08.FR.03"), before=no_charging_profiles)
async def valid_to(bench: Bench) -> None:
    """The limit of EVSE 0 is the sum of those of all EVSEs; an EVSE on fewer phases has less power (K01.FR.50).

    In Edition 4 the case does not compare it: K08.FR.03 asks for what the station expects to consume, not for a sum.
    """
    profile = charging_profile(
        bench,
        DEFAULT,
        start=now(),
        valid_from=now() - tolerance(bench),
        valid_to=now() + timedelta(seconds=300),
        evse_id=STATION,
    )
    await charging_profile_set(bench.step(2), profile, evse_id=STATION)
    for evse_id in (STATION, *(evse.id for evse in bench.product.evses)):
        recommended = evse_id == STATION and bench.product.edition >= EDITION_WITHOUT_SUM
        await check_composite_schedule(bench.step(4), seconds=400, evse_id=evse_id, recommended=recommended)


@case("TC_K_23_CS", requirements=("K01.FR.30",), before=no_charging_profiles)
async def start_schedule(bench: Bench) -> None:
    profile = charging_profile(bench, DEFAULT, start=now() + timedelta(seconds=60))
    await charging_profile_set(bench.step(2), profile)
    await check_composite_schedule(bench.step(4), seconds=300)


@case("TC_K_04_CS", requirements=("K01.FR.05",), before=charging_profiles_cleared)
async def replaced(bench: Bench) -> None:
    """The profile of the memory state is the first one; the second has its id."""
    first = charging_profile(bench, DEFAULT, [(0, MIN_CURRENT)])
    await charging_profile_set(bench, first)
    second = msgspec.structs.replace(charging_profile(bench, DEFAULT, [(0, 10)]), id=first.id)
    await set_and_reported(bench, second)


@case("TC_P_04_CS", requirements=("K01.FR.07",), before=charging_profiles_cleared)
async def custom_data(bench: Bench) -> None:
    profile = charging_profile(bench, DEFAULT, duration=DURATION)
    (schedule,) = profile.charging_schedule
    data = CustomData(CUSTOM_DATA)
    periods = [msgspec.structs.replace(each, custom_data=data) for each in schedule.charging_schedule_period]
    with_data = msgspec.structs.replace(
        profile,
        custom_data=data,
        charging_schedule=[msgspec.structs.replace(schedule, charging_schedule_period=periods)],
    )
    request = m.SetChargingProfileRequest(evse_id=bench.settings.evse_id, charging_profile=with_data)
    await bench.step(2).call(request, status="Accepted")
    bench.known_state.profiles[profile.id] = limits_of(profile, bench.settings.evse_id)
