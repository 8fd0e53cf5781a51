"""The manufacturer's firmware: signed so that a station can tell, and certified by a hierarchy of its own."""

import pytest

from plugfest import clock
from plugfest.lab.files.manufacturer import FirmwareFiles, Manufacturer
from plugfest.lab.verdict import NotEquipped
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.chains import ChainFault, UntrustedChain, verify_chain
from plugfest.security.firmware import firmware_is_genuine
from plugfest.security.pki import Fault

ACME = Manufacturer("ACME", FirmwareFiles(b"image", b"unusable"))


def test_its_firmware_is_genuine_by_its_certificate() -> None:
    (certificate,) = certificates_from_pem(ACME.signing_certificate)
    verify_chain([certificate], [ACME.root], clock.SystemClock().now())
    assert firmware_is_genuine(b"image", ACME.signature(b"image"), certificate)
    assert not firmware_is_genuine(b"image", ACME.signature(b"imag"), certificate)


@pytest.mark.parametrize(
    ("fault", "found"), [(Fault.EXPIRED, ChainFault.EXPIRED), (Fault.UNKNOWN_ISSUER, ChainFault.UNTRUSTED)]
)
def test_a_bad_certificate_is_bad_for_its_fault(fault: Fault, found: ChainFault) -> None:
    certificates = certificates_from_pem(ACME.bad_signing_certificate(fault))
    with pytest.raises(UntrustedChain) as caught:
        verify_chain(certificates, [ACME.root], clock.SystemClock().now())
    assert caught.value.fault is found


def test_a_lab_without_firmware_says_so() -> None:
    with pytest.raises(NotEquipped, match="no firmware"):
        _ = Manufacturer("ACME", None).files
