"""Smart charging in OCPP 1.6: EVs follow the limits, alone and together (3.13.3)."""

import asyncio
from datetime import timedelta

from tests.station.v16.smart_charging.profiles import DEFAULT, MAX, A, composite, install, power, profile
from tests.station.v16.station_bench import CARD, StationBench, station_bench

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.v16 import messages as m

OTHER = "04112233"


def test_the_ev_follows_the_limits() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            assert power(bench) == 150_000
            await install(bench, 1, profile(DEFAULT, {0: 6000, 60: 0, 120: 10_000}, schedule={"duration": 180}))
            assert power(bench) == 6000
            await bench.status("SuspendedEVSE")  # erratum 3.64
            assert power(bench) == 0
            await bench.status("Charging")
            assert power(bench) == 10_000
            await asyncio.sleep(60)
            assert power(bench) == 150_000

    run_simulated(scenario())


def test_the_current_of_an_ev_falls_when_a_limit_begins_and_its_meter_shows_it() -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-ac") as bench:
            await bench.change("MeterValuesSampledData", "Current.Import,Power.Active.Import")
            await bench.change("MeterValueSampleInterval", "10")
            await bench.charge()
            assert currents(bench) == (32, 32, 32)
            late = {"charging_rate_unit": A, "start_schedule": utc_now() + timedelta(seconds=25)}
            assert await install(bench, 1, profile(DEFAULT, {0: 10, 30: 6.5}, schedule=late)) == "Accepted"
            bench.clear_messages()
            await asyncio.sleep(75)
            assert currents(bench) == (6.5, 6.5, 6.5)
            assert peaks(bench, "Current.Import") == [32, 32, 10, 10, 10, 6.5, 6.5]
            assert peaks(bench, "Power.Active.Import")[-1] == round(6.5 * 230 * 3 * 0.98, 1)

    run_simulated(scenario())


def currents(bench: StationBench, connector_id: int = 1) -> tuple[float, ...]:
    """The current on each phase, in A."""
    return tuple(round(current, 3) for current in bench.hardware.evses[connector_id].meter.read().currents)


def peaks(bench: StationBench, measurand: str) -> list[float]:
    """The highest sample of each MeterValues."""
    return [
        max(
            float(sample.value)
            for value in each.meter_value
            for sample in value.sampled_value
            if sample.measurand == measurand
        )
        for each in bench.csms.all(m.MeterValuesRequest)
    ]


def test_an_ev_is_suspended_if_its_share_is_too_small() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await install(bench, 0, profile(MAX, {0: 20_000}, charging_profile_id=1)) == "Accepted"
            slow = profile(DEFAULT, {0: 100_000}, schedule={"min_charging_rate": 15_000.0}, charging_profile_id=2)
            assert await install(bench, 0, slow) == "Accepted"
            await bench.charge(1)
            bench.hardware.plug_in(2, 1)
            bench.hardware.present_token(OTHER, "ISO14443", 2)
            await bench.status("SuspendedEVSE", 2)
            assert (power(bench, 1), power(bench, 2)) == (20_000, 0)  # 7.13
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Charging", 2)
            assert power(bench, 2) == 20_000

    run_simulated(scenario())


def test_a_station_limit_is_shared() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await install(bench, 0, profile(MAX, {0: 50_000})) == "Accepted"
            await bench.charge(1)
            assert power(bench, 1) == 50_000
            await bench.charge(2, OTHER)
            assert (power(bench, 1), power(bench, 2)) == (25_000, 25_000)  # 3.13.3
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Finishing", 1)
            assert (power(bench, 1), power(bench, 2)) == (0, 50_000)
            assert await composite(bench, 0, 60) == {0: 50_000}

    run_simulated(scenario())


def test_a_limit_below_the_minimum_of_the_pilot_is_zero() -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-ac") as bench:
            await bench.charge()
            amperes = {"charging_rate_unit": A}
            assert await install(bench, 1, profile(DEFAULT, {0: 5.9, 60: 6}, schedule=amperes)) == "Accepted"
            await bench.status("SuspendedEVSE")
            assert currents(bench) == (0, 0, 0)
            await bench.status("Charging")
            assert currents(bench) == (6, 6, 6)

    run_simulated(scenario())


def test_amperes_are_shared_on_each_phase() -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-ac") as bench:
            amperes = {"charging_rate_unit": A}
            assert await install(bench, 0, profile(MAX, {0: 20}, schedule=amperes)) == "Accepted"
            await bench.charge(1)
            assert currents(bench) == (20, 20, 20)
            await bench.charge(2, OTHER)
            assert (currents(bench), currents(bench, 2)) == ((10, 10, 10), (10,))
            assert await install(bench, 0, profile(MAX, {0: 11}, schedule=amperes)) == "Accepted"
            await bench.status("SuspendedEVSE", 2)  # 5.5 A each would be too little for both
            assert (currents(bench), currents(bench, 2)) == ((11, 11, 11), (0,))

    run_simulated(scenario())


def test_watts_are_shared_as_a_sum() -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-ac") as bench:
            assert await install(bench, 0, profile(MAX, {0: 6900})) == "Accepted"
            await bench.charge(2, OTHER)
            assert currents(bench, 2) == (30,)
            await bench.charge(1)
            assert (currents(bench), currents(bench, 2)) == ((7, 7, 7), (9,))  # 6 A each, and half of the rest

    run_simulated(scenario())
