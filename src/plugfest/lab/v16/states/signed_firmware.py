"""A firmware update with a signature (L01 of the security whitepaper), with the file at the lab's end."""

from typing import NamedTuple

from plugfest import clock
from plugfest.lab.checks.firmware_progress import FOLLOWING, INSTALLED, check_downloaded, possible_after
from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
from plugfest.lab.expectations import one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.transfers import PAST, available_again, booted_again
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


class Update(NamedTuple):
    """An image for the station: where it is on the shelf, and what the station is told."""

    path: str
    request: m.SignedUpdateFirmwareRequest

    @property
    def request_id(self) -> int:
        """What everything that is told of it refers to (L01.FR.10)."""
        return self.request.request_id


async def prepare_update(bench: Bench, *, turn: int, signed: bytes | None = None) -> Update:
    """Put good firmware onto the file server; `signed` is what the signature is over, the firmware if None.

    `turn` is which of the station's protocols is used.
    """
    image, request_id = bench.manufacturer.files.image, bench.configuration.next_id()
    path = f"/firmware/{request_id}/firmware.bin"
    bench.files.documents.put(path, image)
    due = clock.utc_now() + PAST
    firmware = t.FirmwareType(
        location=await bench.files.url(path, bench.files.protocol(turn)),
        retrieve_date_time=due,
        install_date_time=due,
        signing_certificate=bench.manufacturer.signing_certificate,
        signature=bench.manufacturer.signature(image if signed is None else signed),
    )
    return Update(path, m.SignedUpdateFirmwareRequest(request_id=request_id, firmware=firmware))


async def request_update(bench: Bench, update: Update) -> None:
    """SignedUpdateFirmware, with a certificate that the station has to find valid before it accepts (L01.FR.23)."""
    bench.csms.inbox.set_mark()
    await bench.call(update.request, status="Accepted")


async def status_reported(
    bench: Bench, update: Update, status: str, *, within: float | None = None
) -> ReceivedRequest[m.SignedFirmwareStatusNotificationRequest]:
    """The station tells of this update that it has come so far (L01.FR.01, L01.FR.10)."""
    kind = m.SignedFirmwareStatusNotificationRequest
    return await bench.expect(kind, within=within, status=status, request_id=update.request_id)


async def downloaded(bench: Bench, update: Update, *, step: int) -> None:
    """Downloading, Downloaded, and the file server was asked for all of it."""
    await status_reported(bench.step(step), update, "Downloading")
    await status_reported(bench.step(step + 2), update, "Downloaded", within=bench.settings.transfer_timeout)
    check_downloaded(bench, update.path)


async def firmware_installed(bench: Bench, update: Update, *, step: int) -> None:
    """From SignatureVerified to Installed. When the station reboots for it, if it does, is its own affair.

    Afterwards it runs the new version, and it and every connector are Available. `step` is that of Installing.
    """
    version, where, boots, has_to_boot = bench.manufacturer.files.version, "SignatureVerified", 0, False
    while where not in INSTALLED:
        bench.step(step if where == "SignatureVerified" else step + 6)
        seen = await _next_report(bench, update, possible_after(where, INSTALLED))
        if isinstance(seen.message, m.BootNotificationRequest):
            # Before it has installed the station runs what it ran before.
            await booted_again(bench, seen, version if where in ("Installing", "reboot to activate") else None)
            boots, has_to_boot = boots + 1, False
        elif isinstance(seen.message, m.SignedFirmwareStatusNotificationRequest):
            status = seen.message.status
            bench.check(not has_to_boot, "a BootNotification first", status, frame=seen.frame.index)
            where, has_to_boot = FOLLOWING[where][status], status == "InstallRebooting"
    if not boots:  # it may reboot only now, or not at all
        later = await bench.expect_optional(m.BootNotificationRequest, within=bench.settings.function_timeout)
        if later is not None:
            await booted_again(bench, later, version)
    await available_again(bench.step(step + 7))


async def _next_report(bench: Bench, update: Update, statuses: list[str]) -> AnyReceived:
    """What the station tells next of the update, or that it has rebooted for it."""
    return await bench.expect_any(
        (
            m.SignedFirmwareStatusNotificationRequest,
            {"status": one_of(*statuses), "request_id": update.request_id},
        ),
        (m.BootNotificationRequest, {}),
        within=bench.settings.installation_timeout,
    )
