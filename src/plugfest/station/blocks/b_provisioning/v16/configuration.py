"""GetConfiguration and ChangeConfiguration of OCPP 1.6 (5.3, 5.8)."""

from functools import partial

from plugfest.link.peer import Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16.messages import (
    ChangeConfigurationRequest,
    ChangeConfigurationResponse,
    GetConfigurationRequest,
    GetConfigurationResponse,
)
from plugfest.ocpp.v16.types import ChangeConfigurationResponseStatus, KeyValue
from plugfest.station.context import Context
from plugfest.station.device_model.keys import ConfigurationEntry, ConfigurationKeys


def register(context: Context) -> None:
    keys = ConfigurationKeys(context.product, context.device_model)
    context.handlers.add(GetConfigurationRequest, partial(_get, context, keys))
    context.handlers.add(ChangeConfigurationRequest, partial(_change, keys))


def _get(context: Context, keys: ConfigurationKeys, request: GetConfigurationRequest) -> GetConfigurationResponse:
    names = list(dict.fromkeys(given(request.key) or ()))
    if not names:
        return GetConfigurationResponse(configuration_key=[_key_value(entry) for entry in keys.all()])
    maximum = context.device_model.integer("DeviceDataCtrlr", "ItemsPerMessage", instance="GetVariables")
    if len(names) > maximum:  # 9.1.9
        raise Refusal(ErrorCode.OccurrenceConstraintViolation, f"more than {maximum} keys")
    entries = {name: keys.get(name) for name in names}
    return GetConfigurationResponse(
        configuration_key=[_key_value(entry) for entry in entries.values() if entry is not None] or UNSET,
        unknown_key=[name for name, entry in entries.items() if entry is None] or UNSET,
    )


def _key_value(entry: ConfigurationEntry) -> KeyValue:
    return KeyValue(key=entry.key, readonly=entry.readonly, value=UNSET if entry.value is None else entry.value)


def _change(keys: ConfigurationKeys, request: ChangeConfigurationRequest) -> ChangeConfigurationResponse:
    status = keys.change(request.key, request.value)
    return ChangeConfigurationResponse(status=ChangeConfigurationResponseStatus(status.value))
