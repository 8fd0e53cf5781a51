"""L01 Secure Firmware Update."""

from datetime import datetime, timedelta

from plugfest.lab.case import case
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
)
from plugfest.ocpp.message import given
from plugfest.transfer.server import FileBehaviour, Outcome

SIGNED = ("L01.FR.01", "L01.FR.04", "L01.FR.05", "L01.FR.09", "L01.FR.10", "L01.FR.12")
WITH_REBOOTS = ("L01.FR.15", "L01.FR.20", "L01.FR.21", "L01.FR.23")

SLOW = 15
"""Seconds that a download takes which something has to happen in; more than the time tolerance."""

HANGS = FileBehaviour(hang_after=4096)


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


def _later(bench: Bench) -> timedelta:
    return timedelta(seconds=bench.settings.firmware_offset)


def _check_due(bench: Bench, what: str, began: datetime, due: datetime | None) -> None:
    """Something that was scheduled did not begin too early."""
    tolerance = timedelta(seconds=bench.settings.time_tolerance)
    bench.check(due is None or began >= due - tolerance, f"{what} not before {due}", f"{began}")


@case(
    "TC_L_02_CS",
    requirements=(*SIGNED, "L01.FR.16", *WITH_REBOOTS),
    before=manufacturer_root_installed,
)
async def install_scheduled(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=1, install_in=_later(bench))
    await request_update(bench.step(2), update)
    await downloaded_and_verified(bench, update, step=3)
    await status_reported(bench.step(9), update, "InstallScheduled")
    await firmware_installed(bench, update, Steps.following(11), after="InstallScheduled")
    _check_due(
        bench.step(14, "L01.FR.16"), "installing", _began(bench, update), given(update.firmware.install_date_time)
    )


def _began(bench: Bench, update: Update) -> datetime:
    """When the station told what comes after InstallScheduled."""
    told_so_far = status_notifications(bench, update)
    scheduled = next(n for n, seen in enumerate(told_so_far) if seen.message.status == "InstallScheduled")
    return told_so_far[scheduled + 1].frame.time


@case(
    "TC_L_03_CS",
    requirements=(*SIGNED, "L01.FR.13", *WITH_REBOOTS),
    before=manufacturer_root_installed,
)
async def download_scheduled(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=2, retrieve_in=_later(bench))
    await request_update(bench.step(2), update)
    await status_reported(bench.step(3, "L01.FR.13"), update, "DownloadScheduled")
    within = bench.settings.firmware_offset + bench.settings.function_timeout
    await downloading(bench, update, step=5, within=within)
    await downloaded(bench, update, step=7)
    first = min(access.at for access in bench.files.accesses(update.path, upload=False))
    _check_due(bench.step(5), "downloading", first, update.firmware.retrieve_date_time)
    await signature_verified(bench, update, step=9)
    await firmware_installed(bench, update, Steps.following(11))


@case(
    "TC_L_10_CS",
    requirements=("L01.FR.01", "L01.FR.10", "L01.FR.20", "L01.FR.24"),
    before=manufacturer_root_installed,
)
async def accepted_canceled(bench: Bench) -> None:
    first, second = await prepare_update(bench, protocol_index=3), await prepare_update(bench, protocol_index=3)
    bench.files.documents.set_behaviour(first.path, HANGS)
    await request_update(bench.step(2), first)
    await downloading(bench, first, step=3)
    await request_update(bench.step(6, "L01.FR.24"), second, "AcceptedCanceled")
    await downloaded_and_verified(bench, second, step=7)
    bench.step(6, "L01.FR.24")
    going_on = [
        access.request for access in bench.files.accesses(first.path, upload=False) if access.outcome is Outcome.OPEN
    ]
    bench.check(not going_on, "the first download is broken off", ", ".join(going_on))
    await firmware_installed(bench, second, Steps.following(13))
    _end_told(bench, first)


def _end_told(bench: Bench, cancelled: Update) -> None:
    """Of an update that was cancelled the station may tell that it has failed, at any time (erratum 6.2.82)."""
    for seen in status_notifications(bench, cancelled):
        seen.consumed |= seen.message.status in ("DownloadFailed", "InstallationFailed")


@case(
    "TC_L_11_CS",
    requirements=("L01.FR.01", "L01.FR.10", "L01.FR.20", "L01.FR.27"),
    before=manufacturer_root_installed,
)
async def unable_to_cancel(bench: Bench) -> None:
    update, other = await prepare_update(bench, protocol_index=3), await prepare_update(bench, protocol_index=3)
    size = len(bench.files.documents.files[update.path])
    bench.files.documents.set_behaviour(update.path, FileBehaviour(bytes_per_second=size / SLOW))
    await request_update(bench.step(2), update)
    await downloading(bench, update, step=3)
    await request_update(bench.step(6, "L01.FR.27"), other, "Rejected")
    await downloaded(bench, update, step=7)
    await signature_verified(bench, update, step=9)
    await firmware_installed(bench, update, Steps.following(11))
    bench.step(6, "L01.FR.27")
    bench.check(not bench.files.accesses(other.path, upload=False), "the rejected firmware is not fetched", "it was")
