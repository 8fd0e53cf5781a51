"""Secure firmware update (L01)."""

from datetime import timedelta
from typing import NamedTuple

import msgspec

from plugfest import clock
from plugfest.lab.checks.firmware_progress import FAILED, FOLLOWING, INSTALLED, check_downloaded, possible_after
from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
from plugfest.lab.expectations import one_of, shown
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.states.connector_status import connectors
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

PAST = timedelta(hours=-2)
"""When something was due that the station has to do at once."""


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """An update that the station was asked for. `path` is where its image is on the shelf."""

    request_id: int
    path: str
    location: str
    firmware: t.FirmwareType
    connections: int
    """How many connections the station had made by then."""


async def prepare_update(
    bench: Bench,
    *,
    turn: int = 0,
    protocol: str | None = None,
    image: bytes | None = None,
    signed: bytes | None = None,
    certificate: str | UnsetType | None = None,
    retrieve_in: timedelta = PAST,
    install_in: timedelta | None = PAST,
) -> Update:
    """Put an image onto the file server, and say what the station will be told of it.

    Args:
        turn: which of the station's protocols is used, if `protocol` does not say.
        image: what can be fetched; good firmware if None.
        signed: what the signature is over; the image if None.
        certificate: the firmware signing certificate, the manufacturer's if None. UNSET: neither it nor a signature.
        retrieve_in: from now until the download is due.
        install_in: from now until the installation is due; None leaves it to the station.
    """
    data = bench.manufacturer.files.image if image is None else image
    request_id = bench.configuration.next_request_id()
    path = f"/firmware/{request_id}/firmware.bin"
    bench.files.documents.put(path, data)
    location = await bench.files.url(path, protocol or bench.files.protocol(turn))
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
        connections=len(bench.csms.connections),
    )


async def request_update(bench: Bench, update: Update, status: object = "Accepted") -> None:
    """UpdateFirmware."""
    bench.csms.inbox.set_mark()
    await bench.call(m.UpdateFirmwareRequest(request_id=update.request_id, firmware=update.firmware), status=status)


async def status_reported(
    bench: Bench, update: Update, status: object, *, within: float | None = None
) -> ReceivedRequest[m.FirmwareStatusNotificationRequest]:
    """The station tells of this update that it has come so far (L01.FR.01, L01.FR.10)."""
    return await bench.expect(
        m.FirmwareStatusNotificationRequest, within=within, status=status, request_id=update.request_id
    )


def status_notifications(bench: Bench, update: Update) -> list[ReceivedRequest[m.FirmwareStatusNotificationRequest]]:
    """All that the station has told of this update."""
    every = bench.csms.inbox.of(m.FirmwareStatusNotificationRequest)
    return [seen for seen in every if seen.message.request_id == update.request_id]


async def downloading(bench: Bench, update: Update, *, step: int, within: float | None = None) -> None:
    """The download has begun."""
    await status_reported(bench.step(step), update, "Downloading", within=within)


async def downloaded(bench: Bench, update: Update, *, step: int) -> None:
    """The download is over, and really was one."""
    await status_reported(bench.step(step), update, "Downloaded", within=bench.settings.transfer_timeout)
    check_downloaded(bench, update.path)


async def signature_verified(bench: Bench, update: Update, *, step: int) -> None:
    """The signature is good (L01.FR.04)."""
    await status_reported(bench.step(step), update, "SignatureVerified")


async def downloaded_and_verified(bench: Bench, update: Update, *, step: int) -> None:
    """Downloading, Downloaded, SignatureVerified: three steps, each of two messages, from `step` on."""
    await downloading(bench, update, step=step)
    await downloaded(bench, update, step=step + 2)
    await signature_verified(bench, update, step=step + 4)


class Steps(NamedTuple):
    """The numbers of Part 6's steps: Installing, connected again, connectors available, Installed, FirmwareUpdated."""

    installing: int
    back: int
    available: int
    installed: int
    event: int

    @classmethod
    def following(cls, unavailable: int) -> "Steps":
        """As in most cases, after the step in which the station may make its connectors unavailable."""
        return cls(unavailable + 3, unavailable + 6, unavailable + 7, unavailable + 9, unavailable + 11)


