"""K09 Get Charging Profiles.

Part 6 omits all criteria in some requests. The lab then asks for the profiles of the CSMS, because K09.FR.03 requires a
criterion. Where the criteria match one profile by chance, another one is installed that they must exclude.
"""

from plugfest.lab.case import case
from plugfest.lab.checks.smart_charging.limits import STATION
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.reported_profiles import (
    CSO,
    Installed,
    criteria,
    no_profiles_found,
    profiles_reported,
    profiles_request,
    request_profiles,
)
from plugfest.lab.v201.memory.charging_profile import (
    DEFAULT,
    MAX,
    TX,
    charging_profile,
    charging_profile_set,
    charging_profiles_cleared,
    upper_level,
)
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t

OTHER_SOURCE = t.ChargingLimitSourceEnumType.SO
"""<Configured chargingLimitSource2>: no limit is set as the operator of the grid."""


async def installed(bench: Bench, purpose: str, *, stack_level: int = 0) -> Installed:
    """A profile that the station has accepted: of the station, or of the EVSE under test."""
    evse_id = STATION if purpose == MAX else bench.settings.evse_id
    transaction_id = transaction_under_test(bench) if purpose == TX else UNSET
    profile = charging_profile(bench, purpose, stack_level=stack_level, transaction_id=transaction_id)
    await charging_profile_set(bench, profile, evse_id=evse_id)
    return Installed(evse_id, profile)


async def found(
    bench: Bench, wanted: t.ChargingProfileCriterionType, *expected: Installed, evse_id: int | None = None
) -> None:
    """Steps 1 to 4: the reports contain exactly these profiles."""
    request = profiles_request(bench, wanted, evse_id=evse_id)
    await request_profiles(bench.step(2), request)
    await profiles_reported(bench.step(3), request.request_id, *expected)


@case("TC_K_29_CS", requirements=("K09.FR.02", "K09.FR.05"), before=charging_profiles_cleared)
async def of_the_station(bench: Bench) -> None:
    station = await installed(bench, MAX)
    await installed(bench, DEFAULT)
    await found(bench, criteria(source=CSO), station, evse_id=STATION)


@case("TC_K_30_CS", requirements=("K09.FR.02", "K09.FR.04"), before=charging_profiles_cleared)
async def of_an_evse(bench: Bench) -> None:
    await installed(bench, MAX)
    default = await installed(bench, DEFAULT)
    await found(bench, criteria(source=CSO), default, evse_id=bench.settings.evse_id)


@case("TC_K_31_CS", requirements=("K09.FR.02", "K09.FR.06"), before=charging_profiles_cleared)
async def all_profiles(bench: Bench) -> None:
    station, default = await installed(bench, MAX), await installed(bench, DEFAULT)
    await found(bench, criteria(source=CSO), station, default)


@case("TC_K_32_CS", requirements=("K09.FR.01", "K09.FR.02"), before=charging_profiles_cleared)
async def by_id(bench: Bench) -> None:
    station = await installed(bench, MAX)
    await installed(bench, DEFAULT)
    await found(bench, criteria(ids=[station.profile.id]), station)


async def on_two_levels(bench: Bench) -> Installed:
    """Profiles of the EVSE on two stack levels, if the station has as many. Returns the upper one."""
    level = upper_level(bench)
    if level:
        await installed(bench, DEFAULT)
    return await installed(bench, DEFAULT, stack_level=level)


@case("TC_K_33_CS", requirements=("K09.FR.02", "K09.FR.04"), before=charging_profiles_cleared)
async def by_stack_level(bench: Bench) -> None:
    await installed(bench, MAX)
    upper = await on_two_levels(bench)
    await found(bench, criteria(stack_level=upper.profile.stack_level), upper, evse_id=bench.settings.evse_id)


@case("TC_K_34_CS", requirements=("K09.FR.02", "K09.FR.04"), before=charging_profiles_cleared)
async def by_source(bench: Bench) -> None:
    upper = await installed(bench, DEFAULT, stack_level=upper_level(bench))
    await found(bench, criteria(source=CSO), upper, evse_id=bench.settings.evse_id)
    await no_profiles_found(bench.step(6), criteria(source=OTHER_SOURCE), evse_id=bench.settings.evse_id)


@case(
    "TC_K_35_CS",
    requirements=("K09.FR.02", "K09.FR.04"),
    before=(charging_profiles_cleared, energy_transfer_started),  # erratum 6.2.70
)
async def by_purpose(bench: Bench) -> None:
    await installed(bench, MAX)
    await installed(bench, TX)
    default = await installed(bench, DEFAULT)
    await found(bench, criteria(purpose=DEFAULT), default, evse_id=bench.settings.evse_id)


@case("TC_K_36_CS", requirements=("K09.FR.02", "K09.FR.04"), before=charging_profiles_cleared)
async def by_purpose_and_stack_level(bench: Bench) -> None:
    await installed(bench, MAX, stack_level=upper_level(bench))
    upper = await on_two_levels(bench)
    wanted = criteria(purpose=DEFAULT, stack_level=upper.profile.stack_level)
    await found(bench, wanted, upper, evse_id=bench.settings.evse_id)
