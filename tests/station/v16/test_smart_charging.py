"""Smart charging in OCPP 1.6 (3.13, 5.5, 5.7, 5.16): what follows from profiles."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.station.v16.profiles import DEFAULT, KINDS, MAX, TX, A, composite, install, power, profile
from tests.station.v16.scene import CARD, Scene, scene

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.storage.store import Store


def test_the_three_purposes_together() -> None:
    async def scenario() -> None:
        async with scene() as it:
            number = await it.charge()
            assert await install(it, 0, profile(MAX, {0: 10_000}, charging_profile_id=1)) == "Accepted"
            default = profile(
                DEFAULT,
                {0: 6000, 60: 10_000, 120: 8000, 180: 25_000, 260: 8000},
                schedule={"duration": 300},
                charging_profile_id=2,
            )
            own = profile(
                TX,
                {0: 8000, 50: 11_000, 140: 16_000, 200: 6000, 240: 12_000},
                schedule={"duration": 260},
                charging_profile_id=3,
                transaction_id=number,
            )
            assert await install(it, 1, default) == "Accepted"
            assert await install(it, 1, own) == "Accepted"
            assert await composite(it) == {0: 8000, 50: 10_000, 200: 6000, 240: 10_000, 260: 8000, 300: 10_000}

    run_simulated(scenario())


def test_a_limit_of_the_station_without_a_start_counts_from_its_installation() -> None:
    async def scenario() -> None:
        async with scene() as it:
            wanted = profile(MAX, {0: 50_000, 60: 40_000}, schedule={"start_schedule": UNSET})
            assert await install(it, 0, wanted) == "Accepted"
            await asyncio.sleep(40)
            assert await composite(it, 0) == {0: 50_000, 20: 40_000}
            await asyncio.sleep(40)
            assert await composite(it, 0) == {0: 40_000}

    run_simulated(scenario())


def test_a_limit_in_amperes_is_told_in_both_units() -> None:
    async def scenario() -> None:
        async with scene("reference-16-ac") as it:
            in_amperes = {"charging_rate_unit": A}
            assert await install(it, 0, profile(MAX, {0: 16}, schedule=in_amperes, charging_profile_id=1)) == "Accepted"
            assert (
                await install(it, 2, profile(DEFAULT, {0: 10}, schedule=in_amperes, charging_profile_id=2))
                == "Accepted"
            )
            assert [await composite(it, each, unit=A) for each in (0, 1, 2)] == [{0: 16}, {0: 16}, {0: 10}]
            assert [await composite(it, each) for each in (0, 1, 2)] == [{0: 11_040}, {0: 11_040}, {0: 2300}]

    run_simulated(scenario())


def test_what_begins_in_the_last_half_second_is_not_told() -> None:
    async def scenario() -> None:
        async with scene() as it:
            soon = {"start_schedule": utc_now() + timedelta(seconds=59.7)}
            assert await install(it, 1, profile(DEFAULT, {0: 6000}, schedule=soon)) == "Accepted"
            assert await composite(it, 1, 60) == {0: 200_000}

    run_simulated(scenario())


def test_the_profile_of_a_transaction_that_a_power_cut_ends_goes_with_it() -> None:
    async def scenario() -> None:
        store = Store()
        async with scene(store=store) as it:
            number = await it.charge()
            assert await install(it, 1, profile(TX, {0: 6000}, transaction_id=number)) == "Accepted"
        async with scene(store=store) as it:
            assert await composite(it) == {0: 200_000}
            assert await clear(it) == "Unknown"

    run_simulated(scenario())


def test_a_profile_for_the_transaction_replaces_that_of_its_remote_start() -> None:
    async def scenario() -> None:
        async with scene() as it:
            request = m.RemoteStartTransactionRequest(
                id_tag=CARD, connector_id=1, charging_profile=profile(TX, {0: 7000}, charging_profile_id=1)
            )
            await it.csms.call(request)
            it.operator.plug_in(1, 1)
            await it.status("Charging")
            own = {"transaction_id": it.last_number()}
            assert await install(it, 1, profile(TX, {0: 8000}, charging_profile_id=2, **own)) == "Accepted"
            assert await composite(it) == {0: 8000}  # erratum 3.42: the same stack level
            assert (
                await install(it, 1, profile(TX, {0: 9000}, charging_profile_id=3, stack_level=1, **own)) == "Accepted"
            )
            assert await composite(it) == {0: 9000}
            assert await clear(it, id=3) == "Accepted"
            assert await composite(it) == {0: 8000}
            assert await clear(it, id=1) == "Unknown"

    run_simulated(scenario())


def test_a_default_profile_outlives_a_power_cut() -> None:
    async def scenario() -> None:
        store = Store()
        async with scene(store=store) as it:
            assert await install(it, 1, profile(DEFAULT, {0: 6000})) == "Accepted"
        async with scene(store=store) as it:
            assert await composite(it) == {0: 6000}  # erratum 3.37

    run_simulated(scenario())


def test_the_profile_of_a_transaction_ends_with_it() -> None:
    async def scenario() -> None:
        async with scene() as it:
            number = await it.charge()
            assert await install(it, 1, profile(TX, {0: 6000}, transaction_id=number)) == "Accepted"
            assert power(it) == 6000
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Finishing")
            assert await composite(it) == {0: 200_000}

    run_simulated(scenario())


def test_a_remote_start_brings_its_profile() -> None:
    async def scenario() -> None:
        async with scene() as it:
            wanted = profile(TX, {0: 7000})
            request = m.RemoteStartTransactionRequest(id_tag=CARD, connector_id=1, charging_profile=wanted)
            assert (await it.csms.call(request)).status is t.RemoteStartTransactionResponseStatus.Accepted
            it.operator.plug_in(1, 1)
            await it.status("Charging")
            assert power(it) == 7000
            assert await composite(it) == {0: 7000}

    run_simulated(scenario())


async def clear(it: Scene, **fields: Any) -> str:
    return (await it.csms.call(m.ClearChargingProfileRequest(**fields))).status.value


def test_clearing() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await install(it, 1, profile(DEFAULT, {0: 6000}, stack_level=1, charging_profile_id=1))
            await install(it, 1, profile(DEFAULT, {0: 7000}, stack_level=0, charging_profile_id=2))
            await install(it, 0, profile(MAX, {0: 8000}, charging_profile_id=3))
            assert await composite(it) == {0: 6000}
            assert await clear(it, id=9) == "Unknown"
            assert await clear(it, id=1, connector_id=2) == "Accepted"  # erratum 3.26: the id alone counts
            assert await composite(it) == {0: 7000}
            assert await clear(it, connector_id=1, charging_profile_purpose=DEFAULT, stack_level=1) == "Unknown"
            assert await clear(it, connector_id=1, charging_profile_purpose=DEFAULT, stack_level=0) == "Accepted"
            assert await composite(it) == {0: 8000}
            assert await clear(it) == "Accepted"
            assert await composite(it) == {0: 200_000}
            assert await clear(it) == "Unknown"

    run_simulated(scenario())


def test_a_recurring_profile_limits_from_time_to_time() -> None:
    async def scenario() -> None:
        async with scene() as it:
            daily = profile(
                DEFAULT,
                {0: 6000},
                charging_profile_kind=KINDS.Recurring,
                recurrency_kind=t.RecurrencyKindType.Daily,
                schedule={"duration": 600, "start_schedule": utc_now() - timedelta(days=3, minutes=-5)},
            )
            assert await install(it, 1, daily) == "Accepted"
            assert await composite(it, 1, 86_400) == {0: 200_000, 300: 6000, 900: 200_000}

    run_simulated(scenario())
