"""Firmware: only what the manufacturer signed is genuine."""

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from tests.security.shared_pki import NOW, pki

from plugfest.security.certificates import certificates_from_pem
from plugfest.security.firmware import firmware_is_genuine, sign_firmware
from plugfest.security.keys import KeyKind, key_from_pem, subject

IMAGE = bytes(range(256)) * 64


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_signed_firmware_is_genuine_and_nothing_else_is(kind):
    signer, other = pki().firmware_signer("ACME", kind=kind), pki().firmware_signer("ACME", kind=kind)
    certificate = certificates_from_pem(signer.chain)[0]
    signature = sign_firmware(IMAGE, key_from_pem(signer.key))
    assert firmware_is_genuine(IMAGE, signature, certificate)
    assert not firmware_is_genuine(IMAGE + b"\0", signature, certificate)
    assert not firmware_is_genuine(IMAGE, sign_firmware(IMAGE, key_from_pem(other.key)), certificate)


@pytest.mark.parametrize("signature", ["", "no base64!", "ä", base64.b64encode(b"noise").decode()])
def test_a_signature_that_is_none_is_not_genuine(signature):
    certificate = certificates_from_pem(pki().firmware_signer("ACME").chain)[0]
    assert not firmware_is_genuine(IMAGE, signature, certificate)


def test_a_kind_of_key_that_ocpp_does_not_sign_firmware_with_is_not_genuine():
    key, name = ed25519.Ed25519PrivateKey.generate(), subject("Firmware", "ACME")
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW).sign(key, None)
    signature = base64.b64encode(key.sign(IMAGE)).decode()
    assert not firmware_is_genuine(IMAGE, signature, certificate)
