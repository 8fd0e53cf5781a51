"""File transfers: firmware from the lab's file server, diagnostics to it."""

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
"""The due time, from now, of what the station has to do at once."""


class Update(NamedTuple):
    """A firmware update. `path`: the image on the file server. `old_version`: the firmware before the update."""

    path: str
    request: m.UpdateFirmwareRequest
    old_version: object


async def prepare_update(bench: Bench, image: bytes | None = None, *, name: str = "firmware.bin") -> Update:
    """Put an image on the file server, by default good firmware, and make the request."""
    path = f"/firmware/{bench.configuration.next_id()}/{name}"
    firmware = bench.manufacturer.files
    bench.files.documents.put(path, firmware.image if image is None else image)
    location = await bench.files.url(path, bench.files.protocol(0))
    request = m.UpdateFirmwareRequest(location=location, retrieve_date=clock.utc_now() + PAST, retries=0)
    boot = bench.ledger.boot
    return Update(path, request, boot.firmware_version if boot else None)


async def request_update(bench: Bench, update: Update) -> None:
    """Send UpdateFirmware, which has no status in its answer (5.19)."""
    bench.csms.inbox.set_mark()
    await bench.call(update.request)


async def firmware_status_reported(
    bench: Bench, status: object, *, within: float | None = None
) -> ReceivedRequest[m.FirmwareStatusNotificationRequest]:
    """The station reports this status of the update (4.5)."""
    return await bench.expect(m.FirmwareStatusNotificationRequest, status=status, within=within)


async def downloaded(bench: Bench, update: Update) -> None:
    """The station reports Downloading and Downloaded, and has downloaded the whole image."""
    await firmware_status_reported(bench, "Downloading")
    await firmware_status_reported(bench, "Downloaded", within=bench.settings.transfer_timeout)
    check_downloaded(bench, update.path)


async def installation_ends(bench: Bench, status: str, *, version: object, may_install: bool = False) -> None:
    """The installation ends with `status`, reported before or after a reboot, if there is one.

    `may_install`: the station may report Installing before. Afterwards it runs `version`, and it and every connector
    are Available.
    """
    statuses = (status, "Installing") if may_install else (status,)
    boot, reported = None, None
    while reported != status:
        seen = await _next_report(bench, *statuses)
        if isinstance(seen.message, m.BootNotificationRequest):
            boot = await booted_again(bench, seen, version)
        elif isinstance(seen.message, m.FirmwareStatusNotificationRequest):
            reported, statuses = seen.message.status, (status,)
    if boot is None:  # it may reboot now, or not at all
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
    """The station has booted during an update, with this version unless it is None, and reports its statuses."""
    assert isinstance(seen.message, m.BootNotificationRequest)
    reported = seen.message.firmware_version
    matches = version is None or reported == version
    bench.check(matches, f"firmwareVersion {shown(version)}", shown(reported), frame=seen.frame.index)
    await statuses_reported(bench, seen, status=anything)  # the update may continue
    return seen


async def available_again(bench: Bench) -> None:
    """The station and every connector are Available again."""
    available = await bench.until(bench.ledger.all_available, within=bench.settings.function_timeout)
    others = {number: status for number, status in bench.ledger.connectors.items() if status != "Available"}
    actual = ", ".join(f"connector {number} {status}" for number, status in others.items())
    bench.check(available, "the station and every connector Available again", actual or "not every status reported")


class Upload(NamedTuple):
    """An upload of diagnostics. `folder`: where they have to arrive on the file server."""

    folder: str
    request: m.GetDiagnosticsRequest


async def prepare_diagnostics(bench: Bench) -> Upload:
    """Make a folder on the file server, and the GetDiagnostics.req that names it."""
    folder = f"/diagnostics/{bench.configuration.next_id()}"
    bench.files.documents.make_folder(folder)
    location = await bench.files.url(f"{folder}/", bench.files.protocol(0))
    return Upload(folder, m.GetDiagnosticsRequest(location=location, retries=0))


async def request_diagnostics(bench: Bench, upload: Upload) -> str:
    """Send GetDiagnostics. Returns the file name that the station announces (5.9)."""
    bench.csms.inbox.set_mark()
    response = await bench.call(upload.request, file_name=meets("the name of the file", bool))
    return str(response.file_name)


async def diagnostics_status_reported(
    bench: Bench, status: object, *, within: float | None = None
) -> ReceivedRequest[m.DiagnosticsStatusNotificationRequest]:
    """The station reports this status of the upload (4.4)."""
    return await bench.expect(m.DiagnosticsStatusNotificationRequest, status=status, within=within)
