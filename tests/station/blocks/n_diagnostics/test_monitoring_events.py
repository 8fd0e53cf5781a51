"""The events of monitors (N07, N08)."""

import asyncio

from tests.station.blocks.n_diagnostics.monitoring_bench import (
    CONNECTOR,
    EVSE,
    HARD_WIRED,
    HOT,
    SENSOR,
    STATE_OF_EVSE,
    MonitoringBench,
    data,
    run_on_bench,
)

from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

# Events


def test_a_threshold_monitor_reports_when_it_is_exceeded_and_cleared() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(HOT)
        for celsius in (60.0, 61.0, 65.0, 60.0, 50.0):
            await bench.heat(celsius)
        assert bench.of(id) == ["Alerting 61.0", "Alerting 60.0 cleared"]
        assert all(given(event.cleared) is not False for event in bench.notified)
        assert [request.seq_no for request in bench.csms.all(m.NotifyEventRequest)] == [0, 0]
        assert len({event.event_id for event in bench.notified}) == 2

    run_on_bench(body)


def test_a_monitor_of_the_power_reports_the_transaction() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(data(EVSE, "Power", "UpperThreshold", 100))
        bench.hardware.present_token("A", "ISO14443", 1)
        await bench.plug_in()
        await asyncio.sleep(10)
        (event,) = [each for each in bench.notified if each.variable_monitoring_id == id]
        assert float(event.actual_value) > 100
        assert event.transaction_id == bench.events[0].transaction_info.transaction_id
        assert event.event_notification_type == "CustomMonitor"

    run_on_bench(body)


def test_a_delta_monitor_of_a_number_reports_a_larger_change_than_its_value() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(data(SENSOR, "Temperature", "Delta", 10))
        for celsius in (35.0, 35.1, 45.1, 45.2, 35.1):
            await bench.heat(celsius)
        assert bench.of(id) == ["Delta 35.1", "Delta 45.2", "Delta 35.1"]

    run_on_bench(body)


def test_the_state_of_evse_and_station_is_caused_by_that_of_the_connector() -> None:
    async def body(bench: MonitoringBench) -> None:
        for component in (CONNECTOR, EVSE):
            await bench.set_monitor(data(component, "AvailabilityState", "Delta", 1))
        await bench.plug_in()
        first, second = bench.notified
        assert [each.actual_value for each in (first, second)] == ["Occupied", "Occupied"]
        assert given(first.cause) is None
        assert second.cause == first.event_id

    run_on_bench(body)


def test_a_changed_threshold_is_judged_at_once() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(HOT)
        await bench.heat(50)
        await bench.set_monitor(data(SENSOR, "Temperature", "UpperThreshold", 45, id=id))
        await bench.set_monitor(data(SENSOR, "Temperature", "UpperThreshold", 46, id=id))
        await bench.set_monitor(data(SENSOR, "Temperature", "UpperThreshold", 55, id=id))
        assert bench.of(id) == ["Alerting 50.0", "Alerting 50.0 cleared"]

    run_on_bench(body)


def test_a_removed_monitor_reports_nothing_more() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(HOT)
        periodic = await bench.set_monitor(data(SENSOR, "Temperature", "Periodic", 60))
        await bench.heat(65)
        assert await bench.clear(id, periodic) == ["Accepted", "Accepted"]
        await bench.heat(50)
        await asyncio.sleep(300)
        assert bench.of(id) == ["Alerting 65.0"]
        assert bench.of(periodic) == []

    run_on_bench(body)


def test_a_password_is_monitored_without_its_value() -> None:
    async def body(bench: MonitoringBench) -> None:
        password = t.ComponentType(name="SecurityCtrlr")
        id = await bench.set_monitor(data(password, "BasicAuthPassword", "Delta", 1))
        await bench.set("SecurityCtrlr.BasicAuthPassword", "another-password-of-length")
        await asyncio.sleep(60)
        assert bench.of(id) == ["Delta "]
        assert [event.actual_value for event in bench.notified] == [""]

    run_on_bench(body)


def test_a_monitor_of_transactions_watches_only_in_a_transaction() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(data(SENSOR, "Temperature", "UpperThreshold", 60, transaction=True))
        await bench.heat(65)
        assert bench.of(id) == []
        bench.hardware.present_token("A", "ISO14443", 1)
        await bench.plug_in()
        assert bench.of(id) == ["Alerting 65.0"]

    run_on_bench(body)


