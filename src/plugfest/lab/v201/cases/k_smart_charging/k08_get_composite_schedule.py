"""K08 Get Composite Schedule.

In Edition 4 (after Part 6 of OCPP 2.1 Edition 2) the profiles of TC_K_40 and TC_K_41 have no validFrom and no validTo,
and their durations are not longer by the tolerance.
"""

from datetime import timedelta

import msgspec

from plugfest import clock
from plugfest.lab.case import case
from plugfest.lab.checks.smart_charging.limits import STATION
from plugfest.lab.checks.smart_charging.schedule_check import time_within
from plugfest.lab.expectations import absent, has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.k_smart_charging.reported_profiles import check_composite_schedule
from plugfest.lab.v201.memory.charging_profile import (
    DEFAULT,
    MAX,
    TX,
    Periods,
    charging_profile,
    charging_profile_set,
    charging_profiles_cleared,
    composite_schedule_request,
    no_charging_profiles,
    now,
    rate_unit,
    tolerance,
    unknown_evse,
    unsupported_unit,
)
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import types as t

SECONDS = 300

VALID = timedelta(seconds=401)
"""Longer than the composite schedules."""


@case("TC_K_39_CS", requirements=("K08.FR.02", "K08.FR.03", "K08.FR.06"), before=charging_profiles_cleared)
async def without_profiles(bench: Bench) -> None:
    asked = clock.utc_now()

    def margin() -> float:
        return bench.settings.time_tolerance + (clock.utc_now() - asked).total_seconds()

    await bench.step(2).call(
        composite_schedule_request(bench, SECONDS, STATION),
        status="Accepted",
        schedule=has(
            evse_id=STATION,
            schedule_start=time_within(asked, margin),
            duration=SECONDS,
            charging_rate_unit=rate_unit(bench),
            charging_schedule_period=[has(start_period=0)],
        ),
    )


def valid_profile(
    bench: Bench,
    purpose: str,
    periods: Periods,
    duration: int,
    *,
    stack_level: int = 0,
    transaction_id: str | UnsetType = UNSET,
) -> t.ChargingProfileType:
    """A profile that began one tolerance ago; it ends `duration` seconds from now (errata 6.2.72 to 6.2.74)."""
    more = tolerance(bench)
    return charging_profile(
        bench,
        purpose,
        periods,
        start=now() - more,
        duration=duration + more.seconds,
        valid_from=now() - more,
        valid_to=now() + VALID + more,
        stack_level=stack_level,
        transaction_id=transaction_id,
    )


async def two_stacked(bench: Bench) -> None:
    """Two profiles with the same start; the one with the higher stack level ends first."""
    low = valid_profile(bench, DEFAULT, [(0, 6), (100, 8), (200, 10)], 400)
    high = valid_profile(bench, DEFAULT, [(0, 7), (100, 9)], 150, stack_level=1)
    await charging_profile_set(bench, low)
    await charging_profile_set(bench, high)


@case("TC_K_40_CS", requirements=("K08.FR.02", "K08.FR.06", "K01.FR.17"), before=(no_charging_profiles, two_stacked))
async def stacked(bench: Bench) -> None:
    await check_composite_schedule(bench.step(2), seconds=350)


async def one_of_each_purpose(bench: Bench) -> None:
    """A profile of each purpose, with the same start."""
    more, transaction_id = tolerance(bench), transaction_under_test(bench)
    station = charging_profile(bench, MAX, [(0, 10)], duration=86_400 + more.seconds)
    default = valid_profile(bench, DEFAULT, [(0, 6), (60, 10), (120, 8), (180, 15), (260, 8)], 300)
    own_periods = [(0, 8), (50, 11), (140, 16), (200, 6), (240, 12)]
    own = valid_profile(bench, TX, own_periods, 260, transaction_id=transaction_id)
    await charging_profile_set(bench, station, evse_id=STATION)
    await charging_profile_set(bench, default)
    await charging_profile_set(bench, own)


@case(
    "TC_K_41_CS",
    requirements=("K08.FR.02", "K08.FR.04", "K02.FR.04", "K02.FR.08"),
    before=(no_charging_profiles, energy_transfer_started, one_of_each_purpose),
)
async def three_purposes(bench: Bench) -> None:
    await check_composite_schedule(bench.step(2), seconds=400)


@case("TC_K_42_CS", requirements=("K08.FR.07",))
async def unit_not_supported(bench: Bench) -> None:
    request = composite_schedule_request(bench, SECONDS, STATION)
    request = msgspec.structs.replace(request, charging_rate_unit=unsupported_unit(bench))
    await bench.step(2).call(request, status="Rejected", schedule=absent)


@case("TC_K_47_CS", requirements=("K08.FR.05",))
async def no_such_evse(bench: Bench) -> None:
    request = composite_schedule_request(bench, SECONDS, unknown_evse(bench))
    await bench.step(2).call(request, status="Rejected", schedule=absent)
