"""L01 Secure Firmware Update with an ongoing transaction."""

from plugfest.lab.case import case
from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.g_availability.availability import connector_under_test
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

INSTALLATION_TIME = 30
"""Seconds for a station that installs during the transaction."""

CHARGING = (manufacturer_root_installed, energy_transfer_started)


def _other_evse(bench: Bench) -> Bench:
    """The bench of another EVSE."""
    return bench.at(next(evse.id for evse in bench.product.evses if evse.id != bench.settings.evse_id))


async def _free_evses_unavailable(bench: Bench) -> None:
    """No new session may start: each free EVSE reports Unavailable (L01.FR.07)."""
    free = [(evse_id, connector_id) for evse_id, connector_id in connectors(bench) if evse_id != bench.settings.evse_id]
    await all_connectors_report(bench, "Unavailable", which=free)


async def _driver_leaves(bench: Bench, status: object) -> None:
    """The driver ends the session, unplugs and leaves. `status` is what the connector reports then."""
    await ev_disconnected(bench, status=status, within=bench.settings.boot_timeout)  # it may boot first
    untaken = bench.csms.inbox.unconsumed()
    boot = next((request for request in untaken if isinstance(request.message, m.BootNotificationRequest)), None)
    if boot is not None:  # then the status may be the one after the boot
        last_status = _status_before(bench, boot)
        expected = "a status other than Occupied between the EV leaving and the boot"
        bench.check(last_status != "Occupied", expected, last_status)
    await parking_bay_unoccupied(bench)


def _status_before(bench: Bench, boot: AnyReceived) -> str | None:
    """The last status of the connector under test that the station reported before the boot."""
    reports = [*bench.csms.inbox.of_type(m.StatusNotificationRequest), *bench.csms.inbox.of_type(m.NotifyEventRequest)]
    before = sorted((report for report in reports if report.number < boot.number), key=lambda report: report.number)
    states = (state for report in before for state in connector_states(report.message))
    statuses = [status for connector, status in states if connector == connector_under_test(bench)]
    return statuses[-1] if statuses else None


def _check_waited(bench: Bench, update: Update, *allowed: str) -> None:
    """During the transaction the station reported only these firmware statuses (L01.FR.06, L01.FR.33).

    A status that it reports as the transaction ends may come before the last event (Part 6 section 2.1), which has the
    time of the end.
    """
    last = max(
        (transaction.events[-1] for transaction in bench.ledger.transactions.values()), key=lambda one: one.frame
    )
    ended = bench.csms.record.frames[last.frame].loop_time(last.message.timestamp) - bench.settings.time_tolerance
    during = [each.message.status for each in status_notifications(bench, update) if each.at < ended]
    wrong = [status for status in during if status not in allowed]
    bench.check(not wrong, f"only {', '.join(allowed)} before the transaction has ended", ", ".join(wrong))


@case("TC_L_12_CS", requirements=WAITING, configuration={NEW_SESSIONS: "true"}, before=CHARGING)
async def download_waits_and_new_sessions_do_not(bench: Bench) -> None:
    second = _other_evse(bench)
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    await status_reported(bench.step(3, "L01.FR.13"), update, "DownloadScheduled")
    await energy_transfer_started(second.step(5))
    with bench.csms.inbox.hold_mark():
        await _driver_leaves(bench.step(6), "Available")
        await _driver_leaves(second.step(7), one_of("Available", "Unavailable"))
    await downloaded_and_verified(bench, update, step=8)
    await firmware_installed(bench, update, Steps.following(14))
    _check_waited(bench.step(8, "L01.FR.06"), update, "DownloadScheduled")


@case("TC_L_13_CS", requirements=WAITING, configuration={NEW_SESSIONS: "false"}, before=CHARGING)
async def download_and_new_sessions_wait(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    await _free_evses_unavailable(bench.step(5, "L01.FR.07"))
    bench.step(3)
    await bench.expect_optional(
        m.FirmwareStatusNotificationRequest,
        within=bench.settings.time_tolerance,
        status="DownloadScheduled",
        request_id=update.request_id,
    )
    with bench.csms.inbox.hold_mark():
        await _driver_leaves(bench.step(7), one_of("Available", "Unavailable"))
    await downloaded_and_verified(bench, update, step=8)
    await firmware_installed(bench, update, Steps.following(14))
    _check_waited(bench.step(8, "L01.FR.06"), update, "DownloadScheduled")


async def _installing_or_waiting(bench: Bench, update: Update) -> str:
    """The station has downloaded the firmware. It waits with the installation, or installs and waits to activate."""
    await downloaded_and_verified(bench, update, step=3)
    notification = await status_reported(bench.step(9), update, one_of("InstallScheduled", "Installing"))
    return notification.message.status.value


async def _wait_for_installation(bench: Bench, status: str) -> None:
    if status == "Installing":
        await bench.wait(INSTALLATION_TIME)


DOWNLOAD = ("Downloading", "Downloaded", "SignatureVerified")


@case("TC_L_14_CS", requirements=WAITING, configuration={NEW_SESSIONS: "true"}, before=CHARGING)
async def installation_waits_and_new_sessions_do_not(bench: Bench) -> None:
    second = _other_evse(bench)
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    status = await _installing_or_waiting(bench, update)
    await energy_transfer_started(second.step(11))
    await _wait_for_installation(bench.step("11a"), status)
    with bench.csms.inbox.hold_mark():
        await _driver_leaves(bench.step(12), "Available")
        await _driver_leaves(second.step(13), one_of("Available", "Unavailable"))
    await firmware_installed(bench, update, Steps.following(14), after=status)
    _check_waited(bench.step(17, "L01.FR.06, L01.FR.33"), update, *DOWNLOAD, status)


@case("TC_L_15_CS", requirements=WAITING, configuration={NEW_SESSIONS: "false"}, before=CHARGING)
async def installation_and_new_sessions_wait(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    status = await _installing_or_waiting(bench, update)
    await _free_evses_unavailable(bench.step(11, "L01.FR.07"))
    await _wait_for_installation(bench.step("12a"), status)
    with bench.csms.inbox.hold_mark():
        await _driver_leaves(bench.step(13), one_of("Available", "Unavailable"))
    await firmware_installed(bench, update, Steps.following(14), after=status)
    _check_waited(bench.step(17, "L01.FR.06, L01.FR.33"), update, *DOWNLOAD, status)


@case("TC_L_16_CS", requirements=("L01.FR.01", "L01.FR.06", "L01.FR.10", "L01.FR.20"), before=CHARGING)
async def no_waiting(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    await downloaded_and_verified(bench, update, step=3)
    await firmware_installed(bench, update, Steps(installing=9, reconnected=11, available=11, installed=12, event=14))