def test_nothing_is_reported_while_monitoring_is_disabled() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(HOT)
        await bench.set("MonitoringCtrlr.Enabled", "false")
        await bench.heat(65)
        assert bench.of(id) == []
        await bench.set("MonitoringCtrlr.Enabled", "true")
        await asyncio.sleep(1)
        assert bench.of(id) == ["Alerting 65.0"]

    run_on_bench(body)


# Periodic


def times(bench: MonitoringBench, id: int) -> list[float]:
    """When the events of a monitor came, in seconds."""
    return [
        at
        for at, request in bench.csms.received
        if isinstance(request, m.NotifyEventRequest) and request.event_data[0].variable_monitoring_id == id
    ]


def test_a_periodic_monitor_reports_at_its_interval_also_after_a_power_cut() -> None:
    async def body(bench: MonitoringBench) -> None:
        loop = asyncio.get_running_loop()
        id = await bench.set_monitor(data(SENSOR, "Temperature", "Periodic", 100))
        began = loop.time() - 1
        await asyncio.sleep(310)
        assert [round(at - began) for at in times(bench, id)] == [100, 200, 300]
        assert bench.of(id) == ["Periodic 25.0"] * 3
        await bench.power_cycle()  # 60 s
        await asyncio.sleep(60)
        assert [round(at - began) for at in times(bench, id)][3:] == [400]

    run_on_bench(body)


def test_a_clock_aligned_monitor_reports_at_multiples_of_its_interval() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(data(SENSOR, "Temperature", "PeriodicClockAligned", 900))
        await asyncio.sleep(2000)
        at = [event.timestamp for event in bench.notified if event.variable_monitoring_id == id]
        assert len(at) >= 2
        assert all(each.minute % 15 == 0 and each.second == 0 for each in at)

    run_on_bench(body)


# Offline and power cuts


def test_events_up_to_the_severity_are_queued_while_offline_even_through_a_power_cut() -> None:
    async def body(bench: MonitoringBench) -> None:
        queued = await bench.set_monitor(data(SENSOR, "Temperature", "UpperThreshold", 60, severity=5))
        dropped = await bench.set_monitor(data(SENSOR, "Temperature", "UpperThreshold", 60, severity=6))
        bench.station.network_off()
        await asyncio.sleep(5)
        await bench.heat(65)
        await bench.station.power_off()
        bench.station.network_on()
        await bench.power_cycle()
        await asyncio.sleep(60)
        assert bench.of(queued) == ["Alerting 65.0"]
        assert bench.of(dropped) == []

    run_on_bench(body)


def test_monitors_base_and_level_survive_a_power_cut_and_what_was_exceeded_is_cleared() -> None:
    async def body(bench: MonitoringBench) -> None:
        await bench.base("HardWiredOnly")
        id = await bench.set_monitor(HOT)
        await bench.level(6)
        await bench.heat(65)
        await bench.station.power_off()
        await bench.heat(50)
        await bench.power_cycle()
        assert bench.of(id) == ["Alerting 65.0", "Alerting 50.0 cleared"]
        assert set(await bench.report() or ()) == {*HARD_WIRED, id}
        assert await bench.status(data(SENSOR, "Temperature", "UpperThreshold", 60)) == "Duplicate"
        other = await bench.set_monitor(data(SENSOR, "Temperature", "UpperThreshold", 60, severity=7))
        await bench.heat(65)
        assert bench.of(other) == []

    run_on_bench(body)


def test_an_unchanged_value_is_no_event_after_a_power_cut() -> None:
    async def body(bench: MonitoringBench) -> None:
        id = await bench.set_monitor(STATE_OF_EVSE)
        await bench.plug_in()
        await bench.power_cycle()
        assert bench.of(id) == ["Delta Occupied"]

    run_on_bench(body)


def test_a_hard_wired_monitor_reports_a_fault() -> None:
    async def body(bench: MonitoringBench) -> None:
        bench.hardware.fault(1, 1, present=True)
        await asyncio.sleep(2)
        assert bench.of(HARD_WIRED[0]) == ["Delta true"]
        assert bench.notified[0].event_notification_type == "HardWiredMonitor"

    run_on_bench(body)
