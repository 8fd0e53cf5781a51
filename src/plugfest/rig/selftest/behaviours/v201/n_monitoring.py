"""Block N: monitors, their events and their reports."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import NotifyEventRequest, SetMonitoringBaseResponse, SetMonitoringLevelResponse
from plugfest.products import Product
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    MakeWrong,
    always,
    changed,
    except_when,
    with_arguments,
    with_fields,
)
from plugfest.station.blocks.n_diagnostics.v201 import events, monitoring_reports
from plugfest.station.blocks.n_diagnostics.v201.events import EventNotifier
from plugfest.station.blocks.n_diagnostics.v201.monitoring import MonitoringRequests
from plugfest.station.blocks.n_diagnostics.v201.monitoring_reports import MonitoringReports
from plugfest.station.connection.outbox import Delivery
from plugfest.station.device_model import product_model
from plugfest.station.model.monitoring.event_ids import EventIds
from plugfest.station.model.monitoring.monitor import Monitor, Trigger
from plugfest.station.model.monitoring.monitors import (
    ClearMonitorStatus,
    MonitoringBase,
    Monitors,
    SetMonitorResult,
    SetMonitorStatus,
)
from plugfest.station.model.monitoring.watch import MonitorWatch

ACCEPTED = t.GenericStatusEnumType.Accepted

NOT_SUPPORTED = t.GenericDeviceModelStatusEnumType.NotSupported

ACCEPTED_LEVEL = SetMonitoringLevelResponse(status=ACCEPTED)


def _selected(change: Any) -> Any:
    """Calls `_select` with other criteria and variables."""
    return Patch(monitoring_reports, "_select", with_arguments(change))


def _keeps_monitors(kept_by: MonitoringBase) -> MakeWrong:
    """Treats a base as All, which leaves the custom monitors."""
    return with_arguments(lambda self, base: (self, MonitoringBase.ALL if base is kept_by else base))


def _not_stored(original: Function) -> Function:
    def put(self: Any, setting: Any, id: int | None = None) -> SetMonitorResult:
        result = original(self, setting, id)
        if result.id is not None:
            self.clear(result.id)
        return result  # type: ignore[no-any-return]

    return put


def _always_new(original: Function) -> Function:
    def put(self: Any, setting: Any, id: int | None = None) -> SetMonitorResult:
        result: SetMonitorResult = original(self, setting, None)
        return SetMonitorResult(SetMonitorStatus.ACCEPTED, id) if result.id is not None and id else result

    return put


def _queued(original: Function) -> Function:
    """Queues the events of every severity."""

    def notify(self: Any, event: Any) -> None:
        request = NotifyEventRequest(generated_at=self._context.now(), seq_no=0, event_data=[events._event_data(event)])
        self._context.outbox.send(request, Delivery.DURABLE)

    return notify


def _other_value(data: Any) -> Any:
    secret = data.variable.name == "BasicAuthPassword"
    return msgspec.structs.replace(data, actual_value="plugfest-changed-03") if secret else data


def _forgotten(original: Function) -> Function:
    def stored(self: Any) -> dict[int, Monitor]:
        return {}

    return stored


def _without_power(original: Function) -> Function:
    return lambda product, variable: variable.address.variable != "Power" and original(product, variable)


def _late(original: Function) -> Function:
    """Reports an event in time for a case that waits for it, and too late for the rule for every case."""

    def notify(self: Any, event: Any) -> None:
        asyncio.get_running_loop().call_later(15.0, original, self, event)

    return notify


def _all_but_the_last(selected: Sequence[Any]) -> list[Any]:
    return list(selected[:-1]) if len(selected) > 1 else list(selected)


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "ignores the criteria of a monitoring report",
        "N02.FR.05",
        "TC_N_01 TC_N_03",
        _selected(lambda monitors, criteria, requested: (monitors, [], requested)),
    ),
    wrong_v201(
        "ignores the variables of a monitoring report",
        "N02.FR.08",
        "TC_N_02 TC_N_06 TC_N_18",
        _selected(lambda monitors, criteria, requested: (monitors, criteria, [])),
    ),
    wrong_v201(
        "omits a monitor from a report",
        "N02.FR.11",
        "TC_N_01 TC_N_47",
        Patch(monitoring_reports, "_select", changed(_all_but_the_last)),
    ),
    wrong_v201(
        "supports no monitoring base",
        "N03.FR.01",
        "TC_N_05",
        Patch(MonitoringRequests, "set_base", always(SetMonitoringBaseResponse(status=NOT_SUPPORTED))),
    ),
    wrong_v201(
        "accepts unsupported monitoring criteria and bases",
        "N02.FR.02, N03.FR.02",
        "TC_N_04 TC_N_07",
        Patch(Product, "supports_values", always(True)),
    ),
    wrong_v201(
        "answers EmptyResultSet to unsupported monitoring criteria",
        "N02.FR.02",
        "TC_N_04",
        Patch(MonitoringReports, "get_report", with_fields(status=t.GenericDeviceModelStatusEnumType.EmptyResultSet)),
    ),
    wrong_v201(
        "rejects an unsupported monitoring base",
        "N03.FR.02",
        "TC_N_07",
        Patch(MonitoringRequests, "set_base", with_fields(status=t.GenericDeviceModelStatusEnumType.Rejected)),
    ),
    wrong_v201(
        "keeps custom monitors with HardWiredOnly",
        "N03.FR.05",
        "TC_N_06",
        Patch(Monitors, "set_base", _keeps_monitors(MonitoringBase.HARD_WIRED_ONLY)),
    ),
    wrong_v201(
        "keeps overruled monitors with FactoryDefault",
        "N03.FR.04",
        "TC_N_41",
        Patch(Monitors, "set_base", _keeps_monitors(MonitoringBase.FACTORY_DEFAULT)),
    ),
    wrong_v201(
        "accepts a monitor without storing it",
        "N04.FR.08",
        "TC_N_08 TC_N_09 TC_N_39 TC_N_47",
        Patch(Monitors, "put", _not_stored),
    ),
    wrong_v201(
        "gives every monitor the same id", "N04.FR.11", "TC_N_09 TC_N_10", Patch(Monitors, "_next_id", always(7))
    ),
    wrong_v201(
        "accepts every monitor",
        "N04.FR.03, N04.FR.04, N04.FR.06, N04.FR.10, N04.FR.14, N04.FR.16",
        "TC_N_11 TC_N_12 TC_N_13 TC_N_15 TC_N_37 TC_N_39 TC_N_43",
        Patch(Monitors, "_refusal", NOTHING),
    ),
    wrong_v201(
        "adds a monitor instead of replacing one",
        "N04.FR.12",
        "TC_N_40 TC_N_41 TC_N_51",
        Patch(Monitors, "put", _always_new),
    ),
    wrong_v201(
        "accepts every level and ignores it",
        "N05.FR.02, N05.FR.03",
        "TC_N_16 TC_N_17",
        Patch(MonitoringRequests, "set_level", always(ACCEPTED_LEVEL)),
    ),
    wrong_v201(
        "accepts every id to clear and clears none",
        "N06.FR.02, N06.FR.03",
        "TC_N_18 TC_N_19 TC_N_44 TC_N_52",
        Patch(Monitors, "clear", always(ClearMonitorStatus.ACCEPTED)),
    ),
    wrong_v201("does not judge a changed threshold", "N07.FR.11", "TC_N_51", Patch(MonitorWatch, "refresh", NOTHING)),
    wrong_v201(
        "reports no cleared threshold",
        "N07.FR.02",
        "TC_N_20",
        Patch(EventNotifier, "notify", except_when(lambda self, event: event.triggered.cleared)),
    ),
    wrong_v201(
        "reports no delta",
        "N07.FR.18, N07.FR.19",
        "TC_N_45 TC_N_48 TC_N_56",
        Patch(EventNotifier, "notify", except_when(lambda self, event: event.triggered.trigger is Trigger.DELTA)),
    ),
    wrong_v201("reports events late", "N07.FR.18", "TC_N_61", Patch(EventNotifier, "notify", _late)),
    wrong_v201(
        "reports events of measured values late",
        "N07.FR.02, N07.FR.16 to N07.FR.18",
        "TC_N_20 TC_N_45",
        Patch(product_model, "_is_monitored", _without_power),
        Patch(EventNotifier, "notify", _late),
    ),
    wrong_v201(
        "reports events of hard-wired monitors as those of custom ones",
        "EventDataType",
        "TC_N_21",
        Patch(events, "_event_data", with_fields(event_notification_type=t.EventNotificationEnumType.CustomMonitor)),
    ),
    wrong_v201(
        "drops events while offline",
        "N07.FR.04",
        "TC_N_22",
        Patch(EventNotifier, "notify", except_when(lambda self, event: not self._context.csms.online)),
    ),
    wrong_v201(
        "queues events of every severity while offline", "N07.FR.04", "TC_N_23", Patch(EventNotifier, "notify", _queued)
    ),
    wrong_v201(
        "reports the value of a write-only variable",
        "N07.FR.10",
        "TC_N_48",
        Patch(events, "_event_data", changed(_other_value)),
    ),
    wrong_v201(
        "forgets its monitors at a restart", "N07.FR.13", "TC_N_53", Patch(Monitors, "_still_supported", _forgotten)
    ),
    wrong_v201(
        "reports periodic events late",
        "N08.FR.06",
        "TC_N_24",
        Patch(MonitorWatch, "_wait", with_arguments(lambda self, monitor, due: (self, monitor, due + 8.0))),
    ),
    wrong_v201("gives every event the same id", "EventDataType", "TC_N_20 TC_N_23", Patch(EventIds, "next", always(1))),
    wrong_v201(
        "names another monitor in its events",
        "N07.FR.06",
        "TC_N_20 TC_N_45 TC_N_56",
        Patch(events, "_event_data", with_fields(variable_monitoring_id=lambda data: data.variable_monitoring_id + 1)),
    ),
)
