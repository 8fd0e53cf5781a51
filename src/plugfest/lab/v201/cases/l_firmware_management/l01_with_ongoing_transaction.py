"""L01 Secure Firmware Update with an ongoing transaction."""

from plugfest.lab.case import case
from plugfest.lab.checks.cable import cable_released
from plugfest.lab.checks.firmware_progress import REBOOT
from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.g_availability.availability import connector_under_test
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.memory.certificate_installed import manufacturer_root_installed
from plugfest.lab.v201.states.connector_status import all_connectors_report, connector_name, connectors
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
from plugfest.lab.v201.states.session_ended import (
    disconnection_reported,
    ev_connected_post_session,
    ev_disconnected,
    parking_bay_unoccupied,
)
from plugfest.ocpp.v201 import messages as m

NEW_SESSIONS = "ChargingStation.AllowNewSessionsPendingFirmwareUpdate"

WAITING = ("L01.FR.01", "L01.FR.06", "L01.FR.07", "L01.FR.10", "L01.FR.20")

WAITING_TIME = 24
"""Seconds in which a station waits for the transaction to end, or installs during the transaction."""

CHARGING = (manufacturer_root_installed, energy_transfer_started)


def _other_evse(bench: Bench) -> Bench:
    """The bench of another EVSE."""
    return bench.at(next(evse.id for evse in bench.product.evses if evse.id != bench.settings.evse_id))


async def _free_evses_unavailable(bench: Bench) -> None:
    """No new session may start: each free EVSE reports Unavailable (L01.FR.07)."""
    free = [(evse_id, connector_id) for evse_id, connector_id in connectors(bench) if evse_id != bench.settings.evse_id]
    await all_connectors_report(bench, "Unavailable", which=free)


def _still_unavailable(bench: Bench) -> None:
    """Each free EVSE is Unavailable until the firmware is installed."""
    free = [place for place in connectors(bench) if place[0] != bench.settings.evse_id]
    others = {place: bench.ledger.connectors.get(place) for place in free}
    wrong = ", ".join(f"{connector_name(*place)} {one}" for place, one in others.items() if one != "Unavailable")
    bench.check(not wrong, "every free EVSE Unavailable while the update waits", wrong)


async def _driver_leaves(bench: Bench, status: object) -> None:
    """The driver ends the session, unplugs and leaves. `status` is what the connector reports then.

    A connector that became Unavailable as the transaction ended (L01.FR.07) need not report that again.
    """
    await ev_connected_post_session(bench)
    if status != "Available" and bench.ledger.connectors.get(connector_under_test(bench)) == "Unavailable":
        await cable_released(bench, bench.operator.unplug(bench.settings.evse_id, bench.settings.connector_id))
        await disconnection_reported(bench)
    else:
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
    """During the transaction the station reported only these firmware statuses, and no reboot (L01.FR.06, L01.FR.33).

    A status that it reports as the transaction ends may come before the last event (Part 6 section 2.1), which has the
    time of the end.
    """
    ended = _transactions_ended(bench) - bench.settings.time_tolerance
    reported = status_notifications(bench, update)
    wrong = [one.message.status for one in reported if one.at < ended and one.message.status not in allowed]
    bench.check(not wrong, f"only {', '.join(allowed)} before the transaction has ended", ", ".join(wrong))
    for boot in bench.csms.inbox.of_type(m.BootNotificationRequest):
        early = boot.number > reported[0].number and boot.at < ended
        bench.check(not early, "no reboot before the transaction has ended", "a boot", frame=boot.frame.index)


def _transactions_ended(bench: Bench) -> float:
    """The loop time of the last event of a transaction, which may have been queued."""
    events = (transaction.events[-1] for transaction in bench.ledger.transactions.values())
    last = max(events, key=lambda event: event.frame)
    return bench.csms.record.frames[last.frame].loop_time(last.message.timestamp)


@case("TC_L_12_CS", requirements=WAITING, configuration={NEW_SESSIONS: "true"}, before=CHARGING)
async def download_waits_and_new_sessions_do_not(bench: Bench) -> None:
    second = _other_evse(bench)
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    await status_reported(bench.step(3, "L01.FR.13"), update, "DownloadScheduled")
    with bench.csms.inbox.hold_mark():
        await energy_transfer_started(second.step(5))
        await bench.wait(WAITING_TIME)
        await _driver_leaves(bench.step(6), "Available")
        await _driver_leaves(second.step(7), one_of("Available", "Unavailable"))
    await downloaded_and_verified(bench, update, step=8)
    await firmware_installed(bench, update, Steps.following(14))
    _check_waited(bench.step(8, "L01.FR.06"), update, "DownloadScheduled")


