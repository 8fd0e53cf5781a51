"""OCPP 1.6 Core: configuration keys, cables, and the meter values of transactions."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import NOTHING, later_with_fields, with_fields
from plugfest.station.blocks.b_provisioning.v16 import configuration
from plugfest.station.blocks.e_transactions import v16 as transactions_block
from plugfest.station.device_model.keys import ChangeStatus, ConfigurationKeys
from plugfest.station.model.charging.power_path import PowerPath


def _read_only_status(status: ChangeStatus) -> Patch:
    """Another answer for a read-only key."""

    def make(original: Function) -> Function:
        def change(self: ConfigurationKeys, name: str, value: str) -> Any:
            entry = self.get(name)
            return status if entry is not None and entry.readonly else original(self, name, value)

        return change

    return Patch(ConfigurationKeys, "change", make)


def _rejects_unknown(original: Function) -> Function:
    def change(self: ConfigurationKeys, name: str, value: str) -> Any:
        return ChangeStatus.REJECTED if self.get(name) is None else original(self, name, value)

    return change


def _empty_values(original: Function) -> Function:
    async def get(context: object, keys: ConfigurationKeys, request: object) -> Any:
        response = await original(context, keys, request)
        if response.unknown_key is UNSET:
            return response
        empty_values = [t.KeyValue(key=name, readonly=False, value="") for name in response.unknown_key]
        return msgspec.structs.replace(response, unknown_key=UNSET, configuration_key=empty_values)

    return get


BEHAVIOURS = (
    # Keys
    wrong_v16(
        "answers Accepted for a read-only key",
        "5.3",
        "TC_040_2",
        _read_only_status(ChangeStatus.ACCEPTED),
    ),
    wrong_v16(
        "answers NotSupported for a read-only key",
        "5.3",
        "TC_040_2",
        _read_only_status(ChangeStatus.NOT_SUPPORTED),
    ),
    wrong_v16(
        "answers Rejected for an unknown key",
        "5.3",
        "TC_040_1",
        Patch(ConfigurationKeys, "change", _rejects_unknown),
    ),
    wrong_v16(
        "omits unknownKey",
        "5.8",
        "TC_040_1",
        Patch(configuration, "_get", later_with_fields(unknown_key=UNSET)),
    ),
    wrong_v16(
        "reports an unknown key with an empty value", "5.8", "TC_040_1", Patch(configuration, "_get", _empty_values)
    ),
    # Cable
    wrong_v16("never unlocks the cable", "5.12", "TC_012 TC_068", Patch(PowerPath, "unlock_cable", NOTHING)),
    # Meter values of a transaction
    wrong_v16(
        "reports meterStart 0 for every transaction",
        "6.45",
        "TC_039",
        Patch(transactions_block, "_start", with_fields(meter_start=0)),
    ),
    wrong_v16(
        "reports meterStop in mWh",
        "6.49",
        "TC_039",
        Patch(transactions_block, "_stop", with_fields(meter_stop=lambda stop: stop.meter_stop * 1000)),
    ),
)
