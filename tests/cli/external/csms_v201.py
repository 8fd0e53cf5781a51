"""The routes of a CSMS of OCPP 2.0.1."""

from ocpp.v201 import ChargePoint, call_result
from tests.cli.external.csms import now
from tests.cli.external.received import Payload
from tests.cli.external.routes import ACCEPTED, station_class


def _event_answer(payload: Payload) -> call_result.TransactionEvent:
    return call_result.TransactionEvent(id_token_info=ACCEPTED if "id_token" in payload else None)


Station = station_class(
    ChargePoint,
    {
        "BootNotification": lambda _: call_result.BootNotification(now(), 300, "Accepted"),
        "Heartbeat": lambda _: call_result.Heartbeat(now()),
        "Authorize": lambda _: call_result.Authorize(id_token_info=ACCEPTED),
        "TransactionEvent": _event_answer,
        "StatusNotification": lambda _: call_result.StatusNotification(),
        "NotifyEvent": lambda _: call_result.NotifyEvent(),
        "MeterValues": lambda _: call_result.MeterValues(),
        "FirmwareStatusNotification": lambda _: call_result.FirmwareStatusNotification(),
        "LogStatusNotification": lambda _: call_result.LogStatusNotification(),
        "SecurityEventNotification": lambda _: call_result.SecurityEventNotification(),
    },
)
