"""Wrong in block P: what vendors want beside OCPP."""

from typing import Any

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.messages import DataTransferResponse
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import later
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.station.blocks.b_provisioning.v201 import variables
from plugfest.station.blocks.p_data_transfer import v201 as block


def _minds_custom_data(right: Function) -> Function:
    """What it does not know it refuses."""

    def set_variable(model: Any, data: t.SetVariableDataType) -> t.SetVariableResultType:
        if data.custom_data is UNSET:
            return right(model, data)  # type: ignore[no-any-return]
        rejected = t.SetVariableStatusEnumType.Rejected
        return t.SetVariableResultType(component=data.component, variable=data.variable, attribute_status=rejected)

    return set_variable


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "every vendor is known",
        "P01.FR.05",
        "TC_P_01",
        Patch(block, "_data_transfer", later(DataTransferResponse(status=t.DataTransferStatusEnumType.Accepted))),
    ),
    wrong(
        "what a vendor adds to a message is refused",
        "Part 4 section 9",
        "TC_P_03",
        Patch(variables, "_set", _minds_custom_data),
    ),
)
