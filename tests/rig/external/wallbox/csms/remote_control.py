"""Requests that control sessions, ask for messages, or concern drivers (Part 2, C11, E14, F, N09, N10, P)."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import after, on
from ocpp.v201 import call, call_result

if TYPE_CHECKING:
    from tests.rig.external.wallbox.firmware import Firmware


class RemoteControl:
    """Answers the requests of the CSMS that concern drivers and their sessions."""

    def __init__(self, firmware: "Firmware") -> None:
        self._firmware = firmware

    # F01 to F04

    @on("RequestStartTransaction")
    async def request_start(
        self, id_token: dict[str, Any], remote_start_id: int, evse_id: int | None = None, **_: object
    ) -> call_result.RequestStartTransaction:
        firmware = self._firmware
        if not self._may_start(evse_id):
            return call_result.RequestStartTransaction(status="Rejected")
        token = {"id_token": id_token["id_token"], "type": id_token["type"]}
        session, ongoing = firmware.session, firmware.transactions.ongoing
        session.put(lambda: session.start_remotely(token, remote_start_id))
        return call_result.RequestStartTransaction(
            status="Accepted",
            transaction_id=None if ongoing is None else ongoing.id,  # F01.FR.13
        )

    def _may_start(self, evse_id: int | None) -> bool:
        firmware = self._firmware
        return (
            evse_id in (None, 1)
            and firmware.registration == "Accepted"  # B02.FR.05
            and firmware.session.authorization is None
            and firmware.connector_status() in ("Available", "Occupied")
        )

    @on("RequestStopTransaction")
    async def request_stop(self, transaction_id: str, **_: object) -> call_result.RequestStopTransaction:
        firmware = self._firmware
        ongoing = firmware.transactions.ongoing
        known = ongoing is not None and ongoing.id == transaction_id and firmware.registration == "Accepted"
        return call_result.RequestStopTransaction(status="Accepted" if known else "Rejected")

    @after("RequestStopTransaction")
    async def stop(self, transaction_id: str, **_: object) -> None:
        session = self._firmware.session
        session.put(lambda: session.stop_remotely(transaction_id))

    # E14

    @on("GetTransactionStatus")
    async def get_transaction_status(
        self, transaction_id: str | None = None, **_: object
    ) -> call_result.GetTransactionStatus:
        waiting = self._firmware.outbox.holds(transaction_id)
        if transaction_id is None:
            return call_result.GetTransactionStatus(messages_in_queue=waiting)
        ongoing = self._firmware.transactions.ongoing
        is_ongoing = ongoing is not None and ongoing.id == transaction_id
        return call_result.GetTransactionStatus(messages_in_queue=waiting, ongoing_indicator=is_ongoing)

    # F05

    @on("UnlockConnector")
    async def unlock_connector(self, evse_id: int, connector_id: int, **_: object) -> call_result.UnlockConnector:
        if (evse_id, connector_id) != (1, 1):
            return call_result.UnlockConnector(status="UnknownConnector")
        if self._firmware.session.authorized_transaction:
            return call_result.UnlockConnector(status="OngoingAuthorizedTransaction")
        unlocked = await self._firmware.electronics.lock(False)
        return call_result.UnlockConnector(status="Unlocked" if unlocked else "UnlockFailed")

    # F06

    @on("TriggerMessage")
    async def trigger_message(
        self, requested_message: str, evse: dict[str, int] | None = None, **_: object
    ) -> call_result.TriggerMessage:
        firmware = self._firmware
        booted = firmware.registration == "Accepted"
        possible = {
            "BootNotification": not booted,  # F06.FR.17
            "FirmwareStatusNotification": True,
            "Heartbeat": True,
            "LogStatusNotification": True,
            "MeterValues": True,
            "SignChargingStationCertificate": booted,
            "StatusNotification": evse == {"id": 1, "connector_id": 1},
            "TransactionEvent": booted and firmware.transactions.ongoing is not None,
        }
        if requested_message not in possible:
            return call_result.TriggerMessage(status="NotImplemented")
        return call_result.TriggerMessage(status="Accepted" if possible[requested_message] else "Rejected")

    @after("TriggerMessage")
    async def send_triggered(self, requested_message: str, evse: dict[str, int] | None = None, **_: object) -> None:
        firmware = self._firmware
        match requested_message:
            case "BootNotification" if firmware.registration != "Accepted":
                firmware.boot_again()
            case "FirmwareStatusNotification":
                await firmware.files.report_firmware_status()
            case "Heartbeat":
                await firmware.heartbeat(requested=True)
            case "LogStatusNotification":
                await firmware.files.report_log_status()
            case "MeterValues":
                await firmware.meter_values("Trigger", requested=True)
            case "SignChargingStationCertificate" if firmware.registration == "Accepted":
                firmware.do(firmware.own_certificates.request())
            case "StatusNotification" if evse == {"id": 1, "connector_id": 1}:
                await firmware.report_status(requested=True)
            case "TransactionEvent" if firmware.transactions.ongoing is not None:
                firmware.transactions.trigger()

    # C11

    @on("ClearCache")
    async def clear_cache(self, **_: object) -> call_result.ClearCache:
        return call_result.ClearCache(status="Accepted" if self._firmware.authorizer.clear_cache() else "Rejected")

    # N09, N10

    @on("CustomerInformation")
    async def customer_information(
        self, report: bool, clear: bool, id_token: dict[str, Any] | None = None, **_: object
    ) -> call_result.CustomerInformation:
        if not report and not clear:
            return call_result.CustomerInformation(status="Rejected")
        return call_result.CustomerInformation(status="Accepted" if id_token is not None else "Invalid")

    @after("CustomerInformation")
    async def send_customer_information(
        self, request_id: int, report: bool, clear: bool, id_token: dict[str, Any] | None = None, **_: object
    ) -> None:
        if id_token is None:
            return
        data = self._firmware.authorizer.known_about(id_token) if report else ""
        if clear:
            self._firmware.authorizer.forget(id_token)
        notification = call.NotifyCustomerInformation(
            data=data[:512], seq_no=0, generated_at=self._firmware.timestamp(), request_id=request_id, tbc=False
        )
        await self._firmware.tell(notification)

    # P01

    @on("DataTransfer")
    async def data_transfer(self, vendor_id: str, **_: object) -> call_result.DataTransfer:
        return call_result.DataTransfer(status="UnknownVendorId")
