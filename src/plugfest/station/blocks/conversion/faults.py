"""The texts of a fault in the messages of each OCPP version. Pure functions."""

from collections.abc import Mapping
from typing import Final

from plugfest.hardware.ports import Fault

_LIMITS: Final[Mapping[str, Mapping[str, int]]] = {
    "1.6": {"vendor_error_code": 50, "info": 50, "vendor_id": 255},  # StatusNotification.req
    "2.0.1": {"vendor_error_code": 50, "info": 470, "vendor_id": 255},  # techInfo has 500, with the error code
}
"""How many characters each text may have."""


def fault_problem(fault: Fault, ocpp_version: str) -> str:
    """Why a message cannot have a text of the fault, in one line; empty if it can."""
    for name, limit in _LIMITS[ocpp_version].items():
        text: str = getattr(fault, name)
        if len(text) > limit:
            return f"{name} has {len(text)} characters; OCPP {ocpp_version} allows {limit}"
        if any("\ud800" <= character <= "\udfff" for character in text):
            return f"{name} has a character that cannot be sent"
    return ""


def tech_code(fault: Fault) -> str:
    """The code in an event of OCPP 2.0.1: that of the manufacturer, or else what kind of fault it is."""
    return fault.vendor_error_code or (fault.error_code or "")


def tech_info(fault: Fault) -> str:
    """The details in an event of OCPP 2.0.1, with what kind of fault it is unless that is the code."""
    kind = fault.error_code if fault.vendor_error_code and fault.error_code else ""
    return ": ".join(filter(None, (kind, fault.info)))
