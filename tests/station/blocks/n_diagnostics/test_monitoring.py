"""Monitors: set, cleared and reported (N02 to N06)."""

import asyncio

import pytest
from tests.station.blocks.n_diagnostics.monitoring_bench import (
    CONNECTOR,
    EVSE,
    HARD_WIRED,
    HOT,
    PRECONFIGURED,
    SENSOR,
    STATE_OF_EVSE,
    STATION,
    MonitoringBench,
    data,
    run_on_bench,
)
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

# Setting and clearing


def test_each_monitor_gets_an_id_of_its_own_and_a_result_that_names_its_variable() -> None:
    async def body(bench: MonitoringBench) -> None:
        results = await bench.set_monitors(STATE_OF_EVSE, data(STATION, "AvailabilityState", "Delta", 1))
        assert [result.status for result in results] == ["Accepted", "Accepted"]
        assert len({given(result.id) for result in results} - {None}) == 2
        assert [(result.component.name, result.variable.name) for result in results] == [
            ("EVSE", "AvailabilityState"),
            ("ChargingStation", "AvailabilityState"),
        ]

    run_on_bench(body)


@pytest.mark.parametrize(
    ("setting", "status"),
    [
        (
            data(t.ComponentType(name="EVSE", evse=t.EVSEType(id=99)), "AvailabilityState", "Delta", 1),
            "UnknownComponent",
        ),
        (data(EVSE, "Unknown", "Delta", 1), "UnknownVariable"),
        (data(EVSE, "AvailabilityState", "UpperThreshold", 1), "UnsupportedMonitorType"),
        (data(EVSE, "SupplyPhases", "Delta", 1), "UnsupportedMonitorType"),
        (data(SENSOR, "Temperature", "UpperThreshold", 151), "Rejected"),
        (data(SENSOR, "Temperature", "LowerThreshold", -51), "Rejected"),
        (data(SENSOR, "Temperature", "UpperThreshold", 150), "Accepted"),
        (data(SENSOR, "Temperature", "Delta", -1), "Rejected"),
        (data(SENSOR, "Temperature", "Delta", 0), "Accepted"),
        (data(SENSOR, "Temperature", "Periodic", 0), "Rejected"),
        (data(SENSOR, "Temperature", "UpperThreshold", 60, severity=10), "Rejected"),
        (data(SENSOR, "Temperature", "UpperThreshold", 60, severity=3), "Duplicate"),  # of the preconfigured one
        (data(SENSOR, "Temperature", "UpperThreshold", 60, id=99), "Rejected"),
        (data(EVSE, "AvailabilityState", "Delta", 1, id=PRECONFIGURED[0]), "Rejected"),
        (data(CONNECTOR, "Problem", "Delta", 1, id=HARD_WIRED[0]), "Rejected"),
    ],
)
def test_a_monitor_is_set_only_where_it_is_possible(setting: t.SetMonitoringDataType, status: str) -> None:
    async def body(bench: MonitoringBench) -> None:
        assert await bench.status(setting) == status

    run_on_bench(body)


def test_a_second_monitor_of_the_same_type_and_severity_is_a_duplicate() -> None:
    async def body(bench: MonitoringBench) -> None:
        results = await bench.set_monitors(STATE_OF_EVSE, STATE_OF_EVSE)
        assert [result.status for result in results] == ["Accepted", "Duplicate"]

    run_on_bench(body)


def test_a_request_with_more_monitors_than_allowed_is_refused() -> None:
    async def body(bench: MonitoringBench) -> None:
        with pytest.raises(CallErrorReceived) as refused:
            await bench.set_monitors(*[STATE_OF_EVSE] * 101)
        assert refused.value.code == "OccurrenceConstraintViolation"
        with pytest.raises(CallErrorReceived) as refused:
            await bench.clear(*range(101))
        assert refused.value.code == "OccurrenceConstraintViolation"

    run_on_bench(body)


