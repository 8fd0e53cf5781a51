"""What the CSMS may ask a pending station of OCPP 2.0.1 to send."""

from typing import Any

from plugfest.lab.rules.registration import triggered
from plugfest.ocpp.message import Request
from plugfest.ocpp.v201 import messages as m


def requested_while_pending(request: Request[Any]) -> frozenset[str]:
    """The requests that follow a TriggerMessage, a GetBaseReport or a GetReport (B02.FR.02)."""
    if isinstance(request, m.GetBaseReportRequest | m.GetReportRequest):
        return frozenset({"NotifyReport"})
    return triggered(request)
