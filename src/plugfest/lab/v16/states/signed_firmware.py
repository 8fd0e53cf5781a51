"""Signed firmware update (L01 of the security whitepaper) from the lab's file server."""

from typing import NamedTuple

from plugfest import clock
from plugfest.lab.checks.firmware_progress import (
    BEFORE_INSTALLATION,
    BOOT,
    INSTALLED,
    TRANSITIONS,
    check_downloaded,
    check_next,
    next_events,
)
from plugfest.lab.csms.alternatives import Alternative
from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
from plugfest.lab.expectations import anything, one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.transfers import PAST, available_again, booted_again
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

STATUS = m.SignedFirmwareStatusNotificationRequest


class Update(NamedTuple):
    """A signed firmware update. `path`: the image on the file server."""

    path: str
    request: m.SignedUpdateFirmwareRequest

    @property
    def request_id(self) -> int:
        """The requestId of all messages about the update (L01.FR.10)."""
        return self.request.request_id


async def prepare_update(bench: Bench, *, protocol_index: int, signed: bytes | None = None) -> Update:
    """Put good firmware on the file server, and make the SignedUpdateFirmware.req that names it.

    `protocol_index`: which of the station's file transfer protocols is used. `signed`: the data that is signed; the
    firmware if None.
    """
    image, request_id = bench.manufacturer.files.image, bench.configuration.next_id()
    path = f"/firmware/{request_id}/firmware.bin"
    bench.files.documents.put(path, image)
    due = clock.utc_now() + PAST
    firmware = t.FirmwareType(
        location=await bench.files.url(path, bench.files.protocol(protocol_index)),
        retrieve_date_time=due,
        install_date_time=due,
        signing_certificate=bench.manufacturer.signing_certificate,
        signature=bench.manufacturer.signature(image if signed is None else signed),
    )
    return Update(path, m.SignedUpdateFirmwareRequest(request_id=request_id, firmware=firmware))


async def request_update(bench: Bench, update: Update) -> None:
    """Send SignedUpdateFirmware. The station accepts after it has checked the signing certificate (L01.FR.23)."""
    bench.csms.inbox.set_mark()
    await bench.call(update.request, status="Accepted")


async def status_reported(
    bench: Bench, update: Update, status: str, *, within: float | None = None
) -> ReceivedRequest[m.SignedFirmwareStatusNotificationRequest]:
    """The station reports this status of the update (L01.FR.01, L01.FR.10)."""
    kind = m.SignedFirmwareStatusNotificationRequest
    return await bench.expect(kind, within=within, status=status, request_id=update.request_id)


async def downloaded(bench: Bench, update: Update, *, step: int) -> None:
    """The station reports Downloading and Downloaded, and has downloaded the whole image."""
    await status_reported(bench.step(step), update, "Downloading")
    await status_reported(bench.step(step + 2), update, "Downloaded", within=bench.settings.transfer_timeout)
    check_downloaded(bench, update.path)


async def firmware_installed(bench: Bench, update: Update, *, step: int) -> None:
    """From SignatureVerified to Installed, with or without reboots.

    Afterwards the station runs the new version, and it and every connector are Available. `step`: that of Installing.
    """
    version, progress, boots = bench.manufacturer.files.version, "SignatureVerified", 0
    while progress not in INSTALLED:
        bench.step(step if progress in BEFORE_INSTALLATION else step + 6)
        expected = next_events(progress, INSTALLED)
        seen = await _next_report(bench, update, expected)
        event = str(seen.message.status) if isinstance(seen.message, STATUS) else BOOT
        check_next(bench, event, expected, frame=seen.frame.index)
        if event == BOOT:
            # Before the installation the station runs the old version, which is not checked.
            await booted_again(bench, seen, None if progress in BEFORE_INSTALLATION else version)
            boots += 1
        progress = TRANSITIONS[progress][event]
    if not boots:  # it may reboot now, or not at all
        later = await bench.expect_optional(m.BootNotificationRequest, within=bench.settings.function_timeout)
        if later is not None:
            await booted_again(bench, later, version)
    await available_again(bench.step(step + 7))


async def _next_report(bench: Bench, update: Update, expected: list[str]) -> AnyReceived:
    """The next status notification of the update, whether expected or not, or an expected BootNotification."""
    statuses = [event for event in expected if event != BOOT]
    alternatives = [_status_alternative(update, one_of(*statuses))] if statuses else []
    if BOOT in expected:
        alternatives.append((m.BootNotificationRequest, {}))
    return await bench.expect_any(
        *alternatives, _status_alternative(update, anything), within=bench.settings.installation_timeout
    )


def _status_alternative(update: Update, status: object) -> Alternative:
    return STATUS, {"status": status, "request_id": update.request_id}
