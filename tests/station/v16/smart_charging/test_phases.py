"""Smart charging in OCPP 1.6: the number of phases of a limit (7.12, 7.14; erratum 3.34)."""

import asyncio
import logging
from typing import Any

import msgspec
import pytest
from tests.station.v16.smart_charging.profiles import DEFAULT, MAX, TX, A, W, install, power, profile
from tests.station.v16.station_bench import CARD, StationBench, station_bench

from plugfest.clock import run_simulated
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.storage.store import Store

OTHER = "04112233"

SWITCHABLE, THREE_PHASES, ONE_PHASE = {1: (3, (1, 3))}, {1: (3, ())}, {1: (1, ())}
"""The EVSEs of a station: phases, and the numbers that it switches between."""

PAUSE = 10
FACTOR = 0.98
"""The power factor of the virtual EV."""


def on_phases(number: int | None, periods: dict[int, float], purpose: Any = DEFAULT, unit: Any = A, **more: Any) -> Any:
    """A profile with limits on so many phases; None names no number."""
    wanted = profile(purpose, periods, schedule={"charging_rate_unit": unit, **more.pop("schedule", {})}, **more)
    if number is None:
        return wanted
    schedule = wanted.charging_schedule
    named = [msgspec.structs.replace(each, number_phases=number) for each in schedule.charging_schedule_period]
    return msgspec.structs.replace(
        wanted, charging_schedule=msgspec.structs.replace(schedule, charging_schedule_period=named)
    )


def currents(bench: StationBench, connector_id: int = 1) -> tuple[float, ...]:
    return tuple(round(current, 3) for current in bench.hardware.evses[connector_id].meter.read().currents)


async def composite(bench: StationBench, unit: t.ChargingRateUnitType, connector_id: int = 1) -> list[Any]:
    """The limits with their numbers of phases."""
    request = m.GetCompositeScheduleRequest(connector_id=connector_id, duration=60, charging_rate_unit=unit)
    schedule = given((await bench.csms.call(request)).charging_schedule)
    assert schedule is not None
    return [(period.limit, given(period.number_phases)) for period in schedule.charging_schedule_period]


def ac_station(evses: dict[int, tuple[int, tuple[int, ...]]], **more: Any) -> Any:
    return station_bench("reference-16-ac", phases=evses, **more)


def test_a_limit_on_one_phase_charges_on_one_phase_as_the_composite_schedule_says() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            assert await install(bench, 1, on_phases(1, {0: 16})) == "Accepted"
            await bench.charge()
            assert currents(bench) == (16, 0, 0)
            assert power(bench) == round(3680 * FACTOR)
            assert await composite(bench, A) == [(16, 1)]
            assert await composite(bench, W) == [(3680, 1)]

    run_simulated(scenario())


