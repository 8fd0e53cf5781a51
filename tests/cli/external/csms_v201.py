"""The routes of a CSMS of OCPP 2.0.1."""

from typing import Any

from ocpp.routing import on
from ocpp.v201 import ChargePoint, call_result
from tests.cli.external.csms import now
from tests.cli.external.received import Received

ACCEPTED = {"status": "Accepted"}


class Station(ChargePoint):
    """One connection of a station."""

    def __init__(self, *arguments: Any, received: Received) -> None:
        super().__init__(*arguments)
        self._note = received.note

    @on("BootNotification")
    def boot(self, **payload: Any) -> call_result.BootNotification:
        self._note("BootNotification", payload)
        return call_result.BootNotification(current_time=now(), interval=300, status="Accepted")

    @on("Heartbeat")
    def heartbeat(self, **payload: Any) -> call_result.Heartbeat:
        self._note("Heartbeat", payload)
        return call_result.Heartbeat(current_time=now())

    @on("Authorize")
    def authorize(self, **payload: Any) -> call_result.Authorize:
        self._note("Authorize", payload)
        return call_result.Authorize(id_token_info=ACCEPTED)

    @on("TransactionEvent")
    def transaction_event(self, **payload: Any) -> call_result.TransactionEvent:
        self._note("TransactionEvent", payload)
        return call_result.TransactionEvent(id_token_info=ACCEPTED if "id_token" in payload else None)

    @on("StatusNotification")
    def status(self, **payload: Any) -> call_result.StatusNotification:
        self._note("StatusNotification", payload)
        return call_result.StatusNotification()

    @on("NotifyEvent")
    def event(self, **payload: Any) -> call_result.NotifyEvent:
        self._note("NotifyEvent", payload)
        return call_result.NotifyEvent()

    @on("MeterValues")
    def meter_values(self, **payload: Any) -> call_result.MeterValues:
        self._note("MeterValues", payload)
        return call_result.MeterValues()

    @on("FirmwareStatusNotification")
    def firmware_status(self, **payload: Any) -> call_result.FirmwareStatusNotification:
        self._note("FirmwareStatusNotification", payload)
        return call_result.FirmwareStatusNotification()

    @on("LogStatusNotification")
    def log_status(self, **payload: Any) -> call_result.LogStatusNotification:
        self._note("LogStatusNotification", payload)
        return call_result.LogStatusNotification()

    @on("SecurityEventNotification")
    def security_event(self, **payload: Any) -> call_result.SecurityEventNotification:
        self._note("SecurityEventNotification", payload)
        return call_result.SecurityEventNotification()
