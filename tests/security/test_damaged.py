"""Certificates, requests and keys that are damaged or unknown: a clear error, whatever the library raises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.security.shared_pki import NOW, der_of, pem_of, pki, with_unknown_curve

from plugfest.security.certificates import InvalidCertificate, certificate_to_pem, certificates_from_pem
from plugfest.security.chains import UntrustedChain, verify_chain, verify_root
from plugfest.security.firmware import is_firmware_signature_valid
from plugfest.security.keys import (
    has_valid_signature,
    key_from_pem,
    new_key,
    signing_request,
    signing_request_from_pem,
    subject,
    weakness,
)
from plugfest.station.blocks.m_certificate_management.rules import CertificateRejected, check_root

REQUEST = signing_request(new_key(), subject("STATION", "CPO"))


ROOT = der_of(pki().root_pem)


@st.composite
def damaged(draw: st.DrawFn, der: bytes) -> bytes:
    """Some bytes of a structure in DER changed, or its end cut off."""
    changed = bytearray(der)
    for position in draw(st.lists(st.integers(0, len(der) - 1), min_size=1, max_size=4)):
        changed[position] = draw(st.integers(0, 255))
    return bytes(changed[: draw(st.integers(1, len(der)))])


def test_an_unknown_curve_is_an_invalid_certificate() -> None:
    with pytest.raises(InvalidCertificate, match=r"^the public key of a certificate cannot be used$"):
        certificates_from_pem(with_unknown_curve(pki().root_pem))


@given(damaged(ROOT))
@settings(max_examples=300)
def test_a_damaged_certificate_is_invalid_or_not_trusted(der: bytes) -> None:
    problem = ""
    try:
        (root,) = certificates_from_pem(pem_of(der))
        verify_root(root, NOW)
        verify_chain([root], certificates_from_pem(pki().root_pem), NOW)
    except (InvalidCertificate, UntrustedChain) as error:
        problem = str(error)
    assert "\n" not in problem
    assert "http" not in problem  # of the library


@given(damaged(der_of(REQUEST)))
@settings(max_examples=300)
def test_a_damaged_request_is_an_error_or_can_be_used(der: bytes) -> None:
    try:
        request = signing_request_from_pem(pem_of(der, "CERTIFICATE REQUEST"))
    except ValueError:
        return
    weakness(request.public_key())
    has_valid_signature(request)


@given(st.binary(max_size=200), st.text(max_size=100))
def test_a_damaged_key_or_signature_is_an_error(data: bytes, signature: str) -> None:
    with pytest.raises(ValueError, match=r"^not a private key in PEM$"):
        key_from_pem(pem_of(data, "PRIVATE KEY"))
    assert not is_firmware_signature_valid(data, signature, certificates_from_pem(pki().root_pem)[0])


def test_a_certificate_is_written_as_it_was_read() -> None:
    assert certificate_to_pem(certificates_from_pem(pem_of(ROOT))[0]) == pki().root_pem


def test_a_root_with_an_unknown_curve_is_rejected() -> None:
    with pytest.raises(CertificateRejected) as caught:
        check_root(with_unknown_curve(pki().root_pem), known=[], replaces=None, now=NOW)  # M05.FR.07
    assert caught.value.reason == "InvalidCertificate"
