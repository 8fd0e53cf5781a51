"""Registration in OCPP 1.6: what a pending charge point may be asked to send, and what identifies a charge point."""

from collections.abc import Iterator
from typing import Any

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.registration import Identity, reports_earlier_update, same_identity, triggered
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v16 import messages as m

PROGRESS: dict[type[Request[Any]], str] = {
    m.GetDiagnosticsRequest: "DiagnosticsStatusNotification",
    m.GetLogRequest: "LogStatusNotification",
    m.UpdateFirmwareRequest: "FirmwareStatusNotification",
    m.SignedUpdateFirmwareRequest: "SignedFirmwareStatusNotification",
}
"""The request that reports the progress of an operation."""

UPDATES = (m.UpdateFirmwareRequest, m.SignedUpdateFirmwareRequest)


def requested_while_pending(request: Request[Any]) -> frozenset[str]:
    """The requests that follow a trigger (4.2), or an operation of which the progress has to be reported (4.4, 4.5)."""
    progress = PROGRESS.get(type(request))
    return triggered(request) if progress is None else frozenset({progress})


def _identity(boot: m.BootNotificationRequest) -> Identity:
    return {
        "chargePointVendor": boot.charge_point_vendor,
        "chargePointModel": boot.charge_point_model,
        "chargePointSerialNumber": given(boot.charge_point_serial_number),
        "chargeBoxSerialNumber": given(boot.charge_box_serial_number),
        "meterType": given(boot.meter_type),
        "meterSerialNumber": given(boot.meter_serial_number),
    }


def identity_rule() -> Rule:
    """The rule for one campaign. The SIM card may be another one after a boot (iccid, imsi)."""
    return same_identity("section 6.3", m.BootNotificationRequest, _identity)


def firmware_version() -> Rule:
    """The rule for one campaign: the firmware is the same after a boot, unless the lab has requested an update."""
    known: str | None = None
    updated_before = False

    def judge(evidence: Evidence) -> Iterator[Violation]:
        nonlocal known, updated_before
        updates = [
            each.frame
            for each in evidence.exchanges
            if isinstance(each.request, UPDATES) or reports_earlier_update(evidence, each)
        ]
        for sent in evidence.sent(m.BootNotificationRequest):
            version = given(sent.message.firmware_version)
            is_updated = updated_before or any(frame < sent.frame for frame in updates)
            if version is not None and known is not None and version != known and not is_updated:
                expected = f"BootNotificationRequest.firmwareVersion {known} as before, since no update was requested"
                yield Violation(expected, version, sent.frame)
            known = version or known
        updated_before = bool(updates)

    return Rule("firmware of the station", "section 6.3", judge)
