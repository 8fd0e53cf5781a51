"""Cold boot: BootNotification and Heartbeat (B01 to B03, G02)."""

from datetime import datetime
from functools import partial

from plugfest.link.peer import Peer
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201.messages import BootNotificationRequest, HeartbeatRequest, HeartbeatResponse
from plugfest.ocpp.v201.types import BootReasonEnumType, ChargingStationType
from plugfest.station.connection.boot import BootNotificationAnswer, BootReason, RegistrationStatus
from plugfest.station.context import Context
from plugfest.station.device_model.model import DeviceModel


def register(context: Context) -> None:
    context.registration_messages = RegistrationMessages201(context.device_model)
    context.outbox.on_answer(HeartbeatRequest, partial(_answered, context))


def _answered(context: Context, request: HeartbeatRequest, response: HeartbeatResponse | None) -> None:
    """The answer to a Heartbeat that the CSMS triggered."""
    if response is not None:
        context.lifecycle.time_received.notify(response.current_time)


class RegistrationMessages201:
    """The registration in OCPP 2.0.1."""

    def __init__(self, device_model: DeviceModel) -> None:
        self._device_model = device_model

    async def send_boot_notification(self, peer: Peer, reason: BootReason) -> BootNotificationAnswer:
        station = ChargingStationType(
            model=self._device_model.text("ChargingStation", "Model"),
            vendor_name=self._device_model.text("ChargingStation", "VendorName"),
            firmware_version=self._device_model.text("ChargingStation", "FirmwareVersion") or UNSET,
            serial_number=self._device_model.text("ChargingStation", "SerialNumber") or UNSET,
        )
        request = BootNotificationRequest(charging_station=station, reason=BootReasonEnumType(reason))  # B01.FR.09
        answer = await peer.call(request)
        return BootNotificationAnswer(RegistrationStatus(answer.status), answer.interval, answer.current_time)

    async def send_heartbeat(self, peer: Peer) -> datetime:
        return (await peer.call(HeartbeatRequest())).current_time
