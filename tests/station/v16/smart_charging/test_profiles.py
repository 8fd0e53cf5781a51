"""Smart charging in OCPP 1.6 (3.13, 5.5, 5.7, 5.16): composite schedules and the lifetime of profiles."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.station.v16.smart_charging.profiles import DEFAULT, KINDS, MAX, TX, A, composite, install, power, profile
from tests.station.v16.station_bench import CARD, StationBench, station_bench

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.storage.store import Store


def test_the_three_purposes_together() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            number = await bench.charge()
            assert await install(bench, 0, profile(MAX, {0: 10_000}, charging_profile_id=1)) == "Accepted"
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
            assert await install(bench, 1, default) == "Accepted"
            assert await install(bench, 1, own) == "Accepted"
            assert await composite(bench) == {0: 8000, 50: 10_000, 200: 6000, 240: 10_000, 260: 8000, 300: 10_000}

    run_simulated(scenario())


def test_a_station_limit_without_a_start_begins_at_its_installation() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            wanted = profile(MAX, {0: 50_000, 60: 40_000}, schedule={"start_schedule": UNSET})
            assert await install(bench, 0, wanted) == "Accepted"
            await asyncio.sleep(40)
            assert await composite(bench, 0) == {0: 50_000, 20: 40_000}
            await asyncio.sleep(40)
            assert await composite(bench, 0) == {0: 40_000}

    run_simulated(scenario())


def test_external_limits_and_profiles_of_the_csms_do_not_replace_each_other() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            bench.hardware.set_external_limit("EMS", 9000)
            bench.hardware.set_external_limit("SO", 12_000)  # the EMS still limits it to 9 kW
            await asyncio.sleep(1)
            assert await composite(bench) == {0: 9000}
            assert await install(bench, 0, profile(MAX, {0: 11_000}, charging_profile_id=-1)) == "Accepted"
            assert await composite(bench) == {0: 9000}
            bench.hardware.set_external_limit("EMS", None)
            assert await composite(bench) == {0: 11_000}
            bench.hardware.set_external_limit("EMS", 10_000)
            bench.hardware.set_external_limit("EMS", 10_500)
            assert await composite(bench) == {0: 10_500}

    run_simulated(scenario())


def test_a_limit_in_amperes_is_reported_in_both_units() -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-ac") as bench:
            in_amperes = {"charging_rate_unit": A}
            assert (
                await install(bench, 0, profile(MAX, {0: 16}, schedule=in_amperes, charging_profile_id=1)) == "Accepted"
            )
            assert (
                await install(bench, 2, profile(DEFAULT, {0: 10}, schedule=in_amperes, charging_profile_id=2))
                == "Accepted"
            )
            assert [await composite(bench, each, unit=A) for each in (0, 1, 2)] == [{0: 16}, {0: 16}, {0: 10}]
            assert [await composite(bench, each) for each in (0, 1, 2)] == [{0: 11_040}, {0: 11_040}, {0: 2300}]

    run_simulated(scenario())


def test_a_period_in_the_last_half_second_is_omitted() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            soon = {"start_schedule": utc_now() + timedelta(seconds=59.7)}
            assert await install(bench, 1, profile(DEFAULT, {0: 6000}, schedule=soon)) == "Accepted"
            assert await composite(bench, 1, 60) == {0: 200_000}

    run_simulated(scenario())


def test_a_power_loss_deletes_the_profile_of_its_transaction() -> None:
    async def scenario() -> None:
        store = Store()
        async with station_bench(store=store) as bench:
            number = await bench.charge()
            assert await install(bench, 1, profile(TX, {0: 6000}, transaction_id=number)) == "Accepted"
        async with station_bench(store=store) as bench:
            assert await composite(bench) == {0: 200_000}
            assert await clear(bench) == "Unknown"

    run_simulated(scenario())


def test_a_transaction_profile_replaces_that_of_the_remote_start() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            request = m.RemoteStartTransactionRequest(
                id_tag=CARD, connector_id=1, charging_profile=profile(TX, {0: 7000}, charging_profile_id=1)
            )
            await bench.csms.call(request)
            bench.hardware.plug_in(1, 1)
            await bench.status("Charging")
            own = {"transaction_id": bench.last_transaction_id()}
            assert await install(bench, 1, profile(TX, {0: 8000}, charging_profile_id=2, **own)) == "Accepted"
            assert await composite(bench) == {0: 8000}  # erratum 3.42: the same stack level
            assert (
                await install(bench, 1, profile(TX, {0: 9000}, charging_profile_id=3, stack_level=1, **own))
                == "Accepted"
            )
            assert await composite(bench) == {0: 9000}
            assert await clear(bench, id=3) == "Accepted"
            assert await composite(bench) == {0: 8000}
            assert await clear(bench, id=1) == "Unknown"

    run_simulated(scenario())


def test_a_default_profile_survives_a_power_loss() -> None:
    async def scenario() -> None:
        store = Store()
        async with station_bench(store=store) as bench:
            assert await install(bench, 1, profile(DEFAULT, {0: 6000})) == "Accepted"
        async with station_bench(store=store) as bench:
            assert await composite(bench) == {0: 6000}  # erratum 3.37

    run_simulated(scenario())


def test_the_profile_of_a_transaction_ends_with_it() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            number = await bench.charge()
            assert await install(bench, 1, profile(TX, {0: 6000}, transaction_id=number)) == "Accepted"
            assert power(bench) == 6000
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Finishing")
            assert await composite(bench) == {0: 200_000}

    run_simulated(scenario())


def test_a_remote_start_installs_its_profile() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            wanted = profile(TX, {0: 7000})
            request = m.RemoteStartTransactionRequest(id_tag=CARD, connector_id=1, charging_profile=wanted)
            assert (await bench.csms.call(request)).status is t.RemoteStartTransactionResponseStatus.Accepted
            bench.hardware.plug_in(1, 1)
            await bench.status("Charging")
            assert power(bench) == 7000
            assert await composite(bench) == {0: 7000}

    run_simulated(scenario())


async def clear(bench: StationBench, **fields: Any) -> str:
    return (await bench.csms.call(m.ClearChargingProfileRequest(**fields))).status.value


def test_clearing() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await install(bench, 1, profile(DEFAULT, {0: 6000}, stack_level=1, charging_profile_id=1))
            await install(bench, 1, profile(DEFAULT, {0: 7000}, stack_level=0, charging_profile_id=2))
            await install(bench, 0, profile(MAX, {0: 8000}, charging_profile_id=3))
            assert await composite(bench) == {0: 6000}
            assert await clear(bench, id=9) == "Unknown"
            assert await clear(bench, id=1, connector_id=2) == "Accepted"  # erratum 3.26: the id alone counts
            assert await composite(bench) == {0: 7000}
            assert await clear(bench, connector_id=1, charging_profile_purpose=DEFAULT, stack_level=1) == "Unknown"
            assert await clear(bench, connector_id=1, charging_profile_purpose=DEFAULT, stack_level=0) == "Accepted"
            assert await composite(bench) == {0: 8000}
            assert await clear(bench) == "Accepted"
            assert await composite(bench) == {0: 200_000}
            assert await clear(bench) == "Unknown"

    run_simulated(scenario())


def test_a_recurring_profile_limits_from_time_to_time() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            daily = profile(
                DEFAULT,
                {0: 6000},
                charging_profile_kind=KINDS.Recurring,
                recurrency_kind=t.RecurrencyKindType.Daily,
                schedule={"duration": 600, "start_schedule": utc_now() - timedelta(days=3, minutes=-5)},
            )
            assert await install(bench, 1, daily) == "Accepted"
            assert await composite(bench, 1, 86_400) == {0: 200_000, 300: 6000, 900: 200_000}

    run_simulated(scenario())


def test_a_default_profile_of_a_connector_replaces_that_of_connector_0_also_after_its_end() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await install(bench, 0, profile(DEFAULT, {0: 8000}, charging_profile_id=1)) == "Accepted"
            ends = {"valid_to": utc_now() + timedelta(seconds=100)}
            assert await install(bench, 1, profile(DEFAULT, {0: 6000}, charging_profile_id=2, **ends)) == "Accepted"
            assert await composite(bench) == {0: 6000, 100: 200_000}  # 3.13.1, 3.13.2
            assert await composite(bench, 2) == {0: 8000}
            assert await install(bench, 0, profile(DEFAULT, {0: 9000}, charging_profile_id=3, stack_level=1)) == (
                "Accepted"
            )
            assert await composite(bench) == {0: 9000}  # another stack level is another profile
            assert await clear(bench, id=3) == "Accepted"
            assert await clear(bench, id=2) == "Accepted"
            assert await composite(bench) == {0: 8000}  # nothing is left that replaces it

    run_simulated(scenario())
