"""The examples of intervals, locations and phases of meter values, and of monitors."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from tests.specification.examples import EXAMPLES, Aligned, MeterValuePlaces, Monitors, name
from tests.station.blocks.n_diagnostics.monitoring_bench import SENSOR, MonitoringBench, data
from tests.station.blocks.n_diagnostics.monitoring_bench import run_on_bench as run_with_monitors
from tests.station.powered_station import powered_station
from tests.station.station_bench import StationBench
from tests.station.v16.station_bench import station_bench

from plugfest.clock import run_simulated
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v16 import types as t16
from plugfest.ocpp.v201 import messages as m

HOUR = 3600


@pytest.mark.parametrize("example", EXAMPLES.monitors, ids=name)
def test_a_second_monitor_of_the_same_type_and_severity_is_a_duplicate(example: Monitors) -> None:
    async def body(bench: MonitoringBench) -> None:
        settings = [
            data(SENSOR, "Temperature", example.type, value, severity=example.severity) for value in example.values
        ]
        assert [await bench.status(each) for each in settings] == example.statuses
        assert [(await bench.set_monitors(each))[0].severity for each in settings] == [4, 4]

    run_with_monitors(body)


async def _moments_of_a_monitor(example: Aligned) -> list[datetime]:
    async with powered_station("reference-dc") as (station, csms):
        await csms.expect(m.StatusNotificationRequest)
        bench = MonitoringBench(station, csms)
        monitor = await bench.set_monitor(data(SENSOR, "Temperature", example.set_with, example.seconds))
        await asyncio.sleep(2 * HOUR)
        return [each.timestamp for each in bench.notified if each.variable_monitoring_id == monitor]


async def _moments_of_a_variable(example: Aligned) -> list[datetime]:
    async with powered_station("reference-dc") as (station, csms):
        await csms.expect(m.StatusNotificationRequest)
        await StationBench(station, csms).set(example.set_with, str(example.seconds))
        await asyncio.sleep(2 * HOUR)
        return [value.timestamp for each in csms.all(m.MeterValuesRequest) for value in each.meter_value]


async def _moments_of_a_key(example: Aligned) -> list[datetime]:
    async with station_bench("reference-16-dc") as bench:
        assert await bench.change(example.set_with, str(example.seconds)) == "Accepted"
        await asyncio.sleep(2 * HOUR)
        return [value.timestamp for each in bench.csms.all(m16.MeterValuesRequest) for value in each.meter_value]


MOMENTS = {
    "PeriodicClockAligned": _moments_of_a_monitor,
    "AlignedDataCtrlr.Interval": _moments_of_a_variable,
    "ClockAlignedDataInterval": _moments_of_a_key,
}


@pytest.mark.parametrize("example", EXAMPLES.aligned, ids=name)
def test_aligned_values_come_at_these_minutes_of_every_hour(example: Aligned) -> None:
    moments = run_simulated(MOMENTS[example.set_with](example))
    assert {(each.minute, each.second) for each in moments} == {(minute, 0) for minute in example.minutes}
    assert len({each.replace(microsecond=0) for each in moments}) == 2 * len(example.minutes)


Places = dict[int, set[tuple[str, str]]]
"""For each EVSE the locations and phases of its values."""


def _places(requests: list[Any], number: str) -> Places:
    return {
        getattr(each, number): {(one.location.value, one.phase.value) for one in each.meter_value[0].sampled_value}
        for each in requests
    }


async def _charge_both(hardware: Any) -> None:
    for evse_id in (1, 2):
        hardware.plug_in(evse_id, 1)
        hardware.present_token(f"04AABB0{evse_id}", "ISO14443", evse_id)
        await asyncio.sleep(10)


@pytest.mark.parametrize("example", EXAMPLES.meter_values, ids=name)
def test_meter_values_name_every_location_and_phase(example: MeterValuePlaces) -> None:
    three_phases = {1: (3, ()), 2: (3, ())}

    async def scenario_201() -> Places:
        async with powered_station("reference-ac", phases=three_phases, grid_meter=True) as (station, csms):
            await csms.expect(m.StatusNotificationRequest)
            bench = StationBench(station, csms)
            for variable, value in example.settings.items():
                await bench.set(variable, value)
            await asyncio.sleep(900)
            return _places(csms.all(m.MeterValuesRequest), "evse_id")

    async def scenario_16() -> Places:
        async with station_bench("reference-16-ac", phases=three_phases, grid_meter=True) as bench:
            for key, value in example.settings.items():
                assert await bench.change(key, value) == "Accepted"
            await _charge_both(bench.hardware)
            bench.clear_messages()
            await asyncio.sleep(300)
            return _places(bench.csms.all(m16.MeterValuesRequest), "connector_id")

    scenario = scenario_16 if example.version == "1.6" else scenario_201
    assert run_simulated(scenario()) == {
        evse_id: {(location, phase) for phase in example.phases} for evse_id, location in example.locations.items()
    }


def test_triggered_meter_values_of_1_6_contain_the_grid_connection() -> None:
    async def scenario() -> list[int]:
        async with station_bench("reference-16-ac", grid_meter=True) as bench:
            request = m16.TriggerMessageRequest(requested_message=t16.TriggerMessageRequestedMessage.MeterValues)
            assert (await bench.csms.call(request)).status.value == "Accepted"
            await bench.csms.expect(m16.MeterValuesRequest, 3)
            return [each.connector_id for each in bench.csms.all(m16.MeterValuesRequest)]

    assert run_simulated(scenario()) == [0, 1, 2]