def test_a_monitor_is_replaced_and_cleared_by_its_id() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(STATE_OF_EVSE)
        assert await bench.set_monitor(data(EVSE, "AvailabilityState", "Delta", 1, severity=4, id=id)) == id
        reported = await bench.report()
        assert reported is not None
        assert reported[id].severity == 4
        assert await bench.clear(id, HARD_WIRED[0], 99) == ["Accepted", "Rejected", "NotFound"]
        assert await bench.clear(id) == ["NotFound"]
        await bench.plug_in()
        assert bench.of(id) == []

    run_on_bench(body)


# Base and level


def test_the_base_decides_which_monitors_remain() -> None:
    async def body(bench: MonitoringBench) -> None:
        custom = await bench.set_monitor(STATE_OF_EVSE)
        overruling = await bench.set_monitor(data(SENSOR, "Temperature", "UpperThreshold", 65, id=PRECONFIGURED[0]))
        await bench.base("All")
        reported = await bench.report(1)
        assert reported is not None
        assert set(reported) == {*HARD_WIRED, *PRECONFIGURED, custom}
        assert reported[overruling].value == 65
        await bench.base("FactoryDefault")
        reported = await bench.report(2)
        assert reported is not None
        assert set(reported) == {*HARD_WIRED, *PRECONFIGURED}
        assert reported[overruling].value == 70
        await bench.base("HardWiredOnly")
        assert set(await bench.report(3) or ()) == set(HARD_WIRED)
        await bench.base("All")
        assert set(await bench.report(4) or ()) == {*HARD_WIRED, *PRECONFIGURED}

    run_on_bench(body)


def test_a_cleared_preconfigured_monitor_returns_with_the_next_base() -> None:
    async def body(bench: MonitoringBench) -> None:
        assert await bench.clear(PRECONFIGURED[0]) == ["Accepted"]
        assert PRECONFIGURED[0] not in (await bench.report(1) or ())
        await bench.heat(80)
        assert bench.of(PRECONFIGURED[0]) == []
        await bench.base("All")
        await asyncio.sleep(1)
        assert bench.of(PRECONFIGURED[0]) == ["Alerting 80.0"]

    run_on_bench(body)


def test_events_of_a_lower_severity_than_the_level_are_not_sent() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(data(EVSE, "AvailabilityState", "Delta", 1, severity=8))
        assert [await bench.level(severity) for severity in (10, -1, 7)] == ["Rejected", "Rejected", "Accepted"]
        await bench.plug_in()
        assert bench.of(id) == []
        assert await bench.level(8) == "Accepted"
        await bench.unplug()
        assert bench.of(id) == ["Delta Available"]

    run_on_bench(body)


# Reports


def test_a_report_is_limited_to_criteria_and_variables() -> None:
    async def body(bench: MonitoringBench) -> None:
        await bench.base("HardWiredOnly")
        ids = [
            await bench.set_monitor(setting)
            for setting in (HOT, STATE_OF_EVSE, data(SENSOR, "Temperature", "Periodic", 600))
        ]
        threshold = [t.MonitoringCriterionEnumType.ThresholdMonitoring]
        periodic = [t.MonitoringCriterionEnumType.PeriodicMonitoring]
        of_evse = [t.ComponentVariableType(component=EVSE, variable=t.VariableType(name="AvailabilityState"))]
        assert list(await bench.report(1, monitoring_criteria=threshold) or ()) == [ids[0]]
        assert list(await bench.report(2, monitoring_criteria=threshold + periodic) or ()) == [ids[0], ids[2]]
        assert list(await bench.report(3, component_variable=of_evse) or ()) == [ids[1]]
        assert await bench.report(4, component_variable=of_evse, monitoring_criteria=threshold) is None

    run_on_bench(body)


def test_a_product_without_the_profile_refuses_the_requests() -> None:
    async def run() -> None:
        async with powered_station() as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            bench = MonitoringBench(station, csms)
            with pytest.raises(CallErrorReceived) as refused:
                await bench.base("All")
            assert refused.value.code == "NotSupported"

    run_simulated(run())
