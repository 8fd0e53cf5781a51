"""Secure firmware update (L01): from the request to the installed firmware.

Includes RebootBeforeFirmwareInstallation and RebootBeforeFirmwareActivation, see `firmware_progress`.
"""

from datetime import timedelta
from typing import NamedTuple

import msgspec

from plugfest import clock
from plugfest.lab.checks.firmware_progress import (
    BEFORE_INSTALLATION,
    BOOT,
    FAILED,
    INSTALLED,
    REBOOT,
    TRANSITIONS,
    check_downloaded,
    check_next,
    next_events,
)
from plugfest.lab.csms.alternatives import Alternative
from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
from plugfest.lab.expectations import none_of, one_of, shown
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.states.connector_status import connector_name, connectors
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

PAST = timedelta(hours=-2)
"""The due time, from now, of what the station has to do at once."""

PAUSED = "DownloadPaused"
"""The status that a station may report at any time during a download (L01.FR.14)."""


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """A firmware update. `path`: the image on the file server."""

    request_id: int
    path: str
    location: str
    firmware: t.FirmwareType
    connections: int
    """Number of connections of the station before the request."""


async def prepare_update(
    bench: Bench,
    *,
    protocol_index: int = 0,
    protocol: str | None = None,
    image: bytes | None = None,
    signed: bytes | None = None,
    certificate: str | UnsetType | None = None,
    retrieve_in: timedelta = PAST,
    install_in: timedelta | None = PAST,
) -> Update:
    """Put an image on the file server, and make the firmware data of its UpdateFirmwareRequest.

    Args:
        protocol_index: which of the station's file transfer protocols is used if `protocol` is None.
        image: the file; good firmware if None.
        signed: the data that is signed; the image if None.
        certificate: the signing certificate, the manufacturer's if None; UNSET omits it and the signature.
        retrieve_in: time from now to retrieveDateTime.
        install_in: time from now to installDateTime; None omits it.
    """
    files = bench.manufacturer.files
    data = files.image if image is None else image
    request_id = bench.configuration.next_id()
    path = f"/firmware/{request_id}/firmware.bin"
    bench.files.documents.put(path, data)
    location = await bench.files.url(path, protocol or bench.files.protocol(protocol_index))
    now = clock.utc_now()
    firmware = t.FirmwareType(
        location=location,
        retrieve_date_time=now + retrieve_in,
        install_date_time=UNSET if install_in is None else now + install_in,
        signing_certificate=bench.manufacturer.signing_certificate if certificate is None else certificate,
        signature=UNSET if certificate is UNSET else bench.manufacturer.signature(data if signed is None else signed),
    )
    return Update(
        request_id=request_id,
        path=path,
        location=location,
        firmware=firmware,
        connections=bench.csms.connection_count,
    )


async def request_update(bench: Bench, update: Update, status: object = "Accepted") -> None:
    """Send UpdateFirmware."""
    bench.csms.inbox.set_mark()
    await bench.call(m.UpdateFirmwareRequest(request_id=update.request_id, firmware=update.firmware), status=status)


async def status_reported(
    bench: Bench, update: Update, status: object, *, within: float | None = None
) -> ReceivedRequest[m.FirmwareStatusNotificationRequest]:
    """The station reports this status of the update (L01.FR.01, L01.FR.10)."""
    return await bench.expect(
        m.FirmwareStatusNotificationRequest, within=within, status=status, request_id=update.request_id
    )


def status_notifications(bench: Bench, update: Update) -> list[ReceivedRequest[m.FirmwareStatusNotificationRequest]]:
    """All status notifications of this update so far."""
    every = bench.csms.inbox.of_type(m.FirmwareStatusNotificationRequest)
    return [seen for seen in every if seen.message.request_id == update.request_id]


async def downloading(
    bench: Bench, update: Update, *, step: int, within: float | None = None
) -> ReceivedRequest[m.FirmwareStatusNotificationRequest]:
    """The station reports Downloading."""
    return await status_reported(bench.step(step), update, "Downloading", within=within)


