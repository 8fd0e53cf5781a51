"""The CSMS installs charging profiles and asks what follows from them."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.meter_values import sampled
from plugfest.lab.v16.cases.smart_charging.charging_limits import follows_limits
from plugfest.lab.v16.cases.smart_charging.composite_schedule import composite_told
from plugfest.lab.v16.composite_schedule import STATION
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
"""Amperes, the least that IEC 61851-1 knows."""

SECONDS = 300
"""How long that limit holds, and how far the lab looks ahead."""

LATER = 20.0
"""Seconds until the second look: well over the tolerance of times."""


def limited(bench: Bench, purpose: str, **more: int) -> t.ChargingProfile:
    """One limit for as long as the lab looks ahead."""
    return absolute_profile(bench, purpose, [(0, LIMIT)], duration=SECONDS, valid=SECONDS, **more)


@case("TC_056_CS", requirements=("section 3.13.1", "section 5.7", "section 5.16.4"), before=no_charging_profiles)
async def default_profile(bench: Bench) -> None:
    """Derived; that the schedule tells of the profile without a transaction is known from a record of the real tool."""
    await charging_profile_set(bench.step(1), limited(bench, DEFAULT))
    await composite_told(bench.step(3), seconds=SECONDS)


@case(
    "TC_082_CS",
    requirements=("section 3.13.1", "section 5.16.3", "section 5.7"),
    configuration=sampled,
    before=(no_charging_profiles, charging),
)
async def default_profile_while_charging(bench: Bench) -> None:
    """Derived; by 3.13.1 (erratum 3.8) the transaction switches to the new profile, so the EV has to get less."""
    await charging_profile_set(bench.step(1), limited(bench, DEFAULT))
    await composite_told(bench.step(3), seconds=SECONDS)
    await follows_limits(bench.step(4, "section 3.13.1"))


@case(
    "TC_057_CS",
    requirements=("section 5.16.3", "section 5.7"),
    configuration=sampled,
    before=(no_charging_profiles, charging),
)
async def transaction_profile(bench: Bench) -> None:
    """Derived; by 7.11 an accepted profile is executed, so the EV has to get less."""
    await charging_profile_set(bench.step(1), limited(bench, TX, transaction_id=transaction_id(bench)))
    await composite_told(bench.step(3), seconds=SECONDS)
    await follows_limits(bench.step(4, "section 7.11"))


# Stacked and combined


async def one_of_each_purpose(bench: Bench) -> None:
    """Three limits over one transaction."""
    look = {"valid": 401}
    everywhere = absolute_profile(bench, MAX, [(0, 10)], duration=86_400, **look)
    usual = absolute_profile(bench, DEFAULT, [(0, 6), (60, 10), (120, 8), (180, 25), (260, 8)], duration=300, **look)
    own = absolute_profile(
        bench,
        TX,
        [(0, 8), (50, 11), (140, 16), (200, 6), (240, 12)],
        duration=260,
        transaction_id=transaction_id(bench),
        **look,
    )
    await charging_profile_set(bench, everywhere, connector_id=STATION)
    await charging_profile_set(bench, usual)
    await charging_profile_set(bench, own)


@case(
    "TC_066_CS",
    requirements=("section 3.13.3", "section 5.7"),
    before=(no_charging_profiles, charging, one_of_each_purpose),
)
async def three_purposes(bench: Bench) -> None:
    """The second and the third profile and the result are those of another laboratory; 3.13.3 leads to the same."""
    await composite_told(bench.step(1), seconds=400)


async def two_stacked(bench: Bench) -> None:
    """Of two profiles the one on top ends first."""
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
    """The profile on top and the result are those of another laboratory; 3.13.2 and 5.16.4 lead to the same.

    A second look shows that the schedules count from their own start: 5.7 asks for what follows from the request on.
    """
    await composite_told(bench.step(1), seconds=350)
    await bench.wait(LATER)
    await composite_told(bench.step(3), seconds=350)


# Refusals


async def refused(bench: Bench, profile: t.ChargingProfile) -> None:
    """A station says so with Rejected or refuses the message, and keeps nothing."""
    request = m.SetChargingProfileRequest(connector_id=bench.connector_id, cs_charging_profiles=profile)
    await bench.call_or_error(request, "PropertyConstraintViolation", status="Rejected")
    await profile_not_installed(bench, profile)


@case("TC_058_1_CS", requirements=("section 3.13.1",), before=no_charging_profiles)
async def no_transaction(bench: Bench) -> None:
    await refused(bench.step(1), limited(bench, TX, transaction_id=1))


@case("TC_058_2_CS", requirements=("section 3.13.1", "section 7.8"), before=(no_charging_profiles, charging))
async def another_transaction(bench: Bench) -> None:
    """Derived from 058_1: 3.13.1 asks for an error status, and 7.8 lets transactionId match a transaction."""
    await refused(bench.step(1), limited(bench, TX, transaction_id=transaction_id(bench) + 1000))
