"""N01 Retrieve Log Information."""

from plugfest.lab.case import case
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

TOLD = ("N01.FR.07", "N01.FR.08")

RETRIES = 3

FAILURES = ("UploadFailure", "BadMessage", "PermissionDenied", "NotSupportedOperation")

HANGS = FileBehaviour(hang_after=0)


async def _log_comes(bench: Bench, upload: Upload) -> None:
    filename = await request_upload(bench.step(2, "N01.FR.01"), upload)
    await status_reported(bench.step(3, "N01.FR.08"), upload, "Uploading")
    await uploaded(bench.step(5, "N01.FR.02, N01.FR.09"), upload, filename)


@case("TC_N_25_CS", requirements=("N01.FR.01", "N01.FR.02", "N01.FR.04", *TOLD, "N01.FR.09", "N01.FR.13"))
async def diagnostics_log(bench: Bench) -> None:
    """By each of the protocols that the station names."""
    bench.files.protocol(0)  # there has to be one
    for protocol in bench.files.protocols:
        await _log_comes(bench, await prepare_upload(bench, DIAGNOSTICS, protocol=protocol))


@case("TC_N_35_CS", requirements=("N01.FR.01", "N01.FR.02", "N01.FR.03", *TOLD, "N01.FR.09", "N01.FR.13"))
async def security_log(bench: Bench) -> None:
    await _log_comes(bench, await prepare_upload(bench, SECURITY))


@case("TC_N_26_CS", requirements=("N01.FR.01", "N01.FR.02", "N01.FR.04", *TOLD, "N01.FR.10", "N01.FR.13"))
async def upload_failed(bench: Bench) -> None:
    interval = bench.settings.log_retry_interval
    upload = await prepare_upload(bench, DIAGNOSTICS, retries=RETRIES, retry_interval=interval)
    bench.files.documents.folders.discard(upload.folder)  # a path that does not exist (erratum 6.2.93)
    await request_upload(bench.step(2), upload)
    first = await status_reported(bench.step(3), upload, "Uploading")
    # Each of the attempts takes time of its own.
    longest = RETRIES * interval + (1 + RETRIES) * bench.settings.time_tolerance
    await bench.wait(longest)
    said = status_notifications(bench, upload)
    for seen in said:
        seen.consumed = True
    begun = [seen for seen in said if seen.message.status == "Uploading"]
    failed = [seen for seen in said if seen.message.status in FAILURES]
    statuses = ", ".join(seen.message.status for seen in said)
    bench.check(len(begun) + len(failed) == len(said), f"Uploading or {' or '.join(FAILURES)}", statuses)
    bench.check(len(begun) in (1, 1 + RETRIES), f"Uploading once or {1 + RETRIES} times", statuses)
    bench.step(5, "N01.FR.10")
    bench.check(len(failed) in (1, 1 + RETRIES), f"a failure once or {1 + RETRIES} times", statuses)
    took = failed[-1].at - first.at
    least = RETRIES * interval - bench.settings.time_tolerance
    bench.check(least <= took <= longest, f"the last failure after {RETRIES} times {interval} s", f"{took:.1f} s")


@case(
    "TC_N_36_CS",
    requirements=("N01.FR.01", "N01.FR.02", *TOLD, "N01.FR.09", "N01.FR.12", "N01.FR.13", "N01.FR.20"),
)
async def second_request(bench: Bench) -> None:
    first, second = (
        await prepare_upload(bench, DIAGNOSTICS, protocol_index=1),
        await prepare_upload(bench, DIAGNOSTICS, protocol_index=1),
    )
    bench.files.documents.set_behaviour(first.folder, HANGS)
    await request_upload(bench.step(2), first)
    await status_reported(bench.step(3), first, "Uploading")
    filename = await request_upload(bench.step(6, "N01.FR.12"), second, "AcceptedCanceled")
    await status_reported(
        bench.step(7, "N01.FR.20"), first, "AcceptedCanceled"
    )  # before or after the answer (erratum 6.2.97)
    await status_reported(bench.step(9), second, "Uploading")
    await uploaded(bench.step(11), second, filename)
    bench.step(6, "N01.FR.12")
    going_on = [
        access.request for access in bench.files.accesses(first.folder, upload=True) if access.outcome is Outcome.OPEN
    ]
    bench.check(not going_on, "the first upload is broken off", ", ".join(going_on))
