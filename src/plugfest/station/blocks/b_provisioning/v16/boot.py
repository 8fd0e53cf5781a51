"""BootNotification and Heartbeat of OCPP 1.6 (4.2, 4.6)."""

from datetime import datetime
from functools import partial

from plugfest.link.peer import Peer
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16.messages import BootNotificationRequest, HeartbeatRequest, HeartbeatResponse
from plugfest.station.connection.boot import BootNotificationAnswer, BootReason, RegistrationStatus
from plugfest.station.context import Context
from plugfest.station.device_model.model import DeviceModel

_MAX_NAME_LENGTH = 20
"""Maximum length of vendor and model in the message."""


def register(context: Context) -> None:
    context.registration_messages = RegistrationMessages16(context.device_model)
    context.outbox.on_answer(HeartbeatRequest, partial(_answered, context))


def _answered(context: Context, request: HeartbeatRequest, response: HeartbeatResponse | None) -> None:
    """The answer to a Heartbeat that the CSMS triggered."""
    if response is not None:
        context.lifecycle.time_received.notify(response.current_time)


class RegistrationMessages16:
    """The registration in OCPP 1.6, which does not report the boot reason."""

    def __init__(self, device_model: DeviceModel) -> None:
        self._device_model = device_model

    async def send_boot_notification(self, peer: Peer, reason: BootReason) -> BootNotificationAnswer:
        request = BootNotificationRequest(
            charge_point_vendor=self._device_model.text("ChargingStation", "VendorName")[:_MAX_NAME_LENGTH],
            charge_point_model=self._device_model.text("ChargingStation", "Model")[:_MAX_NAME_LENGTH],
            charge_point_serial_number=self._device_model.text("ChargingStation", "SerialNumber") or UNSET,
            firmware_version=self._device_model.text("ChargingStation", "FirmwareVersion") or UNSET,
        )
        answer = await peer.call(request)
        return BootNotificationAnswer(RegistrationStatus(answer.status), answer.interval, answer.current_time)

    async def send_heartbeat(self, peer: Peer) -> datetime:
        return (await peer.call(HeartbeatRequest())).current_time
