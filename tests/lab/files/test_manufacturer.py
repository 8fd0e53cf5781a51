"""The firmware of the manufacturer: its signature and its certificates."""

import pytest

from plugfest import clock
from plugfest.lab.files.manufacturer import FirmwareFiles, Manufacturer
from plugfest.lab.verdict import NotEquipped
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.chains import ChainFault, UntrustedChain, verify_chain
from plugfest.security.firmware import is_firmware_signature_valid
from plugfest.security.pki import CertificateFault

ACME = Manufacturer("ACME", FirmwareFiles(b"image", b"unusable"))


def test_the_firmware_signature_matches_the_signing_certificate() -> None:
    (certificate,) = certificates_from_pem(ACME.signing_certificate)
    verify_chain([certificate], [ACME.root], clock.SystemClock().now())
    assert is_firmware_signature_valid(b"image", ACME.signature(b"image"), certificate)
    assert not is_firmware_signature_valid(b"image", ACME.signature(b"imag"), certificate)


@pytest.mark.parametrize(
    ("fault", "found"),
    [(CertificateFault.EXPIRED, ChainFault.EXPIRED), (CertificateFault.UNKNOWN_ISSUER, ChainFault.UNTRUSTED)],
)
def test_an_invalid_certificate_has_only_its_fault(fault: CertificateFault, found: ChainFault) -> None:
    certificates = certificates_from_pem(ACME.bad_signing_certificate(fault))
    with pytest.raises(UntrustedChain) as caught:
        verify_chain(certificates, [ACME.root], clock.SystemClock().now())
    assert caught.value.fault is found


def test_a_lab_without_firmware_is_not_equipped() -> None:
    with pytest.raises(NotEquipped, match="no firmware"):
        _ = Manufacturer("ACME", None).files
