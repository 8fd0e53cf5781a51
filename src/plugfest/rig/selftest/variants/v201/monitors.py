"""Stations with other monitors: what supports them, how their events and reports are sent."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import changed, with_fields
from plugfest.rig.selftest.variants.changes import changing
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201
from plugfest.station.blocks.n_diagnostics.v201 import events, monitoring_reports
from plugfest.station.blocks.n_diagnostics.v201.monitoring import MonitoringRequests
from plugfest.station.device_model import product_model
from plugfest.station.model.monitoring.event_ids import EventIds


def _without_power(original: Function) -> Function:
    return lambda product, variable: variable.address.variable != "Power" and original(product, variable)


def _one_in_each_part(original: Function) -> Function:
    def parts(data: Sequence[Any]) -> Iterator[list[Any]]:
        return ([one] for one in data)

    return parts


def _reversed_results(response: m.SetVariableMonitoringResponse) -> m.SetVariableMonitoringResponse:
    return msgspec.structs.replace(response, set_monitoring_result=response.set_monitoring_result[::-1])


def _as_notification(data: t.EventDataType) -> t.EventDataType:
    if data.event_notification_type is not t.EventNotificationEnumType.HardWiredMonitor:
        return data
    notification = t.EventNotificationEnumType.HardWiredNotification
    return msgspec.structs.replace(data, event_notification_type=notification, variable_monitoring_id=UNSET)


def _explicit(request: m.NotifyEventRequest) -> m.NotifyEventRequest:
    data = [one if one.cleared else msgspec.structs.replace(one, cleared=False) for one in request.event_data]
    return msgspec.structs.replace(request, event_data=data, tbc=False)


VARIANTS: tuple[Variant, ...] = (
    permitted_v201(
        "monitors no power",
        "Part 2 section 2.2.4",
        "the station decides which variables support monitors; the operator changes another measured value",
        Patch(product_model, "_is_monitored", _without_power),
    ),
    permitted_v201(
        "reports one monitored variable in each part",
        "N02.FR.03",
        "a report may have any number of parts",
        Patch(monitoring_reports, "_parts", _one_in_each_part),
    ),
    permitted_v201(
        "sends the results of monitors in reverse order",
        "N04.FR.02",
        "no order of the results is required",
        Patch(MonitoringRequests, "set_monitors", changed(_reversed_results)),
    ),
    permitted_v201(
        "counts events from 1000",
        "EventDataType",
        "the station chooses the ids of events",
        Patch(EventIds, "next", changed(lambda number: number + 1000)),
    ),
    permitted_v201(
        "names no cause of an event",
        "N07.FR.05",
        "the cause is optional",
        Patch(events, "_event_data", with_fields(cause=UNSET)),
    ),
    permitted_v201(
        "sends hard-wired notifications",
        "EventNotificationEnumType",
        "what is hard-wired may be a notification without a monitor, or a monitor",
        Patch(events, "_event_data", changed(_as_notification)),
    ),
    permitted_v201(
        "sends cleared and tbc false",
        "EventDataType, NotifyEventRequest",
        "false means the same as omitted",
        filter=changing(m.NotifyEventRequest, _explicit),
    ),
)
