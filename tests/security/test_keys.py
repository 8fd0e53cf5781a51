"""Keys: which are strong enough, and certificate signing requests."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, x25519

from plugfest.security.keys import (
    CertifiedKey,
    KeyKind,
    key_from_pem,
    key_to_pem,
    new_key,
    signing_request,
    subject,
    weakness,
)


@pytest.mark.parametrize(
    ("kind", "bits"),
    [(KeyKind.EC_P256, 256), (KeyKind.EC_P384, 384), (KeyKind.RSA_2048, 2048), (KeyKind.RSA_3072, 3072)],
)
def test_generated_keys_are_strong_enough(kind, bits):
    key = new_key(kind)
    assert key.key_size == bits
    assert weakness(key.public_key()) is None


def test_an_rsa_key_needs_2048_bits():
    assert weakness(new_key(KeyKind.RSA_1024).public_key()) == "a key of 1024 bits; at least 2048 are required"


def test_a_dsa_key_needs_2048_bits():
    assert weakness(dsa.generate_private_key(1024).public_key()) == "a key of 1024 bits; at least 2048 are required"


def test_an_ec_key_needs_224_bits():
    assert (
        weakness(ec.generate_private_key(ec.SECP192R1()).public_key()) == "a key of 192 bits; at least 224 are required"
    )
    assert weakness(ec.generate_private_key(ec.SECP224R1()).public_key()) is None


def test_edwards_keys_are_strong_enough_and_other_kinds_are_not():
    assert weakness(ed25519.Ed25519PrivateKey.generate().public_key()) is None
    assert weakness(x25519.X25519PrivateKey.generate().public_key()) == "a key type that cannot sign"


def test_a_key_survives_a_round_trip_through_pem():
    for kind in (KeyKind.EC_P256, KeyKind.RSA_2048):
        key = new_key(kind)
        assert key_from_pem(key_to_pem(key)).private_numbers() == key.private_numbers()


@pytest.mark.parametrize("pem", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_an_invalid_key_is_refused(pem):
    with pytest.raises(ValueError, match=r"\S"):
        key_from_pem(pem)


def test_a_key_of_another_kind_is_refused():
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="neither an EC nor an RSA key"):
        key_from_pem(pem.decode())


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_a_signing_request_names_the_owner_and_proves_the_key(kind):
    key = new_key(kind)
    pem = signing_request(key, subject("SN-1", "ACME"))
    request = x509.load_pem_x509_csr(pem.encode())
    assert pem.startswith("-----BEGIN CERTIFICATE REQUEST-----")
    assert request.subject.rfc4514_string() == "CN=SN-1,O=ACME"
    assert request.public_key() == key.public_key()
    assert request.is_signature_valid
    assert isinstance(request.signature_hash_algorithm, hashes.SHA256)


def test_the_repr_of_a_certified_key_has_no_private_key():
    assert "secret" not in repr(CertifiedKey(chain="chain", key="secret"))
