"""SetVariables and GetVariables (B05, B06)."""

from plugfest.link.peer import Refusal
from plugfest.ocpp import codec
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import UNSET, Request, Response, given
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
from plugfest.station.blocks.conversion.v201 import address_of, status_info
from plugfest.station.context import Context
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.variables import AttributeType


def register(context: Context) -> None:
    model = context.device_model

    async def get_variables(request: GetVariablesRequest) -> GetVariablesResponse:
        check_size(model, request, "GetVariables", len(request.get_variable_data))  # B06.FR.16, B06.FR.17
        return GetVariablesResponse(get_variable_result=[_get(model, data) for data in request.get_variable_data])

    async def set_variables(request: SetVariablesRequest) -> SetVariablesResponse:
        check_size(model, request, "SetVariables", len(request.set_variable_data))
        return SetVariablesResponse(set_variable_result=[_set(model, data) for data in request.set_variable_data])

    context.handlers.add(GetVariablesRequest, get_variables)
    context.handlers.add(SetVariablesRequest, set_variables)


def check_size(model: DeviceModel, request: Request[Response], message: str, items: int) -> None:
    """Raise Refusal if a request exceeds the limits of DeviceDataCtrlr."""
    maximum = model.integer("DeviceDataCtrlr", "ItemsPerMessage", instance=message)
    if items > maximum:
        raise Refusal(ErrorCode.OccurrenceConstraintViolation, f"more than {maximum} items")
    if len(codec.encode(request)) > model.integer("DeviceDataCtrlr", "BytesPerMessage", instance=message):
        raise Refusal(ErrorCode.FormatViolation, "the message is too long")


def _get(model: DeviceModel, data: GetVariableDataType) -> GetVariableResultType:
    attribute = given(data.attribute_type) or AttributeEnumType.Actual  # B06.FR.11
    reading = model.get(address_of(data.component, data.variable), AttributeType(attribute))
    return GetVariableResultType(
        component=data.component,
        variable=data.variable,
        attribute_type=attribute,  # B06.FR.03
        attribute_status=GetVariableStatusEnumType(reading.status),
        attribute_value=UNSET if reading.value is None else reading.value,
        attribute_status_info=UNSET if reading.reason is None else status_info(reading.reason),
    )


def _set(model: DeviceModel, data: SetVariableDataType) -> SetVariableResultType:
    attribute = given(data.attribute_type) or AttributeEnumType.Actual  # B05.FR.12
    result = model.set(address_of(data.component, data.variable), data.attribute_value, AttributeType(attribute))
    return SetVariableResultType(
        component=data.component,
        variable=data.variable,
        attribute_type=attribute,  # B05.FR.03
        attribute_status=SetVariableStatusEnumType(result.status),
        attribute_status_info=UNSET if result.reason is None else status_info(result.reason, result.detail),
    )
