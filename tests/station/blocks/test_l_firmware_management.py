"""Firmware updates on the wire (L01), through transactions, reboots and power cuts."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.station.bench import bench
from tests.station.csms import Csms
from tests.station.file_server import file_server
from tests.station.scene import Scene

from plugfest.clock import run_simulated, utc_now
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import certificate_to_pem
from plugfest.security.firmware import sign_firmware
from plugfest.security.keys import KeyKind, key_from_pem
from plugfest.security.pki import Fault, TestPki
from plugfest.station.blocks.l_firmware_management.job import NEXT, FirmwareStatus, Jobs, Update
from plugfest.station.blocks.l_firmware_management.updater import INSTALLATION_SECONDS, MANUFACTURER_ROOT
from plugfest.station.files.firmware_image import build_image
from plugfest.station.storage.store import Store
from plugfest.transfer.server import FileBehaviour, FileServer, Outcome

PRODUCT = "alpitronic-hyc-200-eu"

HOURS = timedelta(hours=1)

DOWNLOADED = ["Downloading", "Downloaded", "SignatureVerified"]
UPDATED = [*DOWNLOADED, "Installing", "InstallRebooting", "Installed"]


@functools.cache
def manufacturer(kind: KeyKind = KeyKind.EC_P256) -> TestPki:
    return TestPki(datetime.now(UTC), kind=kind, organization="Manufacturer")


class Workshop(Scene):
    """A station, and a manufacturer that has firmware for it on a file server."""

    def __init__(self, station: Any, csms: Csms, server: FileServer, pki: TestPki) -> None:
        super().__init__(station, csms)
        self.server = server
        self.signer = pki.firmware_signer("Manufacturer")
        product = station.product
        self.image = build_image(product.vendor, product.model, "9.9", b"program" * 1000)
        self.path = "/image.bin"
        server.documents.put(self.path, self.image)

    async def update(self, request_id: int = 1, *, retries: Any = UNSET, **firmware: Any) -> str:
        """The answer to UpdateFirmware, for good firmware unless `firmware` says otherwise."""
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
        """Have another image, well signed, at the same place."""
        self.image = image
        self.server.documents.put(self.path, image)
        return {"signature": sign_firmware(image, key_from_pem(self.signer.key))}

    def told(self, request_id: int = 1) -> list[str]:
        """The statuses that the CSMS was told about an update."""
        every = self.csms.all(m.FirmwareStatusNotificationRequest)
        return [each.status.value for each in every if each.request_id == request_id]

    async def until(self, status: str, request_id: int = 1) -> None:
        await self.csms.until(lambda: self.told(request_id)[-1:] == [status])

    def security_events(self) -> list[str]:
        return [each.type for each in self.csms.all(m.SecurityEventNotificationRequest)]

    async def triggered(self) -> m.FirmwareStatusNotificationRequest:
        before = len(self.csms.all(m.FirmwareStatusNotificationRequest))
        kind = t.MessageTriggerEnumType.FirmwareStatusNotification
        answer = await self.csms.call(m.TriggerMessageRequest(requested_message=kind))
        assert answer.status is t.TriggerMessageStatusEnumType.Accepted
        return await self.csms.expect(m.FirmwareStatusNotificationRequest, before + 1)

    async def charge(self, evse_id: int = 1) -> None:
        self.operator.plug_in(evse_id, 1)
        self.operator.present_token(f"token {evse_id}", "ISO14443", evse_id)
        await asyncio.sleep(15)

    async def leave(self, evse_id: int = 1) -> None:
        self.operator.present_token(f"token {evse_id}", "ISO14443", evse_id)
        await asyncio.sleep(5)
        self.operator.plug_out(evse_id, 1)
        await asyncio.sleep(5)


@contextlib.asynccontextmanager
async def workshop(
    claiming: dict[str, bool], variables: dict[str, str], kind: KeyKind = KeyKind.EC_P256
) -> AsyncIterator[Workshop]:
    async with bench(PRODUCT, claiming=claiming, variables=variables) as (station, csms), file_server() as server:
        await csms.expect(m.SecurityEventNotificationRequest)
        assert station.station is not None
        root = certificate_to_pem(manufacturer(kind).root.certificate)
        station.station.context.trust.install(MANUFACTURER_ROOT, root)
        yield Workshop(station, csms, server, manufacturer(kind))


Body = Callable[[Workshop], Awaitable[None]]


def play(body: Body, *, kind: KeyKind = KeyKind.EC_P256, allow: str = "", **claiming: bool) -> None:
    """Run a scenario at a station with these claims, such as C_43=True."""
    claims = {name.replace("_", "-", 1).replace("_", "."): answer for name, answer in claiming.items()}
    variables = {"ChargingStation.AllowNewSessionsPendingFirmwareUpdate": allow} if allow else {}

    async def run() -> None:
        async with workshop(claims, variables, kind) as it:
            await body(it)

    run_simulated(run())


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_new_firmware_is_fetched_verified_installed_and_reported(kind: KeyKind) -> None:
    async def body(it: Workshop) -> None:
        assert await it.update() == "Accepted"
        await it.until("Installed")
        assert it.told() == UPDATED
        boot = it.csms.all(m.BootNotificationRequest)[-1]
        assert boot.reason is t.BootReasonEnumType.FirmwareUpdate
        assert given(boot.charging_station.firmware_version) == "9.9"
        await it.csms.until(lambda: it.security_events()[-1] == "FirmwareUpdated")  # L01.FR.31
        await asyncio.sleep(1)
        assert it.connector_story(1)[-3:] == ["Available", "Unavailable", "Available"]

    play(body, kind=kind)


def test_download_and_installation_wait_for_their_time() -> None:
    async def body(it: Workshop) -> None:
        now = utc_now()
        at, then = now + 1 * HOURS, now + 5 * HOURS
        assert await it.update(retrieve_date_time=at, install_date_time=then) == "Accepted"
        await it.csms.until(lambda: len(it.told()) == 1)
        assert it.told() == ["DownloadScheduled"]  # L01.FR.13
        await it.csms.until(lambda: "Downloading" in it.told(), within=7200)
        assert utc_now() >= at
        await it.until("InstallScheduled")  # L01.FR.16
        await it.csms.until(lambda: "Installing" in it.told(), within=5 * 3600)
        assert utc_now() >= then
        await it.until("Installed")
        assert it.told() == ["DownloadScheduled", *DOWNLOADED, "InstallScheduled", *UPDATED[3:]]

    play(body)


@pytest.mark.parametrize("fault", [Fault.EXPIRED, Fault.UNKNOWN_ISSUER, Fault.WRONG_KEY_USAGE, Fault.WEAK_KEY])
def test_a_certificate_that_is_not_to_be_trusted_is_refused(fault: Fault) -> None:
    async def body(it: Workshop) -> None:
        wrong = manufacturer().firmware_signer("Manufacturer", fault=fault).chain
        assert await it.update(signing_certificate=wrong) == "InvalidCertificate"  # L01.FR.22
        await it.csms.until(lambda: it.security_events()[-1] == "InvalidFirmwareSigningCertificate")  # L01.FR.02
        await asyncio.sleep(60)
        assert not it.told()
        assert not it.server.documents.accesses

    play(body)


@pytest.mark.parametrize("wrong", [UNSET, "no certificate"], ids=["none", "nonsense"])
def test_what_is_no_certificate_is_refused(wrong: Any) -> None:
    async def body(it: Workshop) -> None:
        assert await it.update(signing_certificate=wrong, signature=UNSET) == "InvalidCertificate"

    play(body)


@pytest.mark.parametrize("signature", [UNSET, "AAAA", "!"], ids=["none", "wrong", "nonsense"])
def test_a_signature_that_is_not_over_this_image_ends_the_update(signature: Any) -> None:
    async def body(it: Workshop) -> None:
        assert await it.update(signature=signature) == "Accepted"
        await it.until("InvalidSignature")
        assert it.told() == ["Downloading", "Downloaded", "InvalidSignature"]
        await it.csms.until(lambda: it.security_events()[-1] == "InvalidFirmwareSignature")  # L01.FR.03

    play(body)


def test_a_download_that_fails_is_tried_again_as_often_as_the_csms_wants() -> None:
    async def body(it: Workshop) -> None:
        del it.server.documents.files[it.path]
        assert await it.update(retries=2) == "Accepted"
        await it.until("DownloadFailed")
        assert it.told() == ["Downloading", "DownloadFailed"]  # L01.FR.30
        assert len(it.server.documents.accesses) == 3
        it.server.documents.put(it.path, it.image)
        assert await it.update(2) == "Accepted"
        await it.until("Installed", 2)

    play(body)


def test_an_image_that_is_damaged_does_not_pass_the_verification() -> None:
    async def body(it: Workshop) -> None:
        assert await it.update(**it.offer(it.image[:-1])) == "Accepted"
        await it.until("InstallVerificationFailed")  # L01.FR.29
        assert it.told() == [*DOWNLOADED, "Installing", "InstallVerificationFailed"]
        await asyncio.sleep(1)
        assert it.connector_story(1)[-1] == "Available"
        assert len(it.csms.all(m.BootNotificationRequest)) == 1

    play(body)


def test_firmware_for_another_product_is_not_installed() -> None:
    async def body(it: Workshop) -> None:
        assert await it.update(**it.offer(build_image("Manufacturer", "Toaster", "1", b"program"))) == "Accepted"
        await it.until("InstallationFailed")
        await asyncio.sleep(1)
        assert it.connector_story(1)[-1] == "Available"

    play(body)


def test_an_address_that_nothing_can_come_from_is_refused() -> None:
    async def body(it: Workshop) -> None:
        assert await it.update(location="gopher://host/image") == "Rejected"
        assert await it.update(location="the usual place") == "Rejected"

    play(body)


def test_another_update_cancels_the_first() -> None:
    async def body(it: Workshop) -> None:
        it.server.documents.behave(it.path, FileBehaviour(hang_after=1000))
        assert await it.update(1) == "Accepted"
        await it.server.documents.until(lambda: bool(it.server.documents.accesses))
        assert await it.update(2, location="http://127.0.0.1:1/none") == "AcceptedCanceled"  # L01.FR.24
        await it.until("DownloadFailed", 2)
        assert it.server.documents.accesses[0].outcome is Outcome.ABANDONED
        assert it.told(1) == ["Downloading"]

    play(body, C_60=True)


def test_a_station_that_cannot_cancel_rejects_another_update() -> None:
    async def body(it: Workshop) -> None:
        it.server.documents.behave(it.path, FileBehaviour(bytes_per_second=500))
        assert await it.update(1) == "Accepted"
        await it.until("Downloading", 1)
        assert await it.update(2) == "Rejected"  # L01.FR.27
        await it.until("Installed", 1)
        assert not it.told(2)

    play(body, C_60=False)


def test_a_reset_must_not_interrupt_the_installation() -> None:
    async def body(it: Workshop) -> None:
        await it.update()
        await it.until("Installing")
        immediate = m.ResetRequest(type=t.ResetEnumType.Immediate)
        assert (await it.csms.call(immediate)).status is t.ResetStatusEnumType.Rejected  # B11.FR.06
        await it.until("Installed")

    play(body)


def test_what_can_only_be_downloaded_without_a_transaction_waits_for_its_end() -> None:
    async def body(it: Workshop) -> None:
        await it.charge()
        assert await it.update() == "Accepted"
        await it.until("DownloadScheduled")  # L01.FR.13
        await asyncio.sleep(60)
        assert it.connector_story(1)[-1] == "Occupied"
        assert it.connector_story(2)[-1] == "Unavailable"  # L01.FR.07
        await it.leave()
        await it.until("Installed")
        assert it.told() == ["DownloadScheduled", *UPDATED]
        await asyncio.sleep(1)
        assert it.connector_story(1)[-1] == it.connector_story(2)[-1] == "Available"

    play(body, AQ_7=False)


def test_new_sessions_go_on_where_they_are_allowed() -> None:
    async def body(it: Workshop) -> None:
        await it.charge(1)
        assert await it.update() == "Accepted"
        await it.until("InstallScheduled")  # L01.FR.06, L01.FR.34
        await it.charge(2)
        await it.leave(1)
        assert it.connector_story(1)[-1] == "Available"
        assert it.told()[-1] == "InstallScheduled"
        await it.leave(2)
        await it.until("Installed")
        assert it.told() == [*DOWNLOADED, "InstallScheduled", *UPDATED[3:]]

    play(body, allow="true", C_20=True)


def test_new_sessions_can_be_forbidden_while_an_update_waits() -> None:
    async def body(it: Workshop) -> None:
        await it.charge(1)
        await it.update()
        await it.until("InstallScheduled")
        assert it.connector_story(2)[-1] == "Available"
        await it.set("ChargingStation.AllowNewSessionsPendingFirmwareUpdate", "false")
        await asyncio.sleep(1)
        assert it.connector_story(2)[-1] == "Unavailable"

    play(body, allow="true", C_20=True)


def test_a_download_pauses_for_a_transaction_if_it_cannot_go_on_beside_it() -> None:
    async def body(it: Workshop) -> None:
        it.server.documents.behave(it.path, FileBehaviour(bytes_per_second=500))
        await it.update()
        await it.until("Downloading")
        await it.charge()
        await it.until("DownloadPaused")  # L01.FR.14
        await it.leave()
        await it.until("Installed")
        assert it.told() == ["Downloading", "DownloadPaused", *UPDATED]

    play(body, AQ_7=False)


def test_a_station_that_installs_beside_a_transaction_only_connects_again() -> None:
    async def body(it: Workshop) -> None:
        await it.charge()
        await it.update()
        await it.until("Installed")
        assert it.told() == [*DOWNLOADED, "Installing", "Installed"]
        assert len(it.csms.handshakes) == 2
        assert len(it.csms.all(m.BootNotificationRequest)) == 1
        assert it.connector_story(1)[-1] == "Occupied"
        assert it.connector_story(2)[-1] == "Available"
        await it.csms.until(lambda: it.security_events()[-1] == "FirmwareUpdated")
        assert it.station.station is not None
        assert it.station.station.device_model.text("ChargingStation", "FirmwareVersion") == "9.9"

    play(body, C_43=True)


@pytest.mark.parametrize("status", ["DownloadScheduled", "Downloading", "InstallScheduled", "Installing"])
def test_after_a_power_cut_an_update_goes_on_where_it_was(status: str) -> None:
    async def body(it: Workshop) -> None:
        now = utc_now()
        it.server.documents.behave(it.path, FileBehaviour(bytes_per_second=500))
        await it.update(retrieve_date_time=now + 1 * HOURS, install_date_time=now + 2 * HOURS)
        await it.csms.until(lambda: status in it.told(), within=3 * 3600)
        await asyncio.sleep(1)
        await it.station.power_off()
        await asyncio.sleep(300)
        it.station.power_on()
        await it.csms.until(lambda: it.told()[-1] == "Installed", within=3 * 3600)
        assert it.told() == ["DownloadScheduled", *DOWNLOADED, "InstallScheduled", *UPDATED[3:]]

    play(body)


def test_what_happens_offline_is_told_afterwards() -> None:
    async def body(it: Workshop) -> None:
        await it.update(install_date_time=utc_now() + HOURS, **it.offer(it.image[:-1]))
        await it.until("InstallScheduled")
        it.station.network_off()
        await asyncio.sleep(2 * 3600)
        it.station.network_on()
        await it.until("InstallVerificationFailed")
        assert it.told().count("InstallVerificationFailed") == 1

    play(body)


def test_a_download_breaks_off_with_the_network_and_is_tried_again() -> None:
    async def body(it: Workshop) -> None:
        it.server.documents.behave(it.path, FileBehaviour(bytes_per_second=500))
        await it.update()
        await it.until("Downloading")
        await asyncio.sleep(1)
        it.station.network_off()
        await asyncio.sleep(5)
        assert it.server.documents.accesses[0].outcome is Outcome.ABANDONED
        it.station.network_on()
        await it.until("Installed")

    play(body)


def test_a_trigger_gets_the_last_status() -> None:
    async def body(it: Workshop) -> None:
        first = await it.triggered()
        assert (first.status, first.request_id) == ("Idle", UNSET)
        it.server.documents.behave(it.path, FileBehaviour(bytes_per_second=500))
        await it.update(7)
        await it.until("Downloading", 7)
        going = await it.triggered()
        assert (going.status, going.request_id) == ("Downloading", 7)  # L01.FR.26
        await it.until("Installed", 7)
        assert (await it.triggered()).status == "Idle"  # L01.FR.25

    play(body, C_29_4=True)


def test_only_a_local_controller_publishes_firmware() -> None:
    async def body(it: Workshop) -> None:
        request = m.PublishFirmwareRequest(location=it.server.url(it.path), checksum="0" * 32, request_id=1)
        with pytest.raises(CallErrorReceived) as caught:
            await it.csms.call(request)
        assert caught.value.code == "NotSupported"

    play(body)


def test_the_installation_takes_its_time() -> None:
    async def body(it: Workshop) -> None:
        await it.update()
        await it.until("Installing")
        began = asyncio.get_running_loop().time()
        await it.until("InstallRebooting")
        assert asyncio.get_running_loop().time() - began == pytest.approx(INSTALLATION_SECONDS, abs=1)

    play(body)


def test_every_way_of_an_update_comes_to_an_end() -> None:
    ends = {status for following in NEXT.values() for status in following} - NEXT.keys()
    assert ends == {
        FirmwareStatus.DOWNLOAD_FAILED,
        FirmwareStatus.INVALID_SIGNATURE,
        FirmwareStatus.INSTALL_VERIFICATION_FAILED,
        FirmwareStatus.INSTALLATION_FAILED,
        FirmwareStatus.INSTALLED,
    }
    assert ends | NEXT.keys() == set(FirmwareStatus)


def test_no_update_goes_a_way_that_there_is_not() -> None:
    jobs = Jobs(Store())
    jobs.begin(
        Update(
            request_id=1,
            location="http://host/x",
            retrieve_at=datetime.now(UTC),
            install_at=None,
            signing_certificate="",
            signature=None,
            retries=0,
            retry_interval=0,
        )
    )
    with pytest.raises(AssertionError, match="an update that is Idle cannot be Installing"):
        jobs.move(FirmwareStatus.INSTALLING)
