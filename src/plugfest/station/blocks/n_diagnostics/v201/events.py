"""NotifyEvent for the events of monitors (N07, N08)."""

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import NotifyEventRequest
from plugfest.station.blocks.conversion.v201 import component_type, variable_type
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.model.monitoring.watch import MonitoringEvent

_VALUE_LENGTH = 2500


class EventNotifier:
    """Sends events to the CSMS, or queues them while it cannot be reached."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def notify(self, event: MonitoringEvent) -> None:
        """Queue the event on disk if its severity demands it. Otherwise it is dropped while offline."""
        queued = event.monitor.setting.severity <= self._context.device_model.integer(
            "MonitoringCtrlr", "OfflineQueuingSeverity", default=-1
        )
        request = NotifyEventRequest(
            generated_at=self._context.now(),
            seq_no=0,  # N07.FR.07, N08.FR.04
            event_data=[_event_data(event)],
        )
        self._context.outbox.send(request, Delivery.DURABLE if queued else Delivery.ORDINARY)  # N07.FR.04, N08.FR.03


def _event_data(event: MonitoringEvent) -> t.EventDataType:
    address = event.monitor.setting.address
    return t.EventDataType(
        event_id=event.id,
        timestamp=event.at,
        trigger=t.EventTriggerEnumType(event.triggered.trigger),  # N07.FR.16 to FR.19, N08.FR.05
        cause=UNSET if event.cause is None else event.cause,  # N07.FR.05
        actual_value=event.value[:_VALUE_LENGTH],
        cleared=True if event.triggered.cleared else UNSET,  # N07.FR.02
        transaction_id=UNSET if event.transaction_id is None else event.transaction_id,
        component=component_type(address.component),  # N07.FR.06
        variable=variable_type(address),
        variable_monitoring_id=event.monitor.id,
        event_notification_type=t.EventNotificationEnumType(event.monitor.origin),
    )