async def downloaded(bench: Bench, update: Update, *, step: int) -> None:
    """The station reports Downloaded, and has downloaded the whole image."""
    reported = await status_reported(bench.step(step), update, "Downloaded", within=bench.settings.transfer_timeout)
    take_repeated(bench, update, before=reported)
    check_downloaded(bench, update.path)


def take_repeated(bench: Bench, update: Update, *, before: AnyReceived) -> None:
    """Consume each Downloading before a later status that follows a pause (L01.FR.14) or a new attempt (L01.FR.30)."""
    earlier = [one for one in status_notifications(bench, update) if one.number < before.number]
    pauses = sum(one.message.status == PAUSED for one in earlier)
    attempts = len(bench.files.accesses(update.path, upload=False))
    again = [one for one in earlier if one.message.status == "Downloading" and not one.consumed]
    for one in again[: pauses + max(attempts - 1, 0)]:
        one.consumed = True


async def signature_verified(bench: Bench, update: Update, *, step: int) -> None:
    """The station reports SignatureVerified (L01.FR.04)."""
    await status_reported(bench.step(step), update, "SignatureVerified", within=bench.settings.transfer_timeout)


async def downloaded_and_verified(bench: Bench, update: Update, *, step: int) -> None:
    """Downloading, Downloaded, SignatureVerified: at `step`, `step` + 2 and `step` + 4."""
    await downloading(bench, update, step=step)
    await downloaded(bench, update, step=step + 2)
    await signature_verified(bench, update, step=step + 4)


class Steps(NamedTuple):
    """Numbers of Part 6's steps: Installing, connected again, connectors Available, Installed, FirmwareUpdated."""

    installing: int
    reconnected: int
    available: int
    installed: int
    event: int

    @classmethod
    def following(cls, unavailable: int) -> "Steps":
        """The numbers in most cases, after the step in which the station may make its connectors Unavailable."""
        return cls(unavailable + 3, unavailable + 6, unavailable + 7, unavailable + 9, unavailable + 11)


async def firmware_installed(
    bench: Bench, update: Update, steps: Steps, *, after: str = "SignatureVerified", reboots: bool = True
) -> None:
    """The station installs and activates the firmware, reconnects and reports Installed.

    `after`: its progress, see `firmware_progress`. `reboots`: whether it may reboot to install or to activate.
    """
    boot = await _follow_until(bench, update, INSTALLED, steps, after, reboots=reboots)
    bench.step(steps.reconnected)
    again = await bench.csms.wait_connected(within=bench.settings.boot_timeout, after=update.connections)
    bench.check(again, "the station connects again, to negotiate the OCPP version", "not connected again")
    if boot is None:  # it may have connected without a reboot, or reboot now (L01.FR.32)
        boot = await _late_boot(bench)
    _check_version(bench.step(steps.reconnected, "L01.FR.28"), boot)
    bench.step(steps.event, "L01.FR.31")
    await bench.expect(m.SecurityEventNotificationRequest, type="FirmwareUpdated")
    bench.step(steps.available)
    await _available_again(bench)


async def _late_boot(bench: Bench) -> AnyReceived | None:
    """The BootNotification of a reboot after Installed, None if there is none."""
    within = bench.settings.function_timeout
    boot = await bench.expect_optional(m.BootNotificationRequest, within=within, reason="FirmwareUpdate")
    if boot is None and not bench.csms.connected:  # it is booting
        await bench.csms.wait_connected(within=bench.settings.boot_timeout)
        boot = await bench.expect_optional(m.BootNotificationRequest, within=within, reason="FirmwareUpdate")
    if boot is not None:
        await _connectors_reported(bench, boot)
    return boot


