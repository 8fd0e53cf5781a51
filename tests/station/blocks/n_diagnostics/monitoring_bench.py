"""A bench that sets monitors and reads their events."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.station.powered_station import powered_station
from tests.station.station_bench import StationBench

from plugfest.clock import run_simulated
from plugfest.hardware.virtual.quantities import Quantity
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

EVSE = t.ComponentType(name="EVSE", evse=t.EVSEType(id=1))
STATION = t.ComponentType(name="ChargingStation")
SENSOR = t.ComponentType(name="TemperatureSensor", evse=t.EVSEType(id=1))
CONNECTOR = t.ComponentType(name="Connector", evse=t.EVSEType(id=1, connector_id=1))

HARD_WIRED = (1, 2)
PRECONFIGURED = (3, 4)
"""The ids of the monitors of reference-dc: one for each connector, one for each temperature sensor."""


def data(
    component: t.ComponentType,
    variable: str,
    type: str,
    value: float,
    *,
    severity: int = 5,
    id: int | None = None,
    transaction: bool = False,
) -> t.SetMonitoringDataType:
    return t.SetMonitoringDataType(
        component=component,
        variable=t.VariableType(name=variable),
        type=t.MonitorEnumType(type),
        value=value,
        severity=severity,
        id=UNSET if id is None else id,
        transaction=transaction or UNSET,
    )


STATE_OF_EVSE = data(EVSE, "AvailabilityState", "Delta", 1)
HOT = data(SENSOR, "Temperature", "UpperThreshold", 60)


class MonitoringBench(StationBench):
    """A bench that sets monitors."""

    async def set_monitors(self, *settings: t.SetMonitoringDataType) -> list[t.SetMonitoringResultType]:
        request = m.SetVariableMonitoringRequest(set_monitoring_data=list(settings))
        return (await self.csms.call(request)).set_monitoring_result

    async def set_monitor(self, setting: t.SetMonitoringDataType) -> int:
        (result,) = await self.set_monitors(setting)
        id = given(result.id)
        assert result.status == "Accepted", result.status_info
        assert id is not None
        await asyncio.sleep(1)
        return id

    async def status(self, setting: t.SetMonitoringDataType) -> str:
        return (await self.set_monitors(setting))[0].status.value

    async def clear(self, *ids: int) -> list[str]:
        response = await self.csms.call(m.ClearVariableMonitoringRequest(id=list(ids)))
        return [result.status.value for result in response.clear_monitoring_result]

    async def base(self, base: str) -> None:
        request = m.SetMonitoringBaseRequest(monitoring_base=t.MonitoringBaseEnumType(base))
        assert (await self.csms.call(request)).status == "Accepted"

    async def level(self, severity: int) -> str:
        return (await self.csms.call(m.SetMonitoringLevelRequest(severity=severity))).status.value

    async def report(self, request_id: int = 1, **criteria: Any) -> dict[int, t.VariableMonitoringType] | None:
        """The reported monitors by id; None for an empty result set."""
        response = await self.csms.call(m.GetMonitoringReportRequest(request_id=request_id, **criteria))
        if response.status == "EmptyResultSet":
            return None
        await asyncio.sleep(5)
        parts = [each for each in self.csms.all(m.NotifyMonitoringReportRequest) if each.request_id == request_id]
        assert [each.seq_no for each in parts] == list(range(len(parts)))
        assert [bool(given(each.tbc)) for each in parts] == [True] * (len(parts) - 1) + [False]
        reported = [item for part in parts for item in given(part.monitor) or ()]
        return {monitor.id: monitor for item in reported for monitor in item.variable_monitoring}

    @property
    def notified(self) -> list[t.EventDataType]:
        return [event for request in self.csms.all(m.NotifyEventRequest) for event in request.event_data]

    def of(self, id: int) -> list[str]:
        """The events of a monitor: trigger, value, and whether cleared."""
        return [
            f"{event.trigger} {event.actual_value}{' cleared' if given(event.cleared) else ''}"
            for event in self.notified
            if event.variable_monitoring_id == id
        ]

    async def heat(self, celsius: float | None) -> None:
        self.hardware.impose(1, Quantity.TEMPERATURE, celsius)
        await asyncio.sleep(2)

    async def plug_in(self) -> None:
        self.hardware.plug_in(1, 1)
        await asyncio.sleep(2)

    async def unplug(self) -> None:
        self.hardware.unplug(1, 1)
        await asyncio.sleep(2)

    async def power_cycle(self, seconds: float = 30) -> None:
        await self.station.power_off()
        self.hardware.power_off()
        await asyncio.sleep(seconds)
        self.station.power_on()
        await asyncio.sleep(30)


def run_on_bench(body: Callable[[MonitoringBench], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        async with powered_station("reference-dc", **settings) as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            await asyncio.sleep(5)
            await body(MonitoringBench(station, csms))

    run_simulated(run())
