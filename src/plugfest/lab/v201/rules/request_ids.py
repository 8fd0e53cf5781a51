"""What a station of OCPP 2.0.1 tells of its updates and uploads."""

from plugfest.lab.rules.request_ids import request_ids
from plugfest.lab.rules.rule import Rule
from plugfest.ocpp.v201 import messages as m


def firmware_request_id() -> Rule:
    """The requestId of the UpdateFirmwareRequest."""
    return request_ids("firmware", "L01.FR.10, L01.FR.20", m.UpdateFirmwareRequest, m.FirmwareStatusNotificationRequest)


def log_request_id() -> Rule:
    """The requestId of the GetLogRequest."""
    return request_ids("log", "N01.FR.07, N01.FR.13", m.GetLogRequest, m.LogStatusNotificationRequest)