@pytest.mark.parametrize("number", [1, 2])
def test_a_number_of_phases_that_is_too_low_for_the_evse_is_rejected(
    number: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with ac_station(THREE_PHASES) as bench:
            await bench.charge()
            with caplog.at_level(logging.INFO, "plugfest.station.blocks.k_smart_charging"):
                for connector_id, purpose in ((1, DEFAULT), (0, DEFAULT), (0, MAX)):
                    wanted = on_phases(number, {0: 16}, purpose)
                    assert await install(bench, connector_id, wanted) == "Rejected"  # K01.FR.43
            assert caplog.messages == ["SetChargingProfile rejected: an EVSE cannot charge on so few phases"] * 3
            assert currents(bench) == (32, 32, 32)

    run_simulated(scenario())


def test_a_remote_start_with_a_number_of_phases_that_is_too_low_is_rejected(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with ac_station(THREE_PHASES) as bench:
            for number, status in ((1, "Rejected"), (3, "Accepted")):
                wanted = on_phases(number, {0: 16}, TX)
                request = m.RemoteStartTransactionRequest(id_tag=CARD, connector_id=1, charging_profile=wanted)
                assert (await bench.csms.call(request)).status.value == status

    with caplog.at_level(logging.INFO, "plugfest.station.blocks.f_remote_control"):
        run_simulated(scenario())
    assert caplog.messages == ["RemoteStartTransaction rejected: an EVSE cannot charge on so few phases"]


def test_the_other_evses_do_not_matter_for_the_profile_of_one() -> None:
    async def scenario() -> None:
        async with ac_station({1: (3, ()), 2: (1, ())}) as bench:
            assert await install(bench, 2, on_phases(1, {0: 16})) == "Accepted"
            assert await install(bench, 0, on_phases(1, {0: 16}, charging_profile_id=2)) == "Rejected"

    run_simulated(scenario())


def test_a_number_of_phases_higher_than_possible_limits_those_that_are_there() -> None:
    async def scenario() -> None:
        async with ac_station(ONE_PHASE) as bench:
            assert await install(bench, 1, on_phases(3, {0: 16})) == "Accepted"
            await bench.charge()
            assert currents(bench) == (16,)  # erratum 3.34
            assert await composite(bench, W) == [(3680, 1)]

    run_simulated(scenario())


def test_a_limit_on_two_phases_charges_on_one_where_two_are_not_possible() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            assert await install(bench, 1, on_phases(2, {0: 16})) == "Accepted"
            await bench.charge()
            assert currents(bench) == (16, 0, 0)
            assert await composite(bench, A) == [(16, 1)]

    run_simulated(scenario())


def test_the_minimum_is_6_a_on_each_phase_that_is_used() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            assert await install(bench, 1, on_phases(1, {0: 1380, 60: 1379}, unit=W)) == "Accepted"
            await bench.charge()
            assert currents(bench) == (6, 0, 0)
            await bench.status("SuspendedEVSE")
            assert currents(bench) == (0, 0, 0)

    run_simulated(scenario())


def test_the_lowest_number_of_phases_and_the_lowest_current_count_in_both_units() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            assert await install(bench, 1, on_phases(1, {0: 10})) == "Accepted"
            assert await install(bench, 0, on_phases(3, {0: 9}, MAX, charging_profile_id=2)) == "Accepted"
            assert await composite(bench, A) == [(9, 1)]  # 2.0.1 erratum 2.36
            assert await composite(bench, W) == [(2070, 1)]
            assert await composite(bench, A, 0) == [(9, 1)]
            assert await composite(bench, W, 0) == [(2070, 1)]
            await bench.charge()
            assert currents(bench) == (9, 0, 0)

    run_simulated(scenario())


def test_a_change_of_phases_interrupts_the_charging_for_the_pause() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            await bench.charge()
            assert await install(bench, 1, on_phases(1, {0: 24})) == "Accepted"
            assert currents(bench) == (0, 0, 0)
            assert not bench.hardware.evses[1].connectors[1].contactor.closed
            await bench.status("SuspendedEVSE")  # 7.7: the EV is connected, and the EVSE does not offer energy
            await asyncio.sleep(PAUSE - 1)
            assert currents(bench) == (0, 0, 0)
            await bench.status("Charging")
            assert currents(bench) == (24, 0, 0)
            assert await bench.value("ConnectorSwitch3to1PhaseSupported") == "true"

    run_simulated(scenario())


def test_a_profile_during_the_pause_counts_after_it() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            await bench.charge()
            assert await install(bench, 1, on_phases(1, {0: 24})) == "Accepted"
            await asyncio.sleep(5)
            assert await install(bench, 1, on_phases(1, {0: 12})) == "Accepted"
            assert currents(bench) == (0, 0, 0)
            await bench.status("Charging")
            assert currents(bench) == (12, 0, 0)

    run_simulated(scenario())


def test_a_pause_ends_at_once_when_the_phases_are_to_stay() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            await bench.charge()
            assert await install(bench, 1, on_phases(1, {0: 24})) == "Accepted"
            await asyncio.sleep(3)
            assert await install(bench, 1, on_phases(3, {0: 12})) == "Accepted"
            await asyncio.sleep(2)
            assert currents(bench) == (12, 12, 12)
            await asyncio.sleep(PAUSE)
            assert currents(bench) == (12, 12, 12)

    run_simulated(scenario())


def test_a_transaction_that_stops_during_the_pause_stays_stopped() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            await bench.charge()
            assert await install(bench, 1, on_phases(1, {0: 24})) == "Accepted"
            await bench.status("SuspendedEVSE")
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Finishing")
            await asyncio.sleep(2 * PAUSE)
            assert bench.statuses()[-1] == "Finishing"
            assert bench.hardware.evses[1].offered == 0

    run_simulated(scenario())


def test_an_ev_that_leaves_during_the_pause_is_followed_by_another_on_the_new_phases() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            await bench.charge()
            assert await install(bench, 1, on_phases(1, {0: 24})) == "Accepted"
            bench.hardware.unplug(1, 1, "ev")
            await bench.status("Finishing")
            bench.hardware.unplug(1, 1)
            await bench.status("Available")
            await bench.charge(1, OTHER)
            assert currents(bench) == (24, 0, 0)

    run_simulated(scenario())


def test_after_a_power_loss_in_the_pause_the_next_transaction_uses_the_new_phases() -> None:
    async def scenario() -> None:
        store = Store()
        async with ac_station(SWITCHABLE, store=store) as bench:
            await bench.charge()
            assert await install(bench, 1, on_phases(1, {0: 24})) == "Accepted"
            await bench.station.power_off()
            bench.hardware.power_off()
            bench.clear_messages()
            bench.station.power_on()
            await bench.csms.until(lambda: any(bench.statuses()))
            assert currents(bench) == (0, 0, 0)
            bench.hardware.present_token(OTHER, "ISO14443", 1)
            await bench.status("Charging")
            assert currents(bench) == (24, 0, 0)

    run_simulated(scenario())


def test_a_period_changes_the_phases_at_its_start() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            await bench.charge()
            wanted = on_phases(3, {0: 16, 30: 16})
            first, second = wanted.charging_schedule.charging_schedule_period
            periods = [first, msgspec.structs.replace(second, number_phases=1)]
            schedule = msgspec.structs.replace(wanted.charging_schedule, charging_schedule_period=periods)
            assert await install(bench, 1, msgspec.structs.replace(wanted, charging_schedule=schedule)) == "Accepted"
            assert await composite(bench, A) == [(16, 3), (16, 1)]
            assert await composite(bench, W) == [(11_040, 3), (3680, 1)]
            await asyncio.sleep(29)
            assert currents(bench) == (16, 16, 16)
            await asyncio.sleep(2)
            assert currents(bench) == (0, 0, 0)
            await asyncio.sleep(PAUSE + 1)
            assert currents(bench) == (16, 0, 0)

    run_simulated(scenario())


def test_an_ev_with_one_phase_draws_the_limit_of_a_phase() -> None:
    async def scenario() -> None:
        async with ac_station(THREE_PHASES) as bench:
            bench.hardware.plug_in(1, 1)
            ev = bench.hardware.evses[1].connectors[1].ev
            assert ev is not None
            ev.ac_phases = 1
            assert await install(bench, 1, on_phases(None, {0: 6900}, unit=W)) == "Accepted"
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Charging")
            assert currents(bench) == (10, 0, 0)  # 7.12

    run_simulated(scenario())


def test_the_measurands_name_the_current_that_is_offered_on_each_phase() -> None:
    async def scenario() -> None:
        async with ac_station(SWITCHABLE) as bench:
            await bench.change("MeterValuesSampledData", "Current.Import,Current.Offered,Power.Offered")
            await bench.change("MeterValueSampleInterval", "10")
            assert await install(bench, 1, on_phases(1, {0: 16})) == "Accepted"
            await bench.charge()
            bench.clear_messages()
            await asyncio.sleep(11)
            (values,) = bench.csms.all(m.MeterValuesRequest)
            sampled = [
                (each.measurand, given(each.phase), float(each.value)) for each in values.meter_value[0].sampled_value
            ]
            assert sampled == [
                ("Current.Import", "L1", 16),
                ("Current.Import", "L2", 0),
                ("Current.Import", "L3", 0),
                ("Current.Offered", None, 16),
                ("Power.Offered", None, 3680),
            ]

    run_simulated(scenario())


def test_a_station_limit_on_one_phase_is_shared_on_it() -> None:
    async def scenario() -> None:
        async with ac_station({1: (3, (1, 3)), 2: (1, ())}) as bench:
            assert await install(bench, 0, on_phases(1, {0: 20}, MAX)) == "Accepted"
            assert await composite(bench, A, 0) == [(20, 1)]
            assert await composite(bench, W, 0) == [(4600, 1)]
            await bench.charge(1)
            assert currents(bench) == (20, 0, 0)
            await bench.charge(2, OTHER)
            assert (currents(bench), currents(bench, 2)) == ((10, 0, 0), (10,))

    run_simulated(scenario())


def test_a_minimum_rate_in_amperes_is_for_the_phases_that_are_used() -> None:
    async def scenario() -> None:
        async with ac_station({1: (3, (1, 3)), 2: (1, ())}) as bench:
            assert await install(bench, 0, on_phases(None, {0: 3680}, MAX, W)) == "Accepted"
            slow = on_phases(1, {0: 16}, schedule={"min_charging_rate": 8.0}, charging_profile_id=2)
            assert await install(bench, 0, slow) == "Accepted"
            await bench.charge(1)
            await bench.charge(2, OTHER)
            assert (currents(bench), currents(bench, 2)) == ((8, 0, 0), (8,))  # 7.13

    run_simulated(scenario())


def test_only_a_station_that_switches_phases_says_so() -> None:
    async def scenario() -> None:
        async with ac_station(THREE_PHASES) as bench:
            assert await bench.value("ConnectorSwitch3to1PhaseSupported") == "false"

    run_simulated(scenario())