@case("TC_L_13_CS", requirements=WAITING, configuration={NEW_SESSIONS: "false"}, before=CHARGING)
async def download_and_new_sessions_wait(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    with bench.csms.inbox.hold_mark():
        await _free_evses_unavailable(bench.step(5, "L01.FR.07"))
        await bench.step(3).wait(WAITING_TIME)
        await bench.expect_optional(
            m.FirmwareStatusNotificationRequest, within=0, status="DownloadScheduled", request_id=update.request_id
        )
        _still_unavailable(bench.step(5, "L01.FR.07"))
        await _driver_leaves(bench.step(7), one_of("Available", "Unavailable"))
    await downloaded_and_verified(bench, update, step=8)
    await firmware_installed(bench, update, Steps.following(14))
    _check_waited(bench.step(8, "L01.FR.06"), update, "DownloadScheduled")


async def _installing_or_waiting(bench: Bench, update: Update) -> str:
    """The station has downloaded the firmware. It waits with the installation, or installs and waits to activate."""
    await downloaded_and_verified(bench, update, step=3)
    notification = await status_reported(
        bench.step(9),
        update,
        one_of("InstallScheduled", "Installing"),
        within=bench.settings.installation_timeout,
    )
    return notification.message.status.value


def _progress(bench: Bench, update: Update, status: str) -> str:
    """The progress of the update at the end of the wait: it may wait for the reboot that activates the firmware."""
    for one in status_notifications(bench, update):
        if status == "Installing" and one.message.status == REBOOT and not one.consumed:
            one.consumed = True
            return "reboot to activate"
    return status


def _allowed(status: str) -> tuple[str, ...]:
    """The statuses during the transaction. It ends the wait for a reboot that was announced before (Part 2 3.33)."""
    return (*DOWNLOAD, status, *([REBOOT] if status == "Installing" else []))


DOWNLOAD = ("Downloading", "DownloadPaused", "Downloaded", "SignatureVerified")
"""The statuses until the installation. The station may pause the download (L01.FR.14)."""


@case("TC_L_14_CS", requirements=WAITING, configuration={NEW_SESSIONS: "true"}, before=CHARGING)
async def installation_waits_and_new_sessions_do_not(bench: Bench) -> None:
    second = _other_evse(bench)
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    status = await _installing_or_waiting(bench, update)
    with bench.csms.inbox.hold_mark():
        await energy_transfer_started(second.step(11))
        await bench.step("11a").wait(WAITING_TIME)
        progress = _progress(bench, update, status)
        await _driver_leaves(bench.step(12), "Available")
        await _driver_leaves(second.step(13), one_of("Available", "Unavailable"))
    await firmware_installed(bench, update, Steps.following(14), after=progress)
    _check_waited(bench.step(17, "L01.FR.06, L01.FR.33"), update, *_allowed(status))


@case("TC_L_15_CS", requirements=WAITING, configuration={NEW_SESSIONS: "false"}, before=CHARGING)
async def installation_and_new_sessions_wait(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    with bench.csms.inbox.hold_mark():
        status = await _installing_or_waiting(bench, update)
        await _free_evses_unavailable(bench.step(11, "L01.FR.07"))
        await bench.step("12a").wait(WAITING_TIME)
        _still_unavailable(bench.step(11, "L01.FR.07"))
        progress = _progress(bench, update, status)
        await _driver_leaves(bench.step(13), one_of("Available", "Unavailable"))
    await firmware_installed(bench, update, Steps.following(14), after=progress)
    _check_waited(bench.step(17, "L01.FR.06, L01.FR.33"), update, *_allowed(status))


@case("TC_L_16_CS", requirements=("L01.FR.01", "L01.FR.06", "L01.FR.10", "L01.FR.20"), before=CHARGING)
async def no_waiting(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=4)
    await request_update(bench.step(2), update)
    await downloaded_and_verified(bench, update, step=3)
    # A reboot would wait for the end of the transaction (L01.FR.33).
    steps = Steps(installing=9, reconnected=11, available=11, installed=12, event=14)
    await firmware_installed(bench, update, steps, reboots=False)
