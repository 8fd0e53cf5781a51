"""The PKI for tests: its certificates meet the requirements of OCPP, except for a requested fault."""

import base64
import ipaddress
from datetime import timedelta

import pytest
from cryptography import x509
from tests.security.shared_pki import NOW, pki

from plugfest.security.certificates import certificates_from_pem, common_name, organization
from plugfest.security.keys import KeyKind, key_from_pem, new_key, signing_request, subject
from plugfest.security.pki import CertificateFault


def leaf(chain: str) -> x509.Certificate:
    return certificates_from_pem(chain)[0]


def usage(certificate: x509.Certificate) -> x509.KeyUsage:
    return certificate.extensions.get_extension_for_class(x509.KeyUsage).value


def test_a_csms_certificate_has_its_hosts():
    certificate = leaf(pki().csms("csms.example.com", "10.0.0.1").chain)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert common_name(certificate) == "csms.example.com"
    assert names.get_values_for_type(x509.DNSName) == ["csms.example.com"]
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("10.0.0.1")]


def test_a_station_certificate_has_its_serial_number_and_no_host():
    certificate = leaf(pki().station("SN-1", organization="ACME").chain)
    assert (common_name(certificate), organization(certificate)) == ("SN-1", "ACME")
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_certificates_restrict_the_key_but_not_its_extended_usage(kind):
    certificate = leaf(pki().station("SN-1", kind=kind).chain)
    assert usage(certificate).digital_signature
    assert usage(certificate).key_encipherment is (kind is KeyKind.RSA_2048)
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def test_a_key_matches_its_certificate():
    key = pki().station("SN-1")
    assert key_from_pem(key.key).public_key() == leaf(key.chain).public_key()


def test_every_certificate_is_newer_than_the_one_before():
    starts = [leaf(pki().station("SN-1").chain).not_valid_before_utc for _ in range(3)]
    assert starts == sorted(set(starts))


def test_a_signing_request_is_signed():
    key = new_key()
    chain = certificates_from_pem(pki().sign(signing_request(key, subject("SN-1", "ACME"))))
    assert common_name(chain[0]) == "SN-1"
    assert chain[0].public_key() == key.public_key()
    assert chain[1] == pki().sub_ca.certificate


def test_a_certificate_may_have_a_given_start():
    begin = NOW + timedelta(hours=1)
    chain = pki().sign(signing_request(new_key(), subject("SN-1", "ACME")), valid_from=begin)
    assert leaf(chain).not_valid_before_utc == begin


def test_a_signing_request_with_an_invalid_signature_is_refused():
    lines = signing_request(new_key(), subject("SN-1", "ACME")).splitlines()
    der = bytearray(base64.b64decode("".join(lines[1:-1])))
    der[-1] ^= 1
    broken = f"{lines[0]}\n{base64.b64encode(der).decode()}\n{lines[-1]}\n"
    with pytest.raises(ValueError, match="not signed with its own key"):
        pki().sign(broken)


@pytest.mark.parametrize(
    ("fault", "is_faulty"),
    [
        (CertificateFault.EXPIRED, lambda certificate: certificate.not_valid_after_utc < NOW),
        (CertificateFault.NOT_YET_VALID, lambda certificate: certificate.not_valid_before_utc > NOW),
        (CertificateFault.WRONG_NAME, lambda certificate: common_name(certificate) != "SN-1"),
        (CertificateFault.UNKNOWN_ISSUER, lambda certificate: certificate.issuer != pki().sub_ca.certificate.subject),
        (CertificateFault.WRONG_KEY_USAGE, lambda certificate: not usage(certificate).digital_signature),
        (CertificateFault.WEAK_KEY, lambda certificate: certificate.public_key().key_size == 1024),
    ],
)
def test_only_the_requested_certificate_has_the_fault(fault, is_faulty):
    assert is_faulty(leaf(pki().station("SN-1", fault=fault).chain))
    assert not is_faulty(leaf(pki().station("SN-1").chain))


def test_a_successor_is_signed_by_the_root_that_it_replaces():
    pki(successor_of=pki()).root.certificate.verify_directly_issued_by(pki().root.certificate)


def test_the_root_signs_the_firmware_signing_certificate_directly():
    manufacturer = pki()
    (certificate,) = certificates_from_pem(manufacturer.firmware_signer("ACME", kind=KeyKind.RSA_2048).chain)
    certificate.verify_directly_issued_by(manufacturer.root.certificate)
    assert organization(certificate) == "ACME"


def test_an_invalid_firmware_signing_certificate_is_for_the_key_of_the_valid_one_unless_its_key_is_weak():
    manufacturer = pki()
    valid = manufacturer.firmware_signer("ACME", kind=KeyKind.RSA_2048)
    key = key_from_pem(valid.key)
    expired, weak = (
        manufacturer.firmware_signer("ACME", key=key, fault=fault)
        for fault in (CertificateFault.EXPIRED, CertificateFault.WEAK_KEY)
    )
    assert leaf(expired.chain).public_key() == leaf(valid.chain).public_key()
    assert leaf(weak.chain).public_key().key_size == 1024


def test_a_bad_root_is_an_expired_ca():
    root = pki().bad_root(CertificateFault.EXPIRED)
    root.verify_directly_issued_by(root)
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert root.not_valid_after_utc < NOW
