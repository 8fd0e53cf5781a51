"""L01 Secure Firmware Update."""

from datetime import datetime, timedelta

from plugfest.lab.case import case
from plugfest.lab.expectations import shown
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.certificate_installed import manufacturer_root_installed
from plugfest.lab.v201.states.firmware_update import (
    Steps,
    Update,
    downloaded,
    downloaded_and_verified,
    downloading,
    firmware_installed,
    prepare_update,
    request_update,
    signature_verified,
    status_notifications,
    status_reported,
    take_repeated,
)
from plugfest.ocpp.message import given
from plugfest.transfer.server import FileBehaviour, Outcome

SIGNED = ("L01.FR.01", "L01.FR.04", "L01.FR.05", "L01.FR.09", "L01.FR.10", "L01.FR.12")
WITH_REBOOTS = ("L01.FR.15", "L01.FR.20", "L01.FR.21", "L01.FR.23")

DOWNLOAD_TIME = 15
"""Duration of a slow download, in seconds: more than the time tolerance."""

HANGING = FileBehaviour(hang_after=1)  # an image of any size hangs


@case(
    "TC_L_01_CS",
    requirements=(*SIGNED, "L01.FR.13", *WITH_REBOOTS),
    before=manufacturer_root_installed,
)
async def installation_successful(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=0)
    await request_update(bench.step(2), update)
    await downloaded_and_verified(bench, update, step=3)
    await firmware_installed(bench, update, Steps.following(9))


def _check_not_early(bench: Bench, what: str, started: datetime, due: datetime | None) -> None:
    """A scheduled download or installation did not start too early."""
    tolerance = timedelta(seconds=bench.settings.time_tolerance)
    bench.check(due is None or started >= due - tolerance, f"{what} not before {shown(due)}", started)


@case(
    "TC_L_02_CS",
    requirements=(*SIGNED, "L01.FR.16", *WITH_REBOOTS),
    before=manufacturer_root_installed,
)
async def install_scheduled(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=1, install_in=timedelta(seconds=bench.settings.firmware_offset))
    await request_update(bench.step(2), update)
    await downloaded_and_verified(bench, update, step=3)
    await status_reported(bench.step(9), update, "InstallScheduled")
    await firmware_installed(bench, update, Steps.following(11), after="InstallScheduled")
    started = _installation_started(bench, update)
    _check_not_early(bench.step(14, "L01.FR.16"), "installation", started, given(update.firmware.install_date_time))


def _installation_started(bench: Bench, update: Update) -> datetime:
    """The time of the status after InstallScheduled."""
    notifications = status_notifications(bench, update)
    scheduled = next(n for n, each in enumerate(notifications) if each.message.status == "InstallScheduled")
    return notifications[scheduled + 1].frame.time


@case(
    "TC_L_03_CS",
    requirements=(*SIGNED, "L01.FR.13", *WITH_REBOOTS),
    before=manufacturer_root_installed,
)
async def download_scheduled(bench: Bench) -> None:
    offset = bench.settings.download_offset
    update = await prepare_update(bench, protocol_index=2, retrieve_in=timedelta(seconds=offset))
    await request_update(bench.step(2), update)
    await status_reported(bench.step(3, "L01.FR.13"), update, "DownloadScheduled")
    within = offset + bench.settings.function_timeout
    reported = await downloading(bench, update, step=5, within=within)
    await downloaded(bench, update, step=7)
    first = min(access.at for access in bench.files.accesses(update.path, upload=False))
    started = min(first, reported.frame.time)
    _check_not_early(bench.step(5, "L01.FR.13"), "download", started, update.firmware.retrieve_date_time)
    await signature_verified(bench, update, step=9)
    await firmware_installed(bench, update, Steps.following(11))


@case(
    "TC_L_10_CS",
    requirements=("L01.FR.01", "L01.FR.10", "L01.FR.20", "L01.FR.24"),
    before=manufacturer_root_installed,
)
async def accepted_canceled(bench: Bench) -> None:
    first, second = await prepare_update(bench, protocol_index=3), await prepare_update(bench, protocol_index=3)
    bench.files.documents.set_behaviour(first.path, HANGING)
    await request_update(bench.step(2), first)
    await downloading(bench, first, step=3)
    await request_update(bench.step(6, "L01.FR.24"), second, "AcceptedCanceled")
    take_repeated(bench, first, before=await downloading(bench, second, step=7))
    await downloaded(bench, second, step=9)
    await signature_verified(bench, second, step=11)
    bench.step(6, "L01.FR.24")
    ongoing = [
        access.request for access in bench.files.accesses(first.path, upload=False) if access.outcome is Outcome.OPEN
    ]
    bench.check(not ongoing, "the first download aborted", f"still open: {', '.join(ongoing)}")
    await firmware_installed(bench, second, Steps.following(13))
    _take_failure(bench, first)


def _take_failure(bench: Bench, cancelled: Update) -> None:
    """The station may report a cancelled update as failed, at any time (erratum 6.2.82)."""
    for notification in status_notifications(bench, cancelled):
        notification.consumed |= notification.message.status in ("DownloadFailed", "InstallationFailed")


@case(
    "TC_L_11_CS",
    requirements=("L01.FR.01", "L01.FR.10", "L01.FR.20", "L01.FR.27"),
    before=manufacturer_root_installed,
)
async def unable_to_cancel(bench: Bench) -> None:
    update, other = await prepare_update(bench, protocol_index=3), await prepare_update(bench, protocol_index=3)
    size = len(bench.files.documents.files[update.path])
    bench.files.documents.set_behaviour(update.path, FileBehaviour(bytes_per_second=size / DOWNLOAD_TIME))
    await request_update(bench.step(2), update)
    await downloading(bench, update, step=3)
    await request_update(bench.step(6, "L01.FR.27"), other, "Rejected")
    await downloaded(bench, update, step=7)
    await signature_verified(bench, update, step=9)
    await firmware_installed(bench, update, Steps.following(11))
    bench.step(6, "L01.FR.27")
    bench.check(
        not bench.files.accesses(other.path, upload=False), "no download of the rejected firmware", "a download"
    )
