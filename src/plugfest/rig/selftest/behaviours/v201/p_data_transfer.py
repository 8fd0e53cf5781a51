"""Block P: vendor-specific data."""

from typing import Any

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import DataTransferResponse
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import always
from plugfest.station.blocks.b_provisioning.v201 import variables
from plugfest.station.blocks.p_data_transfer import v201 as block


def _rejects_custom_data(original: Function) -> Function:
    """Rejects a request with customData."""

    def set_variable(model: Any, data: t.SetVariableDataType) -> t.SetVariableResultType:
        if data.custom_data is UNSET:
            return original(model, data)  # type: ignore[no-any-return]
        rejected = t.SetVariableStatusEnumType.Rejected
        return t.SetVariableResultType(component=data.component, variable=data.variable, attribute_status=rejected)

    return set_variable


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "accepts a DataTransfer of an unknown vendor",
        "P01.FR.05",
        "TC_P_01",
        Patch(block, "_data_transfer", always(DataTransferResponse(status=t.DataTransferStatusEnumType.Accepted))),
    ),
    wrong_v201(
        "rejects a request with customData",
        "Part 4 section 9",
        "TC_P_03",
        Patch(variables, "_set", _rejects_custom_data),
    ),
)
