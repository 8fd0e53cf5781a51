"""Results that do not name what was requested."""

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import with_fields
from plugfest.station.blocks.b_provisioning.v201 import reports, variables
from plugfest.station.device_model.reports import ReportBase, base_report


def _other_evse(result: t.GetVariableResultType) -> t.ComponentType:
    return msgspec.structs.replace(result.component, evse=t.EVSEType(id=1))


def _other_instance(result: t.SetVariableResultType) -> t.VariableType:
    """Adds an instance where the variable was not set; the lab does not begin if it cannot set its variables."""
    if result.attribute_status == "Accepted":
        return result.variable
    return msgspec.structs.replace(result.variable, instance="Other")


def _one_more(original: Function) -> Function:
    """Adds a variable to a custom report."""

    def custom_report(model: object, *criteria: object) -> list[object]:
        return [*original(model, *criteria), base_report(model, ReportBase.FULL_INVENTORY)[0]]  # type: ignore[arg-type]

    return custom_report


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "omits attributeType from the results of GetVariables",
        "B06.FR.03",
        "TC_B_06 TC_B_07",
        Patch(variables, "_get", with_fields(attribute_type=UNSET)),
    ),
    wrong_v201(
        "omits attributeType from the results of SetVariables",
        "B05.FR.03",
        "TC_B_09 TC_B_10",
        Patch(variables, "_set", with_fields(attribute_type=UNSET)),
    ),
    wrong_v201(
        "adds an EVSE to the component in the results of GetVariables",
        "B06.FR.02",
        "TC_B_06 TC_B_32",
        Patch(variables, "_get", with_fields(component=_other_evse)),
    ),
    wrong_v201(
        "adds an instance to the variable in the results of SetVariables that refuse it",
        "B05.FR.02",
        "TC_B_35 TC_B_36",
        Patch(variables, "_set", with_fields(variable=_other_instance)),
    ),
    wrong_v201(
        "adds a variable to a custom report",
        "B08.FR.05",
        "TC_B_18",
        Patch(reports, "custom_report", _one_more),
    ),
)
