"""Events of OCPP 2.0.1 about the variable Problem of a component, without a monitor."""

from plugfest.ocpp.message import UNSET, CustomData
from plugfest.ocpp.v201.types import EventDataType, EventNotificationEnumType, EventTriggerEnumType
from plugfest.station.blocks.conversion.v201 import component_type, variable_type
from plugfest.station.context import Context
from plugfest.station.device_model.variables import Address
from plugfest.station.model.monitoring.event_ids import EventIds

PROBLEM = "Problem"


def problem_event(
    context: Context,
    address: Address,
    trigger: EventTriggerEnumType,
    *,
    problem: bool = True,
    tech_code: str = "",
    tech_info: str = "",
    vendor_id: str = "",
) -> EventDataType:
    """The event that there is a problem, or no longer one."""
    return EventDataType(
        event_id=context.shared.get(EventIds).next(),
        timestamp=context.now(),
        trigger=trigger,
        actual_value="true" if problem else "false",
        tech_code=tech_code or UNSET,
        tech_info=tech_info or UNSET,
        cleared=UNSET if problem else True,
        event_notification_type=EventNotificationEnumType.HardWiredNotification,
        component=component_type(address.component),
        variable=variable_type(address),
        custom_data=CustomData(vendorId=vendor_id) if vendor_id else UNSET,
    )
