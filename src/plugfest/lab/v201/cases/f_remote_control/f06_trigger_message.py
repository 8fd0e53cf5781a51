"""F06 Trigger Message: the station responds, and then sends the requested message with its current state."""

from plugfest.lab.case import case
from plugfest.lab.checks.triggered_message import trigger
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized_if_plug_in_blocked
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def trigger_message(
    requested: str, evse_id: int | None = None, connector_id: int | None = None
) -> m.TriggerMessageRequest:
    """TriggerMessage for a connector or an EVSE, or for the whole station."""
    evse: t.EVSEType | UnsetType = UNSET
    if evse_id is not None:
        evse = t.EVSEType(id=evse_id, connector_id=UNSET if connector_id is None else connector_id)
    return m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType(requested), evse=evse)


@case("TC_F_15_CS", requirements=("F06.FR.04", "F06.FR.05", "F06.FR.10", "F06.FR.15"))
async def log_status_notification_idle(bench: Bench) -> None:
    await trigger(bench.step(2), trigger_message("LogStatusNotification"), m.LogStatusNotificationRequest)
    await bench.step(3).expect(m.LogStatusNotificationRequest, status="Idle")


@case("TC_F_17_CS", requirements=("F06.FR.03", "F06.FR.04", "F06.FR.05", "F06.FR.10"))
async def firmware_status_notification_of_an_evse(bench: Bench) -> None:
    await _firmware_status_without_update(bench, trigger_message("FirmwareStatusNotification", bench.settings.evse_id))


@case("TC_F_18_CS", requirements=("F06.FR.04", "F06.FR.05", "F06.FR.10", "F06.FR.16", "L01.FR.25"))
async def firmware_status_notification_idle(bench: Bench) -> None:
    await _firmware_status_without_update(bench, trigger_message("FirmwareStatusNotification"))


async def _firmware_status_without_update(bench: Bench, request: m.TriggerMessageRequest) -> None:
    """Status Idle, or that of the last update if it failed (L01.FR.26)."""
    possible = bench.ledger.firmware_idle_statuses
    await trigger(bench.step(2), request, m.FirmwareStatusNotificationRequest)
    await bench.step(3).expect(m.FirmwareStatusNotificationRequest, status=one_of(*sorted(possible)))


@case("TC_F_20_CS", requirements=("F06.FR.04", "F06.FR.05", "F06.FR.10"))
async def heartbeat(bench: Bench) -> None:
    await trigger(bench.step(2), trigger_message("Heartbeat"), m.HeartbeatRequest)
    await bench.step(3).expect(m.HeartbeatRequest)


async def _connector_status(bench: Bench, status: str) -> None:
    request = trigger_message("StatusNotification", bench.settings.evse_id, bench.settings.connector_id)
    await trigger(bench.step(2), request, m.StatusNotificationRequest, m.NotifyEventRequest)
    await connector_becomes(bench.step(3), status)


@case("TC_F_23_CS", requirements=("F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.10"))
async def status_notification_available(bench: Bench) -> None:
    await _connector_status(bench, "Available")


@case(
    "TC_F_24_CS",
    requirements=("F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.10"),
    before=(authorized_if_plug_in_blocked, ev_connected_pre_session),
)
async def status_notification_occupied(bench: Bench) -> None:
    await _connector_status(bench, "Occupied")


@case("TC_F_26_CS", requirements=("F06.FR.04", "F06.FR.05", "F06.FR.17"))
async def boot_notification_rejected(bench: Bench) -> None:
    await bench.step(2).call(trigger_message("BootNotification"), status="Rejected")
    await bench.silence(m.BootNotificationRequest, seconds=bench.settings.time_tolerance)


@case("TC_F_27_CS", requirements=("F06.FR.08",))
async def not_implemented(bench: Bench) -> None:
    await bench.step(2).call(trigger_message("SignCombinedCertificate"), status="NotImplemented")
