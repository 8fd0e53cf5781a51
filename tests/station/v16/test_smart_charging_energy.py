"""Smart charging in OCPP 1.6: that the EVs follow the limits, alone and together (3.13.3)."""

import asyncio
from datetime import timedelta

from tests.station.v16.profiles import DEFAULT, MAX, A, composite, install, power, profile
from tests.station.v16.scene import CARD, Scene, scene

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.v16 import messages as m

OTHER = "04112233"


def test_the_ev_follows_the_limits_as_they_come() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.charge()
            assert power(it) == 150_000
            await install(it, 1, profile(DEFAULT, {0: 6000, 60: 0, 120: 10_000}, schedule={"duration": 180}))
            assert power(it) == 6000
            await it.status("SuspendedEVSE")  # erratum 3.64
            assert power(it) == 0
            await it.status("Charging")
            assert power(it) == 10_000
            await asyncio.sleep(60)
            assert power(it) == 150_000

    run_simulated(scenario())


def test_the_current_of_an_ev_falls_when_a_limit_begins_and_its_meter_shows_it() -> None:
    async def scenario() -> None:
        async with scene("reference-16-ac") as it:
            await it.change("MeterValuesSampledData", "Current.Import,Power.Active.Import")
            await it.change("MeterValueSampleInterval", "10")
            await it.charge()
            assert currents(it) == (32, 32, 32)
            late = {"charging_rate_unit": A, "start_schedule": utc_now() + timedelta(seconds=25)}
            assert await install(it, 1, profile(DEFAULT, {0: 10, 30: 6.5}, schedule=late)) == "Accepted"
            it.forget()
            await asyncio.sleep(75)
            assert currents(it) == (6.5, 6.5, 6.5)
            assert told(it, "Current.Import") == [32, 32, 10, 10, 10, 6.5, 6.5]
            assert told(it, "Power.Active.Import")[-1] == round(6.5 * 230 * 3 * 0.98, 1)

    run_simulated(scenario())


def currents(it: Scene, connector_id: int = 1) -> tuple[float, ...]:
    """What flows on each phase, in A."""
    return tuple(round(current, 3) for current in it.operator.evses[connector_id].meter.read().currents)


def told(it: Scene, measurand: str) -> list[float]:
    """The highest sample of each MeterValues."""
    return [
        max(
            float(sample.value)
            for value in each.meter_value
            for sample in value.sampled_value
            if sample.measurand == measurand
        )
        for each in it.csms.all(m.MeterValuesRequest)
    ]


def test_an_ev_waits_where_its_share_is_not_worth_while() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await install(it, 0, profile(MAX, {0: 20_000}, charging_profile_id=1)) == "Accepted"
            slow = profile(DEFAULT, {0: 100_000}, schedule={"min_charging_rate": 15_000.0}, charging_profile_id=2)
            assert await install(it, 0, slow) == "Accepted"
            await it.charge(1)
            it.operator.plug_in(2, 1)
            it.operator.present_token(OTHER, "ISO14443", 2)
            await it.status("SuspendedEVSE", 2)
            assert (power(it, 1), power(it, 2)) == (20_000, 0)  # 7.13
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Charging", 2)
            assert power(it, 2) == 20_000

    run_simulated(scenario())


def test_a_limit_of_the_station_is_shared() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await install(it, 0, profile(MAX, {0: 50_000})) == "Accepted"
            await it.charge(1)
            assert power(it, 1) == 50_000
            await it.charge(2, OTHER)
            assert (power(it, 1), power(it, 2)) == (25_000, 25_000)  # 3.13.3
            it.operator.present_token(CARD, "ISO14443", 1)
            await it.status("Finishing", 1)
            assert (power(it, 1), power(it, 2)) == (0, 50_000)
            assert await composite(it, 0, 60) == {0: 50_000}

    run_simulated(scenario())


def test_less_than_an_ev_can_be_told_is_nothing() -> None:
    async def scenario() -> None:
        async with scene("reference-16-ac") as it:
            await it.charge()
            amperes = {"charging_rate_unit": A}
            assert await install(it, 1, profile(DEFAULT, {0: 5.9, 60: 6}, schedule=amperes)) == "Accepted"
            await it.status("SuspendedEVSE")
            assert currents(it) == (0, 0, 0)
            await it.status("Charging")
            assert currents(it) == (6, 6, 6)

    run_simulated(scenario())


def test_amperes_are_shared_on_each_phase() -> None:
    async def scenario() -> None:
        async with scene("reference-16-ac") as it:
            amperes = {"charging_rate_unit": A}
            assert await install(it, 0, profile(MAX, {0: 20}, schedule=amperes)) == "Accepted"
            await it.charge(1)
            assert currents(it) == (20, 20, 20)
            await it.charge(2, OTHER)
            assert (currents(it), currents(it, 2)) == ((10, 10, 10), (10,))
            assert await install(it, 0, profile(MAX, {0: 11}, schedule=amperes)) == "Accepted"
            await it.status("SuspendedEVSE", 2)  # 5.5 A each would be too little for both
            assert (currents(it), currents(it, 2)) == ((11, 11, 11), (0,))

    run_simulated(scenario())


def test_watts_are_shared_as_a_sum() -> None:
    async def scenario() -> None:
        async with scene("reference-16-ac") as it:
            assert await install(it, 0, profile(MAX, {0: 6900})) == "Accepted"
            await it.charge(2, OTHER)
            assert currents(it, 2) == (30,)
            await it.charge(1)
            assert (currents(it), currents(it, 2)) == ((7, 7, 7), (9,))  # 6 A each, and half of the rest

    run_simulated(scenario())
