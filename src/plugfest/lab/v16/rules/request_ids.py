"""What a station of OCPP 1.6 tells of its updates and uploads, where the security whitepaper knows requestIds."""

from plugfest.lab.rules.request_ids import request_ids
from plugfest.lab.rules.rule import Rule
from plugfest.ocpp.v16 import messages as m


def firmware_request_id() -> Rule:
    """The requestId of the SignedUpdateFirmware.req; the plain update of the first edition has none."""
    return request_ids(
        "firmware", "L01.FR.10", m.SignedUpdateFirmwareRequest, m.SignedFirmwareStatusNotificationRequest
    )


def log_request_id() -> Rule:
    """The requestId of the GetLog.req."""
    return request_ids("log", "N01.FR.07", m.GetLogRequest, m.LogStatusNotificationRequest)
