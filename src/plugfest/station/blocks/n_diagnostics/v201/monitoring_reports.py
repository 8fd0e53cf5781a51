"""GetMonitoringReport and NotifyMonitoringReport (N02)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from plugfest.link.errors import LinkError
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import (
    GetMonitoringReportRequest,
    GetMonitoringReportResponse,
    NotifyMonitoringReportRequest,
)
from plugfest.station.blocks.conversion.message_size import SizeLimits
from plugfest.station.blocks.conversion.v201 import component_type, requested_variables, status_info, variable_type
from plugfest.station.context import Context, Offline
from plugfest.station.device_model.reports import ComponentVariable
from plugfest.station.device_model.variables import Address
from plugfest.station.model.monitoring.monitor import PERIODIC, THRESHOLDS, Monitor, MonitorType
from plugfest.station.model.monitoring.monitors import Monitors

_VARIABLES_PER_PART: Final = 40

_CRITERIA: Final = {
    t.MonitoringCriterionEnumType.ThresholdMonitoring: THRESHOLDS,  # N02.FR.12
    t.MonitoringCriterionEnumType.DeltaMonitoring: frozenset({MonitorType.DELTA}),  # N02.FR.13
    t.MonitoringCriterionEnumType.PeriodicMonitoring: PERIODIC,  # N02.FR.14
}


class MonitoringReports:
    """Handles GetMonitoringReport, and sends the report."""

    def __init__(self, context: Context, monitors: Monitors) -> None:
        self._context = context
        self._monitors = monitors
        self._limits = SizeLimits(context.device_model, "DeviceDataCtrlr", limits_of="GetReport")

    def register(self) -> None:
        self._context.handlers.add(GetMonitoringReportRequest, self.get_report)

    def get_report(self, request: GetMonitoringReportRequest) -> GetMonitoringReportResponse:
        variables = given(request.component_variable) or []
        self._limits.check(request, len(variables))  # N02.FR.07
        criteria = given(request.monitoring_criteria) or []
        if not self._context.product.supports_values("monitoring_criteria", criteria):
            return GetMonitoringReportResponse(
                status=t.GenericDeviceModelStatusEnumType.NotSupported,  # N02.FR.02
                status_info=status_info("UnsupportedParam"),
            )
        selected = _select(self._monitors.active(), criteria, requested_variables(variables))
        if not selected:
            return GetMonitoringReportResponse(status=t.GenericDeviceModelStatusEnumType.EmptyResultSet)  # N02.FR.10
        parts = list(_parts(_data(selected)))

        def start() -> None:
            self._context.spawn(self._notify(request.request_id, parts), f"monitoring report {request.request_id}")

        self._context.handlers.after_response(start)
        return GetMonitoringReportResponse(status=t.GenericDeviceModelStatusEnumType.Accepted)  # N02.FR.01

    async def _notify(self, request_id: int, parts: Sequence[list[t.MonitoringDataType]]) -> None:
        generated_at = self._context.now()
        for seq_no, part in enumerate(parts):  # N02.FR.09
            notification = NotifyMonitoringReportRequest(
                request_id=request_id,  # N02.FR.04
                generated_at=generated_at,
                seq_no=seq_no,
                tbc=seq_no < len(parts) - 1,
                monitor=part,
            )
            try:
                await self._context.csms.call(notification)  # N02.FR.03
            except (LinkError, Offline):
                return  # do not send the rest of an incomplete report; the CSMS can request it again


def _select(
    monitors: Iterable[Monitor],
    criteria: Sequence[t.MonitoringCriterionEnumType],
    requested: Sequence[ComponentVariable],
) -> list[Monitor]:
    """The monitors that meet the criteria (N02.FR.05 to FR.08); all without any (N02.FR.11)."""
    types = frozenset[MonitorType]().union(*(_CRITERIA[criterion] for criterion in criteria))
    return [
        monitor
        for monitor in monitors
        if (not criteria or monitor.setting.type in types)
        and (not requested or any(item.matches(monitor.setting.address) for item in requested))  # N02.FR.16 to FR.21
    ]


def _data(monitors: Iterable[Monitor]) -> list[t.MonitoringDataType]:
    """The monitors by variable."""
    by_address: dict[Address, list[Monitor]] = {}
    for monitor in monitors:
        by_address.setdefault(monitor.setting.address.key(), []).append(monitor)
    return [
        t.MonitoringDataType(
            component=component_type(of_variable[0].setting.address.component),
            variable=variable_type(of_variable[0].setting.address),
            variable_monitoring=[_monitor(monitor) for monitor in of_variable],
        )
        for of_variable in by_address.values()
    ]


def _monitor(monitor: Monitor) -> t.VariableMonitoringType:
    setting = monitor.setting
    return t.VariableMonitoringType(
        id=monitor.id,
        transaction=setting.in_transaction,
        value=setting.value,
        type=t.MonitorEnumType(setting.type),
        severity=setting.severity,
    )


def _parts(data: Sequence[t.MonitoringDataType]) -> Iterator[list[t.MonitoringDataType]]:
    for start in range(0, len(data), _VARIABLES_PER_PART):
        yield list(data[start : start + _VARIABLES_PER_PART])
