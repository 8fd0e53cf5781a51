"""The routes of a CSMS of OCPP 1.6."""

from typing import Any

from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from tests.cli.external.csms import now
from tests.cli.external.received import Received

TRANSACTION = 4711
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
        return call_result.Authorize(id_tag_info=ACCEPTED)

    @on("StartTransaction")
    def start_transaction(self, **payload: Any) -> call_result.StartTransaction:
        self._note("StartTransaction", payload)
        return call_result.StartTransaction(transaction_id=TRANSACTION, id_tag_info=ACCEPTED)

    @on("StopTransaction")
    def stop_transaction(self, **payload: Any) -> call_result.StopTransaction:
        self._note("StopTransaction", payload)
        return call_result.StopTransaction(id_tag_info=ACCEPTED)

    @on("StatusNotification")
    def status(self, **payload: Any) -> call_result.StatusNotification:
        self._note("StatusNotification", payload)
        return call_result.StatusNotification()

    @on("MeterValues")
    def meter_values(self, **payload: Any) -> call_result.MeterValues:
        self._note("MeterValues", payload)
        return call_result.MeterValues()

    @on("FirmwareStatusNotification")
    def firmware_status(self, **payload: Any) -> call_result.FirmwareStatusNotification:
        self._note("FirmwareStatusNotification", payload)
        return call_result.FirmwareStatusNotification()

    @on("SignedFirmwareStatusNotification")
    def signed_firmware_status(self, **payload: Any) -> call_result.SignedFirmwareStatusNotification:
        self._note("SignedFirmwareStatusNotification", payload)
        return call_result.SignedFirmwareStatusNotification()

    @on("DiagnosticsStatusNotification")
    def diagnostics_status(self, **payload: Any) -> call_result.DiagnosticsStatusNotification:
        self._note("DiagnosticsStatusNotification", payload)
        return call_result.DiagnosticsStatusNotification()

    @on("LogStatusNotification")
    def log_status(self, **payload: Any) -> call_result.LogStatusNotification:
        self._note("LogStatusNotification", payload)
        return call_result.LogStatusNotification()

    @on("SecurityEventNotification")
    def security_event(self, **payload: Any) -> call_result.SecurityEventNotification:
        self._note("SecurityEventNotification", payload)
        return call_result.SecurityEventNotification()
