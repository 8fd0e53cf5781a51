"""SetChargingProfile, and the composite schedule that follows."""

from plugfest.lab.case import case
from plugfest.lab.checks.smart_charging.limits import STATION
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.meter_values import sampled_often
from plugfest.lab.v16.cases.smart_charging.charging_limits import check_limit_followed
from plugfest.lab.v16.cases.smart_charging.composite_schedule import check_composite_schedule
from plugfest.lab.v16.memory.charging_profile import (
    DEFAULT,
    MAX,
    TX,
    absolute_profile,
    charging_profile_set,
    no_charging_profiles,
    profile_not_installed,
)
from plugfest.lab.v16.states.charging import charging, transaction_id
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

LIMIT = 6
"""The minimum current of IEC 61851-1, in A."""

DURATION = 300
"""Duration of the limit and of the composite schedule, in seconds."""

SECOND_REQUEST_AFTER = 20.0
"""Seconds until the second GetCompositeSchedule: more than the tolerance."""


def limited(bench: Bench, purpose: str, **more: int) -> t.ChargingProfile:
    """A profile with one limit, for the duration of the composite schedule."""
    return absolute_profile(bench, purpose, [(0, LIMIT)], duration=DURATION, valid=DURATION, **more)


@case("TC_056_CS", requirements=("section 3.13.1", "section 5.7", "section 5.16.4"), before=no_charging_profiles)
async def default_profile(bench: Bench) -> None:
    """Derived from a record of the official tool: the schedule follows the profile without a transaction too."""
    await charging_profile_set(bench.step(1), limited(bench, DEFAULT))
    await check_composite_schedule(bench.step(3), seconds=DURATION)


@case(
    "TC_082_CS",
    requirements=("section 3.13.1", "section 5.16.3", "section 5.7"),
    configuration=sampled_often,
    before=(no_charging_profiles, charging),
)
async def default_profile_while_charging(bench: Bench) -> None:
    """Derived from 3.13.1 (erratum 3.8): the transaction switches to the new profile, so the EV gets less."""
    await charging_profile_set(bench.step(1), limited(bench, DEFAULT))
    await check_composite_schedule(bench.step(3), seconds=DURATION)
    await check_limit_followed(bench.step(4, "section 3.13.1"))


@case(
    "TC_057_CS",
    requirements=("section 5.16.3", "section 5.7"),
    configuration=sampled_often,
    before=(no_charging_profiles, charging),
)
async def transaction_profile(bench: Bench) -> None:
    """Derived from 7.11: an accepted profile is executed, so the EV gets less."""
    await charging_profile_set(bench.step(1), limited(bench, TX, transaction_id=transaction_id(bench)))
    await check_composite_schedule(bench.step(3), seconds=DURATION)
    await check_limit_followed(bench.step(4, "section 7.11"))


# Stacked and combined profiles


async def one_of_each_purpose(bench: Bench) -> None:
    """A profile of each purpose for one transaction."""
    validity = {"valid": 401}
    default_periods = [(0, 6), (60, 10), (120, 8), (180, 25), (260, 8)]
    max_profile = absolute_profile(bench, MAX, [(0, 10)], duration=86_400, **validity)
    default_profile = absolute_profile(bench, DEFAULT, default_periods, duration=300, **validity)
    tx_profile = absolute_profile(
        bench,
        TX,
        [(0, 8), (50, 11), (140, 16), (200, 6), (240, 12)],
        duration=260,
        transaction_id=transaction_id(bench),
        **validity,
    )
    await charging_profile_set(bench, max_profile, connector_id=STATION)
    await charging_profile_set(bench, default_profile)
    await charging_profile_set(bench, tx_profile)


@case(
    "TC_066_CS",
    requirements=("section 3.13.3", "section 5.7"),
    before=(no_charging_profiles, charging, one_of_each_purpose),
)
async def three_purposes(bench: Bench) -> None:
    """Derived: the second and third profile and the result come from another laboratory, and agree with 3.13.3."""
    await check_composite_schedule(bench.step(1), seconds=400)


async def two_stacked(bench: Bench) -> None:
    """Two profiles; the one with the higher stack level ends first."""
    low = absolute_profile(bench, DEFAULT, [(0, 6), (100, 8), (200, 10)], duration=400, valid=401)
    high = absolute_profile(bench, DEFAULT, [(0, 7), (100, 9)], duration=150, valid=401, stack_level=1)
    await charging_profile_set(bench, low)
    await charging_profile_set(bench, high)


@case(
    "TC_072_CS",
    requirements=("section 3.13.2", "section 5.16.4", "section 5.7"),
    before=(no_charging_profiles, two_stacked),
)
async def stacked(bench: Bench) -> None:
    """Derived: the upper profile and the result come from another laboratory, and agree with 3.13.2 and 5.16.4.

    The second request shows that the profile counts from its own start, and the schedule from the request (5.7).
    """
    await check_composite_schedule(bench.step(1), seconds=350)
    await bench.wait(SECOND_REQUEST_AFTER)
    await check_composite_schedule(bench.step(3), seconds=350)


# Rejected profiles


async def profile_rejected(bench: Bench, profile: t.ChargingProfile) -> None:
    """The station answers Rejected or a CALLERROR, and does not install the profile."""
    request = m.SetChargingProfileRequest(connector_id=bench.connector_id, cs_charging_profiles=profile)
    await bench.call_or_error(request, "PropertyConstraintViolation", status="Rejected")
    await profile_not_installed(bench, profile)


@case("TC_058_1_CS", requirements=("section 3.13.1",), before=no_charging_profiles)
async def no_transaction(bench: Bench) -> None:
    await profile_rejected(bench.step(1), limited(bench, TX, transaction_id=1))


@case("TC_058_2_CS", requirements=("section 3.13.1", "section 7.8"), before=(no_charging_profiles, charging))
async def another_transaction(bench: Bench) -> None:
    """Derived from TC_058_1: 3.13.1 requires an error, and by 7.8 transactionId identifies the transaction."""
    await profile_rejected(bench.step(1), limited(bench, TX, transaction_id=transaction_id(bench) + 1000))
