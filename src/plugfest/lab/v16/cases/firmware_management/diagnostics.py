"""GetDiagnostics: the upload to a file server."""

from plugfest.lab.case import case
from plugfest.lab.checks.uploaded_log import check_log_uploaded
from plugfest.lab.expectations import one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.transfers import diagnostics_status_reported, prepare_diagnostics, request_diagnostics
from plugfest.ocpp.v16 import messages as m

REQUIREMENTS = ("section 4.4", "section 5.9")


@case("TC_045_1_CS", requirements=REQUIREMENTS)
async def uploaded(bench: Bench) -> None:
    upload = await prepare_diagnostics(bench)
    name = await request_diagnostics(bench.step(1), upload)
    await diagnostics_status_reported(bench.step(3), "Uploading")
    await diagnostics_status_reported(bench.step(5), "Uploaded", within=bench.settings.transfer_timeout)
    check_log_uploaded(bench, upload.folder, name)


@case("TC_045_2_CS", requirements=REQUIREMENTS)
async def upload_failed(bench: Bench) -> None:
    """Derived: the folder does not exist, and Uploading is optional, as Downloading is for a failed download."""
    upload = await prepare_diagnostics(bench)
    bench.files.documents.folders.discard(upload.folder)
    await request_diagnostics(bench.step(1), upload)
    either, within = one_of("Uploading", "UploadFailed"), bench.settings.transfer_timeout
    first_status = await diagnostics_status_reported(bench.step(3), either, within=within)
    if first_status.message.status == "Uploading":
        await diagnostics_status_reported(bench.step(5), "UploadFailed", within=within)
    await bench.silence(m.DiagnosticsStatusNotificationRequest, seconds=bench.settings.time_tolerance)
