"""SetVariables and GetVariables (B05, B06)."""

from typing import Final

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201.messages import (
    GetVariablesRequest,
    GetVariablesResponse,
    SetVariablesRequest,
    SetVariablesResponse,
)
from plugfest.ocpp.v201.types import (
    AttributeEnumType,
    GetVariableDataType,
    GetVariableResultType,
    GetVariableStatusEnumType,
    SetVariableDataType,
    SetVariableResultType,
    SetVariableStatusEnumType,
)
from plugfest.station.blocks.conversion.message_size import SizeLimits
from plugfest.station.blocks.conversion.v201 import address_of, status_info
from plugfest.station.context import Context
from plugfest.station.device_model.model import DeviceModel, GetStatus
from plugfest.station.device_model.variables import AttributeType


def register(context: Context) -> None:
    model = context.device_model
    limits_of_get = SizeLimits(model, "DeviceDataCtrlr", limits_of="GetVariables")
    limits_of_set = SizeLimits(model, "DeviceDataCtrlr", limits_of="SetVariables")

    def get_variables(request: GetVariablesRequest) -> GetVariablesResponse:
        limits_of_get.check(request, len(request.get_variable_data))  # B06.FR.16, B06.FR.17
        return GetVariablesResponse(get_variable_result=[_get(model, data) for data in request.get_variable_data])

    def set_variables(request: SetVariablesRequest) -> SetVariablesResponse:
        limits_of_set.check(request, len(request.set_variable_data))
        return SetVariablesResponse(set_variable_result=[_set(model, data) for data in request.set_variable_data])

    context.handlers.add(GetVariablesRequest, get_variables)
    context.handlers.add(SetVariablesRequest, set_variables)


_ATTRIBUTES: Final = {each: AttributeType(each) for each in AttributeEnumType}
_STATUSES: Final = {each: GetVariableStatusEnumType(each) for each in GetStatus}


def _get(model: DeviceModel, data: GetVariableDataType) -> GetVariableResultType:
    attribute = given(data.attribute_type) or AttributeEnumType.Actual  # B06.FR.11
    reading = model.get(address_of(data.component, data.variable), _ATTRIBUTES[attribute])
    return GetVariableResultType(
        component=data.component,
        variable=data.variable,
        attribute_type=attribute,  # B06.FR.03
        attribute_status=_STATUSES[reading.status],
        attribute_value=UNSET if reading.value is None else reading.value,
        attribute_status_info=UNSET if reading.reason is None else status_info(reading.reason),
    )


def _set(model: DeviceModel, data: SetVariableDataType) -> SetVariableResultType:
    attribute = given(data.attribute_type) or AttributeEnumType.Actual  # B05.FR.12
    result = model.set(address_of(data.component, data.variable), data.attribute_value, _ATTRIBUTES[attribute])
    return SetVariableResultType(
        component=data.component,
        variable=data.variable,
        attribute_type=attribute,  # B05.FR.03
        attribute_status=SetVariableStatusEnumType(result.status),
        attribute_status_info=UNSET if result.reason is None else status_info(result.reason, result.detail),
    )
