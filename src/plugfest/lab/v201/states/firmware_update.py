"""A firmware update as far as the new firmware is in the station: asked for, downloaded, its signature verified.

What follows is in `firmware_installation`.
"""

from datetime import timedelta

import msgspec

from plugfest import clock
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.v201.bench import Bench
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


async def offered(
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


async def asked(bench: Bench, update: Update, status: object = "Accepted") -> None:
    """UpdateFirmware."""
    bench.csms.inbox.set_mark()
    await bench.call(m.UpdateFirmwareRequest(request_id=update.request_id, firmware=update.firmware), status=status)


async def told(
    bench: Bench, update: Update, status: object, *, within: float | None = None
) -> ReceivedRequest[m.FirmwareStatusNotificationRequest]:
    """The station tells of this update that it has come so far (L01.FR.01, L01.FR.10)."""
    return await bench.expect(
        m.FirmwareStatusNotificationRequest, within=within, status=status, request_id=update.request_id
    )


def history(bench: Bench, update: Update) -> list[ReceivedRequest[m.FirmwareStatusNotificationRequest]]:
    """All that the station has told of this update."""
    every = bench.csms.inbox.of(m.FirmwareStatusNotificationRequest)
    return [seen for seen in every if seen.message.request_id == update.request_id]


async def downloading(bench: Bench, update: Update, *, step: int, within: float | None = None) -> None:
    """The download has begun."""
    await told(bench.step(step), update, "Downloading", within=within)


async def downloaded(bench: Bench, update: Update, *, step: int) -> None:
    """The download is over, and really was one."""
    await told(bench.step(step), update, "Downloaded", within=bench.settings.transfer_timeout)
    bench.check(
        bench.files.fetched(update.path),
        f"the file server was asked for all of {update.path}",
        "; ".join(f"{one.request}: {one.size} bytes, {one.outcome}" for one in bench.files.documents.accesses)
        or "nothing",
    )


async def verified(bench: Bench, update: Update, *, step: int) -> None:
    """The signature is good (L01.FR.04)."""
    await told(bench.step(step), update, "SignatureVerified")


async def fetched_and_verified(bench: Bench, update: Update, *, step: int) -> None:
    """Downloading, Downloaded, SignatureVerified: three steps, each of two messages, from `step` on."""
    await downloading(bench, update, step=step)
    await downloaded(bench, update, step=step + 2)
    await verified(bench, update, step=step + 4)