async def firmware_installed(bench: Bench, update: Update, steps: Steps, *, after: str = "SignatureVerified") -> None:
    """The station installs and activates the firmware, comes back and says so. `after` is where it is now."""
    booted = await _follow_until(bench, update, INSTALLED, steps, after)
    bench.step(steps.back)
    again = await bench.csms.wait_connected(within=bench.settings.boot_timeout, after=update.connections)
    bench.check(again, "the station connects again, to agree on the OCPP version", "it does not")
    if not booted:  # it may have connected without a reboot, or reboot only now (L01.FR.32)
        boot = await bench.expect_optional(
            m.BootNotificationRequest, within=bench.settings.function_timeout, reason="FirmwareUpdate"
        )
        if boot is not None:
            await _connectors_reported(bench, boot)
    _check_version(bench.step(steps.back, "L01.FR.28"), update)
    bench.step(steps.event, "L01.FR.31")
    await bench.expect(m.SecurityEventNotificationRequest, type="FirmwareUpdated")
    bench.step(steps.available)
    await _available_again(bench)


def _check_version(bench: Bench, update: Update) -> None:
    """A station that has rebooted for it has booted with the new version."""
    version = bench.manufacturer.files.version
    begin = status_notifications(bench, update)[0].frame.index
    boots = [seen for seen in bench.csms.inbox.of(m.BootNotificationRequest) if seen.frame.index > begin]
    if version is not None and boots:
        told = boots[-1].message.charging_station.firmware_version
        bench.check(told == version, f"firmwareVersion {version}", shown(told), frame=boots[-1].frame.index)


async def installation_failed(bench: Bench, update: Update, steps: Steps) -> None:
    """The station finds out that it cannot use the image (L01.FR.29), and says so.

    It may be out of service from then on; Part 6 recommends to go on with the old firmware.
    """
    await _follow_until(bench, update, FAILED, steps, "SignatureVerified")
    bench.step(steps.available)
    back = await bench.until(lambda: not _out_of_service(bench), within=bench.settings.function_timeout)
    bench.recommend(back, "every connector is Available again, with the old firmware", _out_of_service(bench))


async def _follow_until(bench: Bench, update: Update, ends: frozenset[str], steps: Steps, where: str) -> bool:
    """Follow the station through its reboots until it tells one of these. Whether it has rebooted."""
    booted, has_to_boot = False, False
    while where not in ends:
        bench.step(steps.installed if where in ("Installing", "reboot to activate") else steps.installing)
        seen = await _next_report(bench, update, possible_after(where, ends))
        if isinstance(seen.message, m.BootNotificationRequest):
            booted, has_to_boot = True, False
            await _connectors_reported(bench, seen)
        elif isinstance(seen.message, m.FirmwareStatusNotificationRequest):
            status = seen.message.status
            bench.check(not has_to_boot, "a BootNotificationRequest first", f"{status}", frame=seen.frame.index)
            where, has_to_boot = FOLLOWING[where][status], status == "InstallRebooting"
    return booted


async def _next_report(bench: Bench, update: Update, statuses: list[str]) -> AnyReceived:
    """What the station tells next of the update, or that it has rebooted for it."""
    return await bench.expect_any(
        (
            m.FirmwareStatusNotificationRequest,
            {"status": one_of(*statuses), "request_id": update.request_id},
        ),
        (m.BootNotificationRequest, {"reason": "FirmwareUpdate"}),
        within=bench.settings.installation_timeout,
    )


async def _connectors_reported(bench: Bench, boot: AnyReceived) -> None:
    """After a boot the station tells the state of every connector."""

    def untold() -> set[tuple[int, int]]:
        later = (seen for seen in bench.csms.inbox.since_mark() if seen.frame.index > boot.frame.index)
        return set(connectors(bench)) - {place for seen in later for place, _ in connector_states(seen.message)}

    told = await bench.until(lambda: not untold(), within=bench.settings.function_timeout)
    bench.check(told, "the state of every connector after the boot", f"not of {sorted(untold())} (EVSE, connector)")


async def _available_again(bench: Bench) -> None:
    """No connector stays unavailable, but for those with a cable in them."""
    holds = await bench.until(lambda: not _out_of_service(bench), within=bench.settings.function_timeout)
    bench.check(holds, "every connector is Available again", _out_of_service(bench))


def _out_of_service(bench: Bench) -> dict[tuple[int, int], str]:
    """What the connectors without a cable are, where that is not Available."""
    free = (place for place in connectors(bench) if place not in bench.operator.plugged)
    said = {place: bench.ledger.connectors.get(place, "unknown") for place in free}
    return {place: status for place, status in said.items() if status != "Available"}
