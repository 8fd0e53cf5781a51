"""Which firmware a station accepts (L01): its certificate, signature, checksum and product."""

import asyncio
from typing import Any

import pytest
from tests.station.firmware import DOWNLOADED, Workshop, manufacturer, play

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.security.pki import CertificateFault
from plugfest.station.files.firmware_image import build_image


@pytest.mark.parametrize(
    "fault",
    [
        CertificateFault.EXPIRED,
        CertificateFault.UNKNOWN_ISSUER,
        CertificateFault.WRONG_KEY_USAGE,
        CertificateFault.WEAK_KEY,
    ],
)
def test_a_certificate_that_is_not_to_be_trusted_is_refused(fault: CertificateFault) -> None:
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


def test_an_image_that_is_damaged_does_not_pass_the_verification() -> None:
    async def body(it: Workshop) -> None:
        assert await it.update(**it.offer(it.image[:-1])) == "Accepted"
        await it.until("InstallVerificationFailed")  # L01.FR.29
        assert it.told() == [*DOWNLOADED, "Installing", "InstallVerificationFailed"]
        await asyncio.sleep(1)
        assert it.connector_statuses(1)[-1] == "Available"
        assert len(it.csms.all(m.BootNotificationRequest)) == 1

    play(body)


def test_firmware_for_another_product_is_not_installed() -> None:
    async def body(it: Workshop) -> None:
        assert await it.update(**it.offer(build_image("Manufacturer", "Toaster", "1", b"program"))) == "Accepted"
        await it.until("InstallationFailed")
        await asyncio.sleep(1)
        assert it.connector_statuses(1)[-1] == "Available"

    play(body)


def test_an_address_that_nothing_can_come_from_is_refused() -> None:
    async def body(it: Workshop) -> None:
        assert await it.update(location="gopher://host/image") == "Rejected"
        assert await it.update(location="the usual place") == "Rejected"

    play(body)
