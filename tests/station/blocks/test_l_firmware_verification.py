"""Which firmware a station accepts (L01): its certificate, signature, checksum and product."""

import asyncio
from typing import Any

import pytest
from tests.station.csms import refuse
from tests.station.firmware import DOWNLOADED, FirmwareBench, manufacturer, run_on_bench

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.security.pki import CertificateFault
from plugfest.station.control.commands import Control
from plugfest.station.files.firmware_image import build_image
from plugfest.station.storage.diagnostics import SecurityLog


@pytest.mark.parametrize(
    "fault",
    [
        CertificateFault.EXPIRED,
        CertificateFault.UNKNOWN_ISSUER,
        CertificateFault.WRONG_KEY_USAGE,
        CertificateFault.WEAK_KEY,
    ],
)
def test_an_untrusted_certificate_is_rejected(fault: CertificateFault) -> None:
    async def body(bench: FirmwareBench) -> None:
        wrong = manufacturer().firmware_signer("Manufacturer", fault=fault).chain
        assert await bench.update(signing_certificate=wrong) == "InvalidCertificate"  # L01.FR.22
        await bench.csms.until(lambda: bench.security_events()[-1] == "InvalidFirmwareSigningCertificate")  # L01.FR.02
        await asyncio.sleep(60)
        assert not bench.reported_statuses()
        assert not bench.server.documents.accesses

    run_on_bench(body)


@pytest.mark.parametrize("wrong", [UNSET, "no certificate"], ids=["none", "nonsense"])
def test_an_invalid_certificate_is_rejected(wrong: Any) -> None:
    async def body(bench: FirmwareBench) -> None:
        assert await bench.update(signing_certificate=wrong, signature=UNSET) == "InvalidCertificate"

    run_on_bench(body)


@pytest.mark.parametrize("signature", [UNSET, "AAAA", "!"], ids=["none", "wrong", "nonsense"])
def test_a_wrong_signature_ends_the_update(signature: Any) -> None:
    async def body(bench: FirmwareBench) -> None:
        assert await bench.update(signature=signature) == "Accepted"
        await bench.until("InvalidSignature")
        assert bench.reported_statuses() == ["Downloading", "Downloaded", "InvalidSignature"]
        await bench.csms.until(lambda: bench.security_events()[-1] == "InvalidFirmwareSignature")  # L01.FR.03
        assert "signature" in given(bench.csms.all(m.SecurityEventNotificationRequest)[-1].tech_info)
        firmware = Control(bench.station, bench.hardware).state().firmware
        assert firmware is not None
        assert firmware.update == "InvalidSignature"
        assert "signature" in firmware.reason

    run_on_bench(body)


def test_a_damaged_image_fails_the_verification() -> None:
    async def body(bench: FirmwareBench) -> None:
        assert await bench.update(**bench.offer(bench.image[:-1])) == "Accepted"
        await bench.until("InstallVerificationFailed")  # L01.FR.29
        assert bench.reported_statuses() == [*DOWNLOADED, "Installing", "InstallVerificationFailed"]
        await asyncio.sleep(1)
        assert bench.connector_statuses(1)[-1] == "Available"
        assert len(bench.csms.all(m.BootNotificationRequest)) == 1
        _assert_refusal(bench, "InstallVerificationFailed", "FirmwareUpdateFailed")

    run_on_bench(body)


def _assert_refusal(bench: FirmwareBench, status: str, event: str) -> None:
    """The control API and the security log have the same reason."""
    firmware = Control(bench.station, bench.hardware).state().firmware
    assert firmware is not None
    assert firmware.update == status
    assert firmware.reason
    assert bench.station.station is not None
    logged = bench.station.station.context.shared.get(SecurityLog).entries()[-1]
    assert logged.type == event
    assert logged.tech_info.endswith(firmware.reason)


def test_a_failed_download_has_a_reason_in_the_security_log() -> None:
    async def body(bench: FirmwareBench) -> None:
        assert await bench.update(location="http://127.0.0.1:1/image", retries=0) == "Accepted"
        await bench.until("DownloadFailed")
        _assert_refusal(bench, "DownloadFailed", "FirmwareUpdateFailed")

    run_on_bench(body)


def test_a_rejection_is_shown_until_the_next_update_begins() -> None:
    async def body(bench: FirmwareBench) -> None:
        assert await bench.update(signature="AAAA") == "Accepted"
        await bench.until("InvalidSignature")
        assert await bench.update(location="gopher://host/image") == "Rejected"
        _assert_refusal(bench, "Rejected", "FirmwareUpdateRejected")
        assert await bench.update() == "Accepted"
        await bench.until("Downloading")
        firmware = Control(bench.station, bench.hardware).state().firmware
        assert firmware is not None
        assert (firmware.update, firmware.reason) == ("Downloading", "")

    run_on_bench(body)


def test_a_refused_final_status_is_not_repeated_after_a_boot() -> None:
    async def body(bench: FirmwareBench) -> None:
        bench.csms.replies["FirmwareStatusNotification"] = refuse
        assert await bench.update(signature="AAAA") == "Accepted"
        await bench.until("InvalidSignature")
        await asyncio.sleep(10)
        await bench.station.power_off()
        bench.station.power_on()
        await bench.csms.expect(m.BootNotificationRequest, 2)
        await asyncio.sleep(60)
        assert bench.reported_statuses().count("InvalidSignature") == 1

    run_on_bench(body)


def test_firmware_for_another_product_is_not_installed() -> None:
    async def body(bench: FirmwareBench) -> None:
        assert await bench.update(**bench.offer(build_image("Manufacturer", "Toaster", "1", b"program"))) == "Accepted"
        await bench.until("InstallationFailed")
        await asyncio.sleep(1)
        assert bench.connector_statuses(1)[-1] == "Available"
        _assert_refusal(bench, "InstallationFailed", "FirmwareUpdateFailed")

    run_on_bench(body)


def test_an_unsupported_location_is_rejected() -> None:
    async def body(bench: FirmwareBench) -> None:
        assert await bench.update(location="gopher://host/image") == "Rejected"
        assert await bench.update(location="not a URL") == "Rejected"

    run_on_bench(body)
