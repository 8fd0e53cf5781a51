"""Wrong in the Core of OCPP 1.6: what keys say and take, who has the cable, what the meter of a transaction says."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, later_with_fields, with_fields
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.b_provisioning.v16 import configuration
from plugfest.station.blocks.e_transactions import v16 as transactions_block
from plugfest.station.device_model.keys import ChangeStatus, ConfigurationKeys
from plugfest.station.model.charging.power_path import PowerPath


def _wrong(name: str, requirement: str, cases: str, *patches: Patch) -> Behaviour:
    return wrong(name, requirement, cases, *patches, product="reference-16-ac")


def _unless_read_only(status: ChangeStatus) -> Patch:
    """Another answer for a key that can only be read."""

    def make(right: Function) -> Function:
        def change(self: ConfigurationKeys, name: str, value: str) -> Any:
            entry = self.get(name)
            return status if entry is not None and entry.readonly else right(self, name, value)

        return change

    return Patch(ConfigurationKeys, "change", make)


def _known_too(right: Function) -> Function:
    def change(self: ConfigurationKeys, name: str, value: str) -> Any:
        return ChangeStatus.REJECTED if self.get(name) is None else right(self, name, value)

    return change


def _invents_a_value(right: Function) -> Function:
    async def get(context: object, keys: ConfigurationKeys, request: object) -> Any:
        response = await right(context, keys, request)
        if response.unknown_key is UNSET:
            return response
        made_up = [t.KeyValue(key=name, readonly=False, value="") for name in response.unknown_key]
        return msgspec.structs.replace(response, unknown_key=UNSET, configuration_key=made_up)

    return get


BEHAVIOURS = (
    # Keys
    _wrong(
        "a key that can only be read is taken and stays",
        "5.3",
        "TC_040_2",
        _unless_read_only(ChangeStatus.ACCEPTED),
    ),
    _wrong(
        "a key that can only be read is not supported",
        "5.3",
        "TC_040_2",
        _unless_read_only(ChangeStatus.NOT_SUPPORTED),
    ),
    _wrong(
        "an unknown key is refused as if it were known",
        "5.3",
        "TC_040_1",
        Patch(ConfigurationKeys, "change", _known_too),
    ),
    _wrong(
        "nobody hears which keys are unknown",
        "5.8",
        "TC_040_1",
        Patch(configuration, "_get", later_with_fields(unknown_key=UNSET)),
    ),
    _wrong("an unknown key has an empty value", "5.8", "TC_040_1", Patch(configuration, "_get", _invents_a_value)),
    # The cable
    _wrong("a cable is never let go", "5.12", "TC_012 TC_068", Patch(PowerPath, "unlock_cable", NOTHING)),
    # The meter of a transaction
    _wrong(
        "every transaction begins at 0 Wh",
        "6.45",
        "TC_039",
        Patch(transactions_block, "_start", with_fields(meter_start=0)),
    ),
    _wrong(
        "a transaction ends in milliwatt-hours",
        "6.49",
        "TC_039",
        Patch(transactions_block, "_stop", with_fields(meter_stop=lambda stop: stop.meter_stop * 1000)),
    ),
)
