"""Monitors: setting, clearing, base and level (N03 to N06). A product without monitors answers NotSupported."""

from functools import partial

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import (
    ClearVariableMonitoringRequest,
    ClearVariableMonitoringResponse,
    SetMonitoringBaseRequest,
    SetMonitoringBaseResponse,
    SetMonitoringLevelRequest,
    SetMonitoringLevelResponse,
    SetVariableMonitoringRequest,
    SetVariableMonitoringResponse,
)
from plugfest.station.blocks.conversion.message_size import SizeLimits
from plugfest.station.blocks.conversion.v201 import address_of, status_info
from plugfest.station.blocks.n_diagnostics.v201.events import EventNotifier
from plugfest.station.blocks.n_diagnostics.v201.monitoring_reports import MonitoringReports
from plugfest.station.context import Context
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.monitoring.builtin import builtin_monitors
from plugfest.station.model.monitoring.event_ids import EventIds
from plugfest.station.model.monitoring.monitor import LOWEST_SEVERITY, MonitorSetting, MonitorType
from plugfest.station.model.monitoring.monitors import MonitoringBase, Monitors
from plugfest.station.model.monitoring.watch import MonitorWatch
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.transactions import Transactions

_CONTROLLER = "MonitoringCtrlr"


def register(context: Context) -> None:
    if not context.product.has_monitoring:
        return
    variables = list(context.device_model)
    builtin = builtin_monitors(context.product, variables)
    monitors = Monitors(context.store, context.device_model, builtin, context.now)
    watch = MonitorWatch(
        store=context.store,
        device_model=context.device_model,
        monitors=monitors,
        sessions=context.shared.get(ChargingSessions),
        event_ids=context.shared.get(EventIds),
        timers=context.shared.get(Timers),
        now=context.now,
        notify=EventNotifier(context).notify,
    )
    context.shared.add(monitors)
    MonitoringReports(context, monitors).register()
    MonitoringRequests(context, monitors, watch).register()
    context.lifecycle.measured.add(watch.measured)
    context.lifecycle.clock_set.add(watch.clock_set)
    transactions = context.shared.get(Transactions)
    transactions.on_start(lambda *_: watch.transaction_changed())
    transactions.on_end(lambda *_: watch.transaction_changed())
    context.spawn(watch.start(), "monitors")  # after the model has recovered, which was spawned before


class MonitoringRequests:
    """Handles the requests that change monitors."""

    def __init__(self, context: Context, monitors: Monitors, watch: MonitorWatch) -> None:
        self._context = context
        self._monitors = monitors
        self._watch = watch
        self._limits_of_set = SizeLimits(context.device_model, _CONTROLLER, limits_of="SetVariableMonitoring")
        self._limits_of_clear = SizeLimits(context.device_model, _CONTROLLER, limits_of="ClearVariableMonitoring")

    def register(self) -> None:
        self._context.handlers.add(SetVariableMonitoringRequest, self.set_monitors)
        self._context.handlers.add(ClearVariableMonitoringRequest, self.clear_monitors)
        self._context.handlers.add(SetMonitoringBaseRequest, self.set_base)
        self._context.handlers.add(SetMonitoringLevelRequest, self.set_level)

    def set_monitors(self, request: SetVariableMonitoringRequest) -> SetVariableMonitoringResponse:
        data = request.set_monitoring_data
        self._limits_of_set.check(request, len(data))  # N04.FR.09
        results = [self._set(item) for item in data]  # N04.FR.01
        set_ids = [id for result in results if (id := given(result.id)) is not None]
        self._context.handlers.after_response(partial(self._watch.refresh, set_ids))  # N07.FR.11
        return SetVariableMonitoringResponse(set_monitoring_result=results)

    def clear_monitors(self, request: ClearVariableMonitoringRequest) -> ClearVariableMonitoringResponse:
        self._limits_of_clear.check(request, len(request.id))  # N06.FR.06, N06.FR.07
        results = [
            t.ClearMonitoringResultType(status=t.ClearMonitoringStatusEnumType(self._monitors.clear(id)), id=id)
            for id in request.id
        ]  # N06.FR.05
        self._watch.refresh()  # N07.FR.12: a removed monitor is not cleared
        return ClearVariableMonitoringResponse(clear_monitoring_result=results)

    def set_base(self, request: SetMonitoringBaseRequest) -> SetMonitoringBaseResponse:
        if not self._context.product.supports_values("monitoring_base", [request.monitoring_base]):
            return SetMonitoringBaseResponse(
                status=t.GenericDeviceModelStatusEnumType.NotSupported,  # N03.FR.02
                status_info=status_info("UnsupportedParam"),
            )
        self._monitors.set_base(MonitoringBase(request.monitoring_base))
        self._context.handlers.after_response(self._watch.refresh)
        return SetMonitoringBaseResponse(status=t.GenericDeviceModelStatusEnumType.Accepted)  # N03.FR.01

    def set_level(self, request: SetMonitoringLevelRequest) -> SetMonitoringLevelResponse:
        if not 0 <= request.severity <= LOWEST_SEVERITY:  # N05.FR.02
            return SetMonitoringLevelResponse(
                status=t.GenericStatusEnumType.Rejected, status_info=status_info("ValueOutOfRange")
            )
        self._context.device_model.put(_CONTROLLER, "ActiveMonitoringLevel", request.severity)
        return SetMonitoringLevelResponse(status=t.GenericStatusEnumType.Accepted)  # N05.FR.01

    def _set(self, data: t.SetMonitoringDataType) -> t.SetMonitoringResultType:
        setting = MonitorSetting(
            address=address_of(data.component, data.variable),
            type=MonitorType(data.type),
            value=data.value,
            severity=data.severity,
            in_transaction=given(data.transaction) or False,
        )
        result = self._monitors.put(setting, given(data.id))
        return t.SetMonitoringResultType(
            status=t.SetMonitoringStatusEnumType(result.status),
            type=data.type,
            component=data.component,  # N04.FR.02
            variable=data.variable,
            severity=data.severity,
            id=UNSET if result.id is None else result.id,
            status_info=UNSET if result.reason is None else status_info(result.reason),
        )
