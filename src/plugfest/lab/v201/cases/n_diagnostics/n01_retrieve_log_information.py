"""N01 Retrieve Log Information."""

from collections.abc import Sequence
from itertools import pairwise

from plugfest.lab.case import case
from plugfest.lab.expectations import absent
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.log_upload import (
    DIAGNOSTICS,
    SECURITY,
    Upload,
    prepare_upload,
    request_upload,
    status_notifications,
    status_reported,
    uploaded,
)
from plugfest.transfer.server import FileBehaviour, Outcome

STATUS_REPORTED = ("N01.FR.07", "N01.FR.08")

RETRIES = 3

FAILURES = ("UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation")

HANGING = FileBehaviour(hang_after=0)


async def _log_uploaded(bench: Bench, upload: Upload) -> None:
    filename = await request_upload(bench.step(2, "N01.FR.01"), upload)
    await status_reported(bench.step(3, "N01.FR.08"), upload, "Uploading")
    await uploaded(bench.step(5, "N01.FR.02, N01.FR.09"), upload, filename)


@case("TC_N_25_CS", requirements=("N01.FR.01", "N01.FR.02", "N01.FR.04", *STATUS_REPORTED, "N01.FR.09", "N01.FR.13"))
async def diagnostics_log(bench: Bench) -> None:
    """With each file transfer protocol that the station reports."""
    bench.files.protocol(0)  # raises if there is none
    for protocol in bench.files.protocols:
        await _log_uploaded(bench, await prepare_upload(bench, DIAGNOSTICS, protocol=protocol))


@case("TC_N_35_CS", requirements=("N01.FR.01", "N01.FR.02", "N01.FR.03", *STATUS_REPORTED, "N01.FR.09", "N01.FR.13"))
async def security_log(bench: Bench) -> None:
    await _log_uploaded(bench, await prepare_upload(bench, SECURITY))


def _check_intervals(bench: Bench, attempts: Sequence[float], interval: int) -> None:
    """The station waits retryInterval between the end of an attempt and that of the next."""
    for earlier, later in pairwise(attempts):
        minimum = interval - bench.settings.time_tolerance
        bench.check(later - earlier >= minimum, f"{interval} s between two failures", f"{later - earlier:.1f} s")


@case("TC_N_26_CS", requirements=("N01.FR.01", "N01.FR.02", "N01.FR.04", *STATUS_REPORTED, "N01.FR.10", "N01.FR.13"))
async def upload_failed(bench: Bench) -> None:
    interval = bench.settings.log_retry_interval
    upload = await prepare_upload(bench, DIAGNOSTICS, retries=RETRIES, retry_interval=interval)
    bench.files.documents.folders.discard(upload.folder)  # a path that does not exist (erratum 6.2.93)
    await request_upload(bench.step(2), upload)
    first = await status_reported(bench.step(3), upload, "Uploading")
    # Each attempt takes some time as well.
    maximum = RETRIES * interval + (1 + RETRIES) * bench.settings.time_tolerance
    minimum = RETRIES * interval - bench.settings.time_tolerance

    def last_failure_reported() -> bool:
        failures = (each for each in status_notifications(bench, upload) if each.message.status in FAILURES)
        return any(each.at - first.at >= minimum for each in failures)

    if await bench.until(last_failure_reported, within=maximum):
        await bench.wait(bench.settings.time_tolerance)
    notifications = status_notifications(bench, upload)
    for notification in notifications:
        notification.consumed = True
    uploading = [each for each in notifications if each.message.status == "Uploading"]
    failed = [each for each in notifications if each.message.status in FAILURES]
    statuses = ", ".join(each.message.status for each in notifications)
    expected = f"only Uploading, {' or '.join(FAILURES)}"
    bench.check(len(uploading) + len(failed) == len(notifications), expected, statuses)
    bench.check(len(uploading) in (1, 1 + RETRIES), f"Uploading once or {1 + RETRIES} times", statuses)
    bench.step(5, "N01.FR.10")
    bench.check(len(failed) in (1, 1 + RETRIES), f"a failure once or {1 + RETRIES} times", statuses)
    _check_intervals(bench, [each.at for each in failed], interval)
    elapsed = failed[-1].at - first.at
    bench.check(
        minimum <= elapsed <= maximum,
        f"the last failure {RETRIES} x {interval} s after the first Uploading",
        f"{elapsed:.1f} s",
    )


async def logs_unavailable(bench: Bench) -> None:
    """The station has no log information."""
    await bench.operator.log_storage(available=False)


@case("TC_N_34_CS", requirements=("N01.FR.05",), before=logs_unavailable)
async def no_log_information(bench: Bench) -> None:
    """In addition to Part 6, no file is named: GetLogResponse has no filename if there is no log information."""
    upload = await prepare_upload(bench, DIAGNOSTICS)
    await bench.step(2).call(upload.request, status="Rejected", filename=absent)


@case(
    "TC_N_36_CS",
    requirements=("N01.FR.01", "N01.FR.02", *STATUS_REPORTED, "N01.FR.09", "N01.FR.12", "N01.FR.13", "N01.FR.20"),
)
async def second_request(bench: Bench) -> None:
    first = await prepare_upload(bench, DIAGNOSTICS, protocol_index=1)
    second = await prepare_upload(bench, DIAGNOSTICS, protocol_index=1)
    bench.files.documents.set_behaviour(first.folder, HANGING)
    await request_upload(bench.step(2), first)
    await status_reported(bench.step(3), first, "Uploading")
    filename = await request_upload(bench.step(6, "N01.FR.12"), second, "AcceptedCanceled")
    bench.step(7, "N01.FR.20")
    await status_reported(bench, first, "AcceptedCanceled")  # before or after the response (erratum 6.2.97)
    await status_reported(bench.step(9), second, "Uploading")
    await uploaded(bench.step(11), second, filename)
    bench.step(6, "N01.FR.12")
    ongoing = [
        access.request for access in bench.files.accesses(first.folder, upload=True) if access.outcome is Outcome.OPEN
    ]
    bench.check(not ongoing, "the first upload aborted", f"still open: {', '.join(ongoing)}")
