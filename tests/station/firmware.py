"""A station, a manufacturer and a file server with its firmware, for the tests of firmware updates (L01)."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.station.csms import Csms
from tests.station.file_server import file_server
from tests.station.powered_station import powered_station
from tests.station.station_bench import StationBench

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import certificate_to_pem
from plugfest.security.firmware import sign_firmware
from plugfest.security.keys import KeyKind, key_from_pem
from plugfest.security.pki import TestPki
from plugfest.station.blocks.l_firmware_management.updater import MANUFACTURER_ROOT
from plugfest.station.files.firmware_image import build_image
from plugfest.transfer.server import FileServer

PRODUCT = "alpitronic-hyc-200-eu"

HOURS = timedelta(hours=1)

DOWNLOADED = ["Downloading", "Downloaded", "SignatureVerified"]

UPDATED = [*DOWNLOADED, "Installing", "InstallRebooting", "Installed"]


@functools.cache
def manufacturer(kind: KeyKind = KeyKind.EC_P256) -> TestPki:
    return TestPki(datetime.now(UTC), kind=kind, organization="Manufacturer")


class FirmwareBench(StationBench):
    """A station, and a file server with firmware of its manufacturer."""

    def __init__(self, station: Any, csms: Csms, server: FileServer, pki: TestPki) -> None:
        super().__init__(station, csms)
        self.server = server
        self.signer = pki.firmware_signer("Manufacturer")
        product = station.product
        self.image = build_image(product.vendor, product.model, "9.9", b"program" * 1000)
        self.path = "/image.bin"
        server.documents.put(self.path, self.image)

    async def update(self, request_id: int = 1, *, retries: Any = UNSET, **firmware: Any) -> str:
        """Send UpdateFirmware. Returns the status of the answer. `firmware`: fields that replace valid ones."""
        now = utc_now()
        data = {
            "location": self.server.url(self.path),
            "retrieve_date_time": now - 2 * HOURS,
            "install_date_time": now - 2 * HOURS,
            "signing_certificate": self.signer.chain,
            "signature": sign_firmware(self.image, key_from_pem(self.signer.key)),
        }
        request = m.UpdateFirmwareRequest(
            request_id=request_id, firmware=t.FirmwareType(**data | firmware), retries=retries
        )
        return (await self.csms.call(request)).status.value

    def offer(self, image: bytes) -> dict[str, str]:
        """Put another image at the same path. Returns its valid signature."""
        self.image = image
        self.server.documents.put(self.path, image)
        return {"signature": sign_firmware(image, key_from_pem(self.signer.key))}

    def reported_statuses(self, request_id: int = 1) -> list[str]:
        """The reported statuses of an update."""
        every = self.csms.all(m.FirmwareStatusNotificationRequest)
        return [each.status.value for each in every if each.request_id == request_id]

    async def until(self, status: str, request_id: int = 1) -> None:
        await self.csms.until(lambda: self.reported_statuses(request_id)[-1:] == [status])

    def security_events(self) -> list[str]:
        return [each.type for each in self.csms.all(m.SecurityEventNotificationRequest)]

    async def triggered(self) -> m.FirmwareStatusNotificationRequest:
        before = len(self.csms.all(m.FirmwareStatusNotificationRequest))
        kind = t.MessageTriggerEnumType.FirmwareStatusNotification
        answer = await self.csms.call(m.TriggerMessageRequest(requested_message=kind))
        assert answer.status is t.TriggerMessageStatusEnumType.Accepted
        return await self.csms.expect(m.FirmwareStatusNotificationRequest, before + 1)

    async def charge(self, evse_id: int = 1) -> None:
        self.hardware.plug_in(evse_id, 1)
        self.hardware.present_token(f"C{evse_id}", "ISO14443", evse_id)
        await asyncio.sleep(15)

    async def leave(self, evse_id: int = 1) -> None:
        self.hardware.present_token(f"C{evse_id}", "ISO14443", evse_id)
        await asyncio.sleep(5)
        self.hardware.unplug(evse_id, 1)
        await asyncio.sleep(5)


@contextlib.asynccontextmanager
async def firmware_bench(
    claiming: dict[str, bool], variables: dict[str, str], kind: KeyKind = KeyKind.EC_P256
) -> AsyncIterator[FirmwareBench]:
    async with (
        powered_station(PRODUCT, claiming=claiming, variables=variables) as (station, csms),
        file_server() as server,
    ):
        await csms.expect(m.SecurityEventNotificationRequest)
        assert station.station is not None
        root = certificate_to_pem(manufacturer(kind).root.certificate)
        station.station.context.trust.install(MANUFACTURER_ROOT, root)
        yield FirmwareBench(station, csms, server, manufacturer(kind))


Body = Callable[[FirmwareBench], Awaitable[None]]


def run_on_bench(body: Body, *, kind: KeyKind = KeyKind.EC_P256, allow: str = "", **claiming: bool) -> None:
    """Run a test with these claims, such as C_43=True."""
    claims = {name.replace("_", "-", 1).replace("_", "."): answer for name, answer in claiming.items()}
    variables = {"ChargingStation.AllowNewSessionsPendingFirmwareUpdate": allow} if allow else {}

    async def run() -> None:
        async with firmware_bench(claims, variables, kind) as bench:
            await body(bench)

    run_simulated(run())
