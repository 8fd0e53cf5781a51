"""Firmware signatures: valid only for the signed image and the certificate of the signer."""

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from tests.security.shared_pki import NOW, pki

from plugfest.security.certificates import certificates_from_pem
from plugfest.security.firmware import is_firmware_signature_valid, sign_firmware
from plugfest.security.keys import KeyKind, key_from_pem, subject

IMAGE = bytes(range(256)) * 64


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_a_signature_is_valid_only_for_its_image_and_certificate(kind):
    signer, other = pki().firmware_signer("ACME", kind=kind), pki().firmware_signer("ACME", kind=kind)
    certificate = certificates_from_pem(signer.chain)[0]
    signature = sign_firmware(IMAGE, key_from_pem(signer.key))
    assert is_firmware_signature_valid(IMAGE, signature, certificate)
    assert not is_firmware_signature_valid(IMAGE + b"\0", signature, certificate)
    assert not is_firmware_signature_valid(IMAGE, sign_firmware(IMAGE, key_from_pem(other.key)), certificate)


@pytest.mark.parametrize("signature", ["", "no base64!", "ä", base64.b64encode(b"noise").decode()])
def test_a_malformed_signature_is_not_valid(signature):
    certificate = certificates_from_pem(pki().firmware_signer("ACME").chain)[0]
    assert not is_firmware_signature_valid(IMAGE, signature, certificate)


def test_a_signature_with_an_unsupported_key_type_is_not_valid():
    key, name = ed25519.Ed25519PrivateKey.generate(), subject("Firmware", "ACME")
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW).sign(key, None)
    signature = base64.b64encode(key.sign(IMAGE)).decode()
    assert not is_firmware_signature_valid(IMAGE, signature, certificate)
