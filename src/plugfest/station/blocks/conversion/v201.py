"""OCPP 2.0.1's structs in the station's own words, and back: what more than one block needs."""

from typing import Final

from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v201.types import ComponentType, EVSEType, StatusInfoType, VariableType
from plugfest.station.device_model.variables import Address, Component

_REASON_LENGTH: Final = 20
_DETAIL_LENGTH: Final = 512


def component_of(component: ComponentType) -> Component:
    """The component that a message means."""
    evse = given(component.evse)
    return Component(
        component.name,
        given(component.instance) or None,
        None if evse is None else evse.id,
        None if evse is None else given(evse.connector_id),
    )


def address_of(component: ComponentType, variable: VariableType) -> Address:
    """The variable that a message means."""
    return Address(component_of(component), variable.name, given(variable.instance) or None)


def component_type(component: Component) -> ComponentType:
    """A component for a message."""
    evse: EVSEType | UnsetType = UNSET
    if component.evse_id is not None:
        connector_id = UNSET if component.connector_id is None else component.connector_id
        evse = EVSEType(id=component.evse_id, connector_id=connector_id)
    return ComponentType(name=component.name, instance=component.instance or UNSET, evse=evse)


def variable_type(address: Address) -> VariableType:
    """A variable for a message."""
    return VariableType(name=address.variable, instance=address.instance or UNSET)


def status_info(reason: str, detail: str | None = None) -> StatusInfoType:
    """Why something was not accepted: a reason code of Part 2 appendix 5, and more in words."""
    return StatusInfoType(
        reason_code=reason[:_REASON_LENGTH], additional_info=detail[:_DETAIL_LENGTH] if detail else UNSET
    )
