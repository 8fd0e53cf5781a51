"""What the Central System may ask a pending charge point of OCPP 1.6 to send."""

from typing import Any

from plugfest.lab.rules.registration import triggered
from plugfest.ocpp.message import Request
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
