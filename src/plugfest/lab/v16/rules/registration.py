"""Registration in OCPP 1.6: what a pending charge point may be asked to send, and what identifies a charge point."""

from typing import Any

from plugfest.lab.rules.registration import Identity, same_identity, triggered
from plugfest.lab.rules.rule import Rule
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m

PROGRESS: dict[type[Request[Any]], str] = {
    m.GetDiagnosticsRequest: "DiagnosticsStatusNotification",
    m.GetLogRequest: "LogStatusNotification",
    m.UpdateFirmwareRequest: "FirmwareStatusNotification",
    m.SignedUpdateFirmwareRequest: "SignedFirmwareStatusNotification",
}
"""The request that reports the progress of an operation."""


def requested_while_pending(request: Request[Any]) -> frozenset[str]:
    """The requests that follow a trigger (4.2), or an operation of which the progress has to be reported (4.4, 4.5)."""
    progress = PROGRESS.get(type(request))
    return triggered(request) if progress is None else frozenset({progress})


def _identity(boot: m.BootNotificationRequest) -> Identity:
    return {
        "chargePointVendor": boot.charge_point_vendor,
        "chargePointModel": boot.charge_point_model,
        "chargePointSerialNumber": given(boot.charge_point_serial_number),
    }


def identity_rule() -> Rule:
    """The rule for one campaign."""
    return same_identity("section 6.3", m.BootNotificationRequest, _identity)
