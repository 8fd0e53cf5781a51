"""Firmware that a station fetches and diagnostics that it sends, with the files at the lab's end."""

from datetime import timedelta
from typing import NamedTuple

from plugfest import clock
from plugfest.lab.checks.firmware_progress import check_downloaded
from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
from plugfest.lab.expectations import anything, meets, one_of, shown
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.booted import statuses_reported
from plugfest.ocpp.v16 import messages as m

PAST = timedelta(hours=-2)
"""When something was due that the station has to do at once."""


class Update(NamedTuple):
    """An image for the station: where it is on the shelf, what the station is told, and its firmware until then."""

    path: str
    request: m.UpdateFirmwareRequest
    old_version: object


async def prepare_update(bench: Bench, image: bytes | None = None, *, name: str = "firmware.bin") -> Update:
    """Put an image onto the file server, good firmware if none is given."""
    path = f"/firmware/{bench.configuration.next_id()}/{name}"
    bench.files.documents.put(path, bench.manufacturer.files.image if image is None else image)
    location = await bench.files.url(path, bench.files.protocol(0))
    request = m.UpdateFirmwareRequest(location=location, retrieve_date=clock.utc_now() + PAST, retries=0)
    boot = bench.ledger.boot
    return Update(path, request, boot.firmware_version if boot else None)


async def request_update(bench: Bench, update: Update) -> None:
    """UpdateFirmware, which cannot be refused but by a CALLERROR (5.19)."""
    bench.csms.inbox.set_mark()
    await bench.call(update.request)


async def firmware_status_reported(
    bench: Bench, status: object, *, within: float | None = None
) -> ReceivedRequest[m.FirmwareStatusNotificationRequest]:
    """The station tells how far the update is (4.5)."""
    return await bench.expect(m.FirmwareStatusNotificationRequest, status=status, within=within)


async def downloaded(bench: Bench, update: Update) -> None:
    """Downloading, Downloaded, and the file server was asked for all of it."""
    await firmware_status_reported(bench, "Downloading")
    await firmware_status_reported(bench, "Downloaded", within=bench.settings.transfer_timeout)
    check_downloaded(bench, update.path)


async def installation_ends(bench: Bench, status: str, *, version: object, may_install: bool = False) -> None:
    """The station installs or gives up, and tells so before or after it reboots, if it does; `version` runs then.

    `may_install`: it may tell Installing before. Afterwards the station and every connector are Available.
    """
    statuses = (status, "Installing") if may_install else (status,)
    boot, told = None, None
    while told != status:
        seen = await _next_report(bench, *statuses)
        if isinstance(seen.message, m.BootNotificationRequest):
            boot = await booted_again(bench, seen, version)
        elif isinstance(seen.message, m.FirmwareStatusNotificationRequest):
            told, statuses = seen.message.status, (status,)
    if boot is None:  # it may reboot only now, or not at all
        later = await bench.expect_optional(m.BootNotificationRequest, within=bench.settings.function_timeout)
        if later is not None:
            await booted_again(bench, later, version)
    await available_again(bench)


async def _next_report(bench: Bench, *statuses: str) -> AnyReceived:
    return await bench.expect_any(
        (m.FirmwareStatusNotificationRequest, {"status": one_of(*statuses)}),
        (m.BootNotificationRequest, {}),
        within=bench.settings.installation_timeout,
    )


async def booted_again(bench: Bench, seen: AnyReceived, version: object) -> AnyReceived:
    """The station has booted in the course of an update, with this version if it is known, and tells its state."""
    assert isinstance(seen.message, m.BootNotificationRequest)
    told = seen.message.firmware_version
    right = version is None or told == version
    bench.check(right, f"firmwareVersion {shown(version)}", shown(told), frame=seen.frame.index)
    await statuses_reported(bench, seen, status=anything)  # it may go on with the update
    return seen


async def available_again(bench: Bench) -> None:
    """Nothing stays Unavailable because of an update."""
    holds = await bench.until(bench.ledger.all_available, within=bench.settings.function_timeout)
    bench.check(holds, "the station and every connector Available again", bench.ledger.connectors)


class Upload(NamedTuple):
    """Where diagnostics have to go on the shelf, and what the station is told."""

    folder: str
    request: m.GetDiagnosticsRequest


async def prepare_diagnostics(bench: Bench) -> Upload:
    """Make a folder for diagnostics, which the station will be asked for once."""
    folder = f"/diagnostics/{bench.configuration.next_id()}"
    bench.files.documents.make_folder(folder)
    location = await bench.files.url(f"{folder}/", bench.files.protocol(0))
    return Upload(folder, m.GetDiagnosticsRequest(location=location, retries=0))


async def request_diagnostics(bench: Bench, upload: Upload) -> str:
    """GetDiagnostics; the name of the file that the station announces (5.9)."""
    bench.csms.inbox.set_mark()
    response = await bench.call(upload.request, file_name=meets("the name of the file", bool))
    return str(response.file_name)


async def diagnostics_status_reported(
    bench: Bench, status: object, *, within: float | None = None
) -> ReceivedRequest[m.DiagnosticsStatusNotificationRequest]:
    """The station tells how far the upload is (4.4)."""
    return await bench.expect(m.DiagnosticsStatusNotificationRequest, status=status, within=within)
