"""Messages before the CSMS has accepted the station."""

from typing import Any

from plugfest.ocpp.v201 import messages as m
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.station.blocks.b_provisioning.v201.boot import RegistrationMessages201
from plugfest.station.connection.boot import RegistrationStatus


def _request_before(request: m.HeartbeatRequest | m.DataTransferRequest) -> Patch:
    """Sends a request before each BootNotification."""

    def make(original: Function) -> Function:
        async def send(self: Any, peer: Any, reason: Any) -> Any:
            await peer.call(request)
            return await original(self, peer, reason)

        return send

    return Patch(RegistrationMessages201, "send_boot_notification", make)


def _request_after(status: RegistrationStatus) -> Patch:
    """Sends a Heartbeat after a BootNotificationResponse with this status."""

    def make(original: Function) -> Function:
        async def send(self: Any, peer: Any, reason: Any) -> Any:
            answer = await original(self, peer, reason)
            if answer.status is status:
                await peer.call(m.HeartbeatRequest())
            return answer

        return send

    return Patch(RegistrationMessages201, "send_boot_notification", make)


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "sends a Heartbeat before BootNotification",
        "B01.FR.08",
        "TC_B_01 TC_B_20",
        _request_before(m.HeartbeatRequest()),
    ),
    wrong_v201(
        "sends a DataTransfer before BootNotification",
        "B01.FR.08",
        "TC_B_01 TC_B_20",
        _request_before(m.DataTransferRequest(vendor_id="vendor")),
    ),
    wrong_v201(
        "sends a Heartbeat while it is pending", "B02.FR.02", "TC_B_02", _request_after(RegistrationStatus.PENDING)
    ),
    wrong_v201(
        "sends a Heartbeat while it is rejected",
        "B03.FR.02",
        "TC_B_03 TC_B_30",
        _request_after(RegistrationStatus.REJECTED),
    ),
)
