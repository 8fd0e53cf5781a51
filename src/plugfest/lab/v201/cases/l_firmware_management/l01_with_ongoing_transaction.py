"""L01 Secure Firmware Update: while somebody charges."""

from plugfest.lab.case import case
from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.memory.certificate_installed import manufacturer_root_installed
from plugfest.lab.v201.states.connector_status import all_connectors_report, connectors
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.firmware_update import (
    Steps,
    Update,
    downloaded_and_verified,
    firmware_installed,
    prepare_update,
    request_update,
    status_notifications,
    status_reported,
)
from plugfest.lab.v201.states.session_ended import ev_disconnected, parking_bay_unoccupied
from plugfest.ocpp.v201 import messages as m

NEW_SESSIONS = "ChargingStation.AllowNewSessionsPendingFirmwareUpdate"

WAITING = ("L01.FR.01", "L01.FR.06", "L01.FR.07", "L01.FR.10", "L01.FR.20")

TIME_TO_INSTALL = 30
"""Seconds in which a station that installs while somebody charges can do so."""

CHARGING = (manufacturer_root_installed, energy_transfer_started)


def _second(bench: Bench) -> Bench:
    """The bench with another EVSE."""
    return bench.at(next(evse.id for evse in bench.product.evses if evse.id != bench.settings.evse_id))


async def _free_become_unavailable(bench: Bench) -> None:
    """Nobody may start a session: each EVSE that is not in use says so (L01.FR.07)."""
    free = [(evse_id, connector_id) for evse_id, connector_id in connectors(bench) if evse_id != bench.settings.evse_id]
    await all_connectors_report(bench, "Unavailable", which=free)


async def _goes(bench: Bench, status: object) -> None:
    """The driver ends the session, unplugs and leaves. `status` is what the connector reports then."""
    await ev_disconnected(bench, status=status)
    boot = next(
        (one for one in bench.csms.inbox.unconsumed() if isinstance(one.message, m.BootNotificationRequest)), None
    )
    if boot is not None:  # so that the status may be that of after the boot
        last_status = _told_before(bench, boot)
        bench.check(last_status != "Occupied", "no connector Occupied by nobody when the station boots", last_status)
    await parking_bay_unoccupied(bench)


def _told_before(bench: Bench, boot: AnyReceived) -> str | None:
    """What the station told last of the connector under test before it booted."""
    place = (bench.settings.evse_id, bench.settings.connector_id)
    heard = [*bench.csms.inbox.of_type(m.StatusNotificationRequest), *bench.csms.inbox.of_type(m.NotifyEventRequest)]
    before = sorted((one for one in heard if one.number < boot.number), key=lambda one: one.number)
    statuses = [status for one in before for where, status in connector_states(one.message) if where == place]
    return statuses[-1] if statuses else None


def _waited(bench: Bench, update: Update, *before: str) -> None:
    """While the transaction was going on the station told nothing but these (L01.FR.06, L01.FR.33).

    What it tells as the transaction ends may overtake the last event (Part 6 section 2.1).
    """
    last = max(transaction.events[-1].frame for transaction in bench.ledger.transactions.values())
    ended = bench.csms.record.frames[last].at - bench.settings.time_tolerance
    early = [seen.message.status for seen in status_notifications(bench, update) if seen.at < ended]
    wrong = [status for status in early if status not in before]
    bench.check(not wrong, "the end of the transaction first", ", ".join(wrong))


@case("TC_L_12_CS", requirements=WAITING, configuration={NEW_SESSIONS: "true"}, before=CHARGING)
async def download_waits_and_new_sessions_do_not(bench: Bench) -> None:
    second = _second(bench)
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    await status_reported(bench.step(3, "L01.FR.13"), update, "DownloadScheduled")
    await energy_transfer_started(second.step(5))
    with bench.csms.inbox.hold_mark():
        await _goes(bench.step(6), "Available")
        await _goes(second.step(7), one_of("Available", "Unavailable"))
    await downloaded_and_verified(bench, update, step=8)
    await firmware_installed(bench, update, Steps.following(14))
    _waited(bench.step(8, "L01.FR.06"), update, "DownloadScheduled")


@case("TC_L_13_CS", requirements=WAITING, configuration={NEW_SESSIONS: "false"}, before=CHARGING)
async def download_and_new_sessions_wait(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    await _free_become_unavailable(bench.step(5, "L01.FR.07"))
    bench.step(3)
    await bench.expect_optional(
        m.FirmwareStatusNotificationRequest,
        within=bench.settings.time_tolerance,
        status="DownloadScheduled",
        request_id=update.request_id,
    )
    with bench.csms.inbox.hold_mark():
        await _goes(bench.step(7), one_of("Available", "Unavailable"))
    await downloaded_and_verified(bench, update, step=8)
    await firmware_installed(bench, update, Steps.following(14))
    _waited(bench.step(8, "L01.FR.06"), update, "DownloadScheduled")


async def _installing_or_waiting(bench: Bench, update: Update) -> str:
    """The station has the firmware and waits with it, or installs it already and waits with its activation."""
    await downloaded_and_verified(bench, update, step=3)
    seen = await status_reported(bench.step(9), update, one_of("InstallScheduled", "Installing"))
    return seen.message.status.value


async def _time_to_install(bench: Bench, where: str) -> None:
    if where == "Installing":
        await bench.wait(TIME_TO_INSTALL)


DOWNLOAD = ("Downloading", "Downloaded", "SignatureVerified")


@case("TC_L_14_CS", requirements=WAITING, configuration={NEW_SESSIONS: "true"}, before=CHARGING)
async def installation_waits_and_new_sessions_do_not(bench: Bench) -> None:
    second = _second(bench)
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    where = await _installing_or_waiting(bench, update)
    await energy_transfer_started(second.step(11))
    await _time_to_install(bench.step("11a"), where)
    with bench.csms.inbox.hold_mark():
        await _goes(bench.step(12), "Available")
        await _goes(second.step(13), one_of("Available", "Unavailable"))
    await firmware_installed(bench, update, Steps.following(14), after=where)
    _waited(bench.step(17, "L01.FR.06, L01.FR.33"), update, *DOWNLOAD, where)


@case("TC_L_15_CS", requirements=WAITING, configuration={NEW_SESSIONS: "false"}, before=CHARGING)
async def installation_and_new_sessions_wait(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    where = await _installing_or_waiting(bench, update)
    await _free_become_unavailable(bench.step(11, "L01.FR.07"))
    await _time_to_install(bench.step("12a"), where)
    with bench.csms.inbox.hold_mark():
        await _goes(bench.step(13), one_of("Available", "Unavailable"))
    await firmware_installed(bench, update, Steps.following(14), after=where)
    _waited(bench.step(17, "L01.FR.06, L01.FR.33"), update, *DOWNLOAD, where)


@case("TC_L_16_CS", requirements=("L01.FR.01", "L01.FR.06", "L01.FR.10", "L01.FR.20"), before=CHARGING)
async def nobody_waits(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    await downloaded_and_verified(bench, update, step=3)
    await firmware_installed(bench, update, Steps(installing=9, reconnected=11, available=11, installed=12, event=14))
