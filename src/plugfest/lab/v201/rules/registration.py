"""Registration in OCPP 2.0.1: what a pending station may be asked to send, and what identifies a station."""

from typing import Any

from plugfest.lab.rules.registration import Identity, same_identity, triggered
from plugfest.lab.rules.rule import Rule
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m


def requested_while_pending(request: Request[Any]) -> frozenset[str]:
    """The requests that follow a TriggerMessage, a GetBaseReport or a GetReport (B02.FR.02)."""
    if isinstance(request, m.GetBaseReportRequest | m.GetReportRequest):
        return frozenset({"NotifyReport"})
    return triggered(request)


def _identity(boot: m.BootNotificationRequest) -> Identity:
    station = boot.charging_station
    return {
        "chargingStation.vendorName": station.vendor_name,
        "chargingStation.model": station.model,
        "chargingStation.serialNumber": given(station.serial_number),
    }


def identity_rule() -> Rule:
    """The rule for one campaign."""
    return same_identity("ChargingStationType", m.BootNotificationRequest, _identity)
