"""GetVariables and SetVariables: requests, and checks of the results."""

from plugfest.lab.expectations import Matcher, anything, has, meets, one_of, optional
from plugfest.lab.v201.configuration import Variable
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

ACTUAL = t.AttributeEnumType.Actual
TARGET = t.AttributeEnumType.Target
AttributeType = t.AttributeEnumType | UnsetType

OFFLINE_THRESHOLD = Variable("OCPPCommCtrlr", "OfflineThreshold")
LOCAL_AUTHORIZE_OFFLINE = Variable("AuthCtrlr", "LocalAuthorizeOffline")
UNKNOWN_COMPONENT = Variable("UnknownComponent", "OfflineThreshold")
UNKNOWN_VARIABLE = Variable("OCPPCommCtrlr", "UnknownVariable")


def reason_code(code: str) -> Matcher:
    """The check of a reasonCode, without regard to case (StatusInfoType)."""
    return meets(code, lambda value: str(value).lower() == code.lower())


NO_ERROR = optional(has(reason_code=reason_code("NoError")))


def get_request(*variables: Variable, attribute_type: AttributeType = ACTUAL) -> m.GetVariablesRequest:
    """GetVariables for one attribute of each variable."""
    return m.GetVariablesRequest(
        get_variable_data=[
            t.GetVariableDataType(attribute_type=attribute_type, **variable.wire()) for variable in variables
        ]
    )


def set_request(*values: tuple[Variable, str], attribute_type: AttributeType = ACTUAL) -> m.SetVariablesRequest:
    """SetVariables for one attribute of each variable."""
    return m.SetVariablesRequest(
        set_variable_data=[
            t.SetVariableDataType(attribute_value=value, attribute_type=attribute_type, **variable.wire())
            for variable, value in values
        ]
    )


def result(
    variable: Variable,
    status: object,
    *,
    value: object = None,
    attribute_type: object = "Actual",
    info: object = anything,
) -> object:
    """The check of one result: variable, status, attribute type (Actual may be omitted), and the value if given.

    A rule for every case compares the attribute type with the request.
    """
    expected_type = one_of("Actual", UNSET) if attribute_type == "Actual" else attribute_type
    checks: dict[str, object] = {
        "attribute_status": status,
        "attribute_type": expected_type,
        "attribute_status_info": info,
        "component": has(name=variable.component),
        "variable": has(name=variable.name),
    }
    if value is not None:
        checks["attribute_value"] = value
    return has(**checks)