def _check_version(bench: Bench, boot: AnyReceived | None) -> None:
    """If the station has booted the new firmware, it reports its version."""
    version = bench.manufacturer.files.version
    if version is not None and boot is not None and isinstance(boot.message, m.BootNotificationRequest):
        reported = boot.message.charging_station.firmware_version
        bench.check(reported == version, f"firmwareVersion {version}", shown(reported), frame=boot.frame.index)


async def installation_failed(bench: Bench, update: Update, steps: Steps) -> None:
    """The station reports that it cannot install the image (L01.FR.29).

    It may stay out of service; Part 6 recommends that it continues with the old firmware.
    """
    await _follow_until(bench, update, FAILED, steps, "SignatureVerified")
    bench.step(steps.available)
    available = await bench.until(lambda: not _out_of_service(bench), within=bench.settings.function_timeout)
    bench.recommend(available, "every connector Available again, with the old firmware", _out_of_service(bench))


async def _follow_until(
    bench: Bench, update: Update, ends: frozenset[str], steps: Steps, progress: str, *, reboots: bool = True
) -> AnyReceived | None:
    """Follow the station through its reboots until it reports one of `ends`.

    Returns the BootNotification of its last reboot, None if it has not rebooted since Installing.
    """
    boot = None
    while progress not in ends:
        bench.step(steps.installing if progress in BEFORE_INSTALLATION else steps.installed)
        expected = next_events(progress, ends, reboots=reboots)
        seen = await _next_report(bench, update, expected)
        if isinstance(seen.message, m.FirmwareStatusNotificationRequest):
            event = str(seen.message.status)
            boot = None if event == "Installing" else boot
        else:
            event, boot = BOOT, seen
        check_next(bench, event, expected, frame=seen.frame.index)
        progress = TRANSITIONS[progress][event]
        if event == BOOT:
            await _connectors_reported(bench, seen)
    return boot


async def _next_report(bench: Bench, update: Update, expected: list[str]) -> AnyReceived:
    """The next status notification of the update, whether expected or not, or the BootNotification of a reboot for it.

    A BootNotification is taken if it is expected, or if it comes without its announcement (L01.FR.15).
    """
    statuses = [event for event in expected if event != BOOT]
    alternatives = [_status_alternative(update, one_of(*statuses))] if statuses else []
    if BOOT in expected or REBOOT in expected:
        alternatives.append((m.BootNotificationRequest, {"reason": "FirmwareUpdate"}))
    return await bench.expect_any(
        *alternatives, _status_alternative(update, none_of(PAUSED)), within=bench.settings.installation_timeout
    )


def _status_alternative(update: Update, status: object) -> Alternative:
    return m.FirmwareStatusNotificationRequest, {"status": status, "request_id": update.request_id}


async def _connectors_reported(bench: Bench, boot: AnyReceived) -> None:
    """After the boot the station reports the status of every connector."""

    def unreported() -> set[tuple[int, int]]:
        later = (seen for seen in bench.csms.inbox.since_mark() if seen.frame.index > boot.frame.index)
        return set(connectors(bench)) - {place for seen in later for place, _ in connector_states(seen.message)}

    complete = await bench.until(lambda: not unreported(), within=bench.settings.function_timeout)
    missing = ", ".join(connector_name(*place) for place in sorted(unreported()))
    bench.check(complete, "the status of every connector after the boot", f"none of {missing}")


async def _available_again(bench: Bench) -> None:
    """Every connector without a cable is Available again."""
    available = await bench.until(lambda: not _out_of_service(bench), within=bench.settings.function_timeout)
    bench.check(available, "every connector Available again", _out_of_service(bench))


def _out_of_service(bench: Bench) -> str:
    """The connectors without a cable that are not Available, and their statuses; empty if there are none."""
    free = (place for place in connectors(bench) if place not in bench.operator.plugged)
    statuses = {place: bench.ledger.connectors.get(place, "unknown") for place in free}
    return ", ".join(
        f"{connector_name(*place)} {status}" for place, status in statuses.items() if status != "Available"
    )
