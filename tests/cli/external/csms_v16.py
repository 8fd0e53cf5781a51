"""The routes of a CSMS of OCPP 1.6."""

from ocpp.v16 import ChargePoint, call_result
from tests.cli.external.csms import now
from tests.cli.external.routes import ACCEPTED, station_class

TRANSACTION = 4711


Station = station_class(
    ChargePoint,
    {
        "BootNotification": lambda _: call_result.BootNotification(now(), 300, "Accepted"),
        "Heartbeat": lambda _: call_result.Heartbeat(now()),
        "Authorize": lambda _: call_result.Authorize(id_tag_info=ACCEPTED),
        "StartTransaction": lambda _: call_result.StartTransaction(TRANSACTION, id_tag_info=ACCEPTED),
        "StopTransaction": lambda _: call_result.StopTransaction(id_tag_info=ACCEPTED),
        "StatusNotification": lambda _: call_result.StatusNotification(),
        "MeterValues": lambda _: call_result.MeterValues(),
        "FirmwareStatusNotification": lambda _: call_result.FirmwareStatusNotification(),
        "SignedFirmwareStatusNotification": lambda _: call_result.SignedFirmwareStatusNotification(),
        "DiagnosticsStatusNotification": lambda _: call_result.DiagnosticsStatusNotification(),
        "LogStatusNotification": lambda _: call_result.LogStatusNotification(),
        "SecurityEventNotification": lambda _: call_result.SecurityEventNotification(),
    },
)
