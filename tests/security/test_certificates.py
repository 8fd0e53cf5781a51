"""Certificates: their hashes, names and PEM."""

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from tests.security.shared_pki import NOW, pki

from plugfest.security.certificates import (
    HashAlgorithm,
    InvalidCertificate,
    certificate_hash,
    certificate_to_pem,
    certificates_from_pem,
    common_name,
    organization,
)
from plugfest.security.keys import new_key, subject


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_hashes_are_of_the_issuers_name_and_public_key_bits(algorithm):
    leaf, sub_ca = certificates_from_pem(pki().station("SN-1").chain)
    point = sub_ca.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    data = certificate_hash(leaf, sub_ca, algorithm)
    assert data.hash_algorithm is algorithm
    assert data.issuer_name_hash == hashlib.new(algorithm, sub_ca.subject.public_bytes()).hexdigest()
    assert data.issuer_key_hash == hashlib.new(algorithm, point).hexdigest()
    assert int(data.serial_number, 16) == leaf.serial_number


def test_a_root_is_its_own_issuer():
    root = pki().root.certificate
    assert certificate_hash(root, root).issuer_name_hash == hashlib.sha256(root.subject.public_bytes()).hexdigest()


def test_a_serial_number_has_no_leading_zeroes():
    key = new_key()
    name = subject("CA", "ACME")
    builder = x509.CertificateBuilder(name, name, key.public_key(), 0x0A0B, NOW, NOW)
    root = builder.sign(key, hashes.SHA256())
    assert certificate_hash(root, root).serial_number == "a0b"


def test_a_chain_is_read_in_its_order_and_written_unchanged():
    chain = pki().station("SN-1").chain
    certificates = certificates_from_pem(chain)
    assert [common_name(certificate) for certificate in certificates] == ["SN-1", "Plugfest Sub CA 1"]
    assert organization(certificates[0]) == "Plugfest"
    assert "".join(certificate_to_pem(certificate) for certificate in certificates) == chain


def test_a_missing_name_is_none():
    key = new_key()
    no_name = x509.Name([])
    certificate = x509.CertificateBuilder(no_name, no_name, key.public_key(), 1, NOW, NOW).sign(key, hashes.SHA256())
    assert common_name(certificate) is None
    assert organization(certificate) is None


@pytest.mark.parametrize(
    ("pem", "problem"),
    [
        ("", "no line -----BEGIN CERTIFICATE-----"),
        ("nothing", "no line -----BEGIN CERTIFICATE-----"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "a certificate cannot be decoded"),
        ("-----BEGIN CERTIFICATE-----", "a certificate cannot be decoded"),
    ],
)
def test_an_invalid_certificate_is_refused_in_one_line(pem, problem):
    with pytest.raises(InvalidCertificate, match=f"^not a certificate in PEM: {problem}$"):
        certificates_from_pem(pem)
