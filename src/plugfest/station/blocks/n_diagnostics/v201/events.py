"""NotifyEvent for the events of monitors (N07, N08)."""

from plugfest.hardware.ports import Fault
from plugfest.ocpp.message import UNSET, CustomData
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import NotifyEventRequest
from plugfest.station.blocks.conversion.faults import tech_code, tech_info
from plugfest.station.blocks.conversion.v201 import component_type, variable_type
from plugfest.station.connection.outbox import Delivery
from plugfest.station.context import Context
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.monitoring.watch import MonitoringEvent

_VALUE_LENGTH = 2500

_NOTHING = Fault()


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
            event_data=[_event_data(event, self._fault(event))],
        )
        self._context.outbox.send(request, Delivery.DURABLE if queued else Delivery.ORDINARY)  # N07.FR.04, N08.FR.03

    def _fault(self, event: MonitoringEvent) -> Fault:
        """What is known of the fault of a connector that the event is about."""
        component = event.monitor.setting.address.component
        if component.evse_id is None or component.connector_id is None:
            return _NOTHING
        place = Place(component.evse_id, component.connector_id)
        return self._context.shared.get(Connectors).fault(place) or _NOTHING


def _event_data(event: MonitoringEvent, fault: Fault = _NOTHING) -> t.EventDataType:
    address = event.monitor.setting.address
    return t.EventDataType(
        event_id=event.id,
        timestamp=event.at,
        trigger=t.EventTriggerEnumType(event.triggered.trigger),  # N07.FR.16 to FR.19, N08.FR.05
        cause=UNSET if event.cause is None else event.cause,  # N07.FR.05
        actual_value=event.value[:_VALUE_LENGTH],
        tech_code=tech_code(fault) or UNSET,
        tech_info=tech_info(fault) or UNSET,
        cleared=True if event.triggered.cleared else UNSET,  # N07.FR.02
        transaction_id=UNSET if event.transaction_id is None else event.transaction_id,
        component=component_type(address.component),  # N07.FR.06
        variable=variable_type(address),
        variable_monitoring_id=event.monitor.id,
        event_notification_type=t.EventNotificationEnumType(event.monitor.origin),
        custom_data=CustomData(vendorId=fault.vendor_id) if fault.vendor_id else UNSET,
    )
