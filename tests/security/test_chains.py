"""Chains: which are trusted, and why the others are not."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from tests.security.shared_pki import NOW, pki

from plugfest.security.certificates import certificate_to_pem, certificates_from_pem
from plugfest.security.chains import ChainFault, UntrustedChain, verify_chain, verify_root
from plugfest.security.keys import KeyKind, new_key, subject
from plugfest.security.pki import CA_KEY_USAGE, EC_KEY_USAGE, Authority, CertificateFault, TestPki

A_YEAR = timedelta(days=365)

SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")
"""The object identifier of the signature algorithm."""


def fault_of(chain, roots=None, now=NOW) -> ChainFault | None:
    try:
        verify_chain(certificates_from_pem(chain), [pki().root.certificate] if roots is None else roots, now)
    except UntrustedChain as error:
        return error.fault
    return None


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_a_chain_up_to_a_trusted_root_is_trusted(kind):
    own_pki = pki(kind=kind)
    for key in (own_pki.station("SN-1"), own_pki.csms("csms.example.com", "10.0.0.1"), own_pki.firmware_signer("ACME")):
        assert fault_of(key.chain, [own_pki.root.certificate]) is None


def test_a_chain_may_include_its_root():
    assert fault_of(pki().station("SN-1").chain + pki().root_pem) is None


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (CertificateFault.EXPIRED, ChainFault.EXPIRED),
        (CertificateFault.NOT_YET_VALID, ChainFault.NOT_YET_VALID),
        (CertificateFault.UNKNOWN_ISSUER, ChainFault.UNTRUSTED),
        (CertificateFault.WRONG_KEY_USAGE, ChainFault.UNTRUSTED),
        (CertificateFault.WEAK_KEY, ChainFault.WEAK_KEY),
    ],
)
def test_a_faulty_certificate_is_refused_for_its_fault(fault, found):
    assert fault_of(pki().station("SN-1", fault=fault).chain) is found


def test_the_reason_is_one_line():
    with pytest.raises(UntrustedChain) as caught:
        verify_chain(certificates_from_pem(pki().station("SN-1", fault=CertificateFault.EXPIRED).chain), [], NOW)
    assert str(caught.value) == "expired: SN-1"


def test_the_time_is_an_argument():
    chain = pki().station("SN-1").chain
    assert fault_of(chain, now=NOW + 11 * A_YEAR) is ChainFault.EXPIRED
    assert fault_of(chain, now=NOW - 11 * A_YEAR) is ChainFault.NOT_YET_VALID


def test_a_chain_without_its_sub_ca_is_not_trusted():
    leaf = pki().station("SN-1").chain.partition("-----END CERTIFICATE-----\n")
    assert fault_of("".join(leaf[:2])) is ChainFault.UNTRUSTED


def test_nothing_is_trusted_without_roots():
    assert fault_of(pki().station("SN-1").chain, roots=[]) is ChainFault.UNTRUSTED


def certify(issuer: Authority, name: str, *extensions: x509.ExtensionType) -> Authority:
    """A certificate with no extensions but these."""
    key = new_key()
    builder = x509.CertificateBuilder(
        issuer.certificate.subject, subject(name, "ACME"), key.public_key(), 1, NOW, NOW + A_YEAR
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return Authority(builder.sign(issuer.key, hashes.SHA256()), key)


CA = x509.BasicConstraints(ca=True, path_length=None)
NO_CA = x509.BasicConstraints(ca=False, path_length=None)
ONLY_CRL_SIGN = x509.KeyUsage(False, False, False, False, False, False, True, False, False)
LAST_CA = x509.BasicConstraints(ca=True, path_length=0)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ([CA], [CA], None),
        ([NO_CA], [CA], ChainFault.UNTRUSTED),
        ([CA], [], ChainFault.UNTRUSTED),
        ([LAST_CA], [CA], ChainFault.UNTRUSTED),
        ([CA], [LAST_CA], None),
        ([CA], [CA, ONLY_CRL_SIGN], ChainFault.UNTRUSTED),
    ],
    ids=["two CAs", "not a CA", "no constraints", "path too long", "path long enough", "only CRL signing"],
)
def test_only_a_ca_signs_certificates_within_its_path_length(first, second, found):
    upper = certify(pki().root, "upper", *first)
    lower = certify(upper, "lower", *second)
    leaf = certify(lower, "SN-1", NO_CA)
    chain = "".join(certificate_to_pem(each.certificate) for each in (leaf, lower, upper))
    assert fault_of(chain) is found


def root_fault(root, now=NOW, replaces=None) -> ChainFault | None:
    try:
        verify_root(root, now, replaces=replaces)
    except UntrustedChain as error:
        return error.fault
    return None


def test_a_self_signed_root_may_be_installed():
    assert root_fault(pki().root.certificate) is None


# Made by OpenSSL: the library that the tests use does not make them.
SERIAL_NUMBER_OF_21_BYTES = """-----BEGIN CERTIFICATE-----
MIIBdjCCARygAwIBAgIVAQIDBAUGBwgJEBESExQVFhcYGSAhMAoGCCqGSM49BAMC
MA8xDTALBgNVBAMMBFJvb3QwIBcNMjYxMTI5MTgxMzI3WhgPMjEyNjExMDUxODEz
MjdaMA8xDTALBgNVBAMMBFJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASW
L1W3QlXgQU2liEjbf0DqTcIBhaxefeB7DQQFIsp/iP0CN6H2u2Npegqlk6bokxK7
3WsR2lKF2h2Txr5kQ3Z5o1MwUTAdBgNVHQ4EFgQU4q+V5U1L0Gn3SUeMBDYft6f3
mfcwHwYDVR0jBBgwFoAU4q+V5U1L0Gn3SUeMBDYft6f3mfcwDwYDVR0TAQH/BAUw
AwEB/zAKBggqhkjOPQQDAgNIADBFAiBfHBM7D39zV04sC3ejC5RUI4LMS68Bbmzk
NSr7kKB4NAIhAKArx4DK1wUOkpYIZEgJ8CxTfIK0oLqY9+7WbocyUDtA
-----END CERTIFICATE-----"""
NEGATIVE_SERIAL_NUMBER = """-----BEGIN CERTIFICATE-----
MIIBYzCCAQigAwIBAgIB+zAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARSb290MCAX
DTI2MTEyOTE4MTMyN1oYDzIxMjYxMTA1MTgxMzI3WjAPMQ0wCwYDVQQDDARSb290
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9zK/WFLpte/4PlCvHRXx3bZU0K8t
VQEIPCLBekArzG+vchH+Z6PLOFYij4/pltw6EJDTjCNDXVQAUMtk1MlZtKNTMFEw
HQYDVR0OBBYEFKhu5cGVluCptUaPn0YQCSZ3gbkvMB8GA1UdIwQYMBaAFKhu5cGV
luCptUaPn0YQCSZ3gbkvMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAw
RgIhAK57/qOVLt8sBTaaZwYxu7vGx2Qa224fkA8ZLi0RBbAtAiEAlCcl4mFBmQsP
SmwhdqtWtkr5yTJDuGHYPW9sqILRhwE=
-----END CERTIFICATE-----"""


@pytest.mark.parametrize("pem", [SERIAL_NUMBER_OF_21_BYTES, NEGATIVE_SERIAL_NUMBER], ids=["long", "negative"])
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_root_whose_serial_number_cannot_be_reported_is_not_installed(pem):
    (root,) = certificates_from_pem(pem)
    assert root_fault(root) is ChainFault.SERIAL_NUMBER


def test_a_sub_ca_may_be_installed_as_a_root():
    assert root_fault(pki().sub_ca.certificate) is None


def test_an_expired_root_may_not_be_installed():
    assert root_fault(pki().root.certificate, now=NOW + 11 * A_YEAR) is ChainFault.EXPIRED


def test_a_leaf_may_not_be_installed_as_a_root():
    assert root_fault(certificates_from_pem(pki().station("SN-1").chain)[0]) is ChainFault.NOT_A_CA


def test_a_certificate_without_basic_constraints_is_not_a_ca():
    key, name = new_key(), subject("Old", "ACME")
    plain = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + A_YEAR).sign(key, hashes.SHA256())
    assert root_fault(plain) is ChainFault.NOT_A_CA


def root_with(usage: x509.KeyUsage) -> Authority:
    key, name = new_key(), subject("Root", "ACME")
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + A_YEAR)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return Authority(builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()), key)


def test_a_root_whose_key_is_not_for_signing_certificates_is_neither_installed_nor_trusted():
    root = root_with(EC_KEY_USAGE)
    with pytest.raises(UntrustedChain, match=r"^not a CA certificate: Root has a key that is not for signing certif"):
        verify_root(root.certificate, NOW)
    leaf = certify(root, "Leaf", x509.BasicConstraints(ca=False, path_length=None))
    assert fault_of(certificate_to_pem(leaf.certificate), [root.certificate]) is ChainFault.UNTRUSTED
    assert root_fault(root_with(CA_KEY_USAGE).certificate) is None


@pytest.mark.parametrize(("algorithm", "name"), [(4, "MD5"), (5, "SHA1")])
def test_a_root_signed_with_a_weak_hash_may_not_be_installed(algorithm, name):
    root = weakly_signed(pki(kind=KeyKind.RSA_2048), algorithm)
    with pytest.raises(UntrustedChain, match=f"^weak signature algorithm: .* is signed with {name}$"):
        verify_root(root, NOW)


def weakly_signed(of: TestPki, algorithm: int) -> x509.Certificate:
    """The root, signed with PKCS #1 and another hash algorithm: the last byte of its object identifier."""
    certificate = of.root.certificate
    builder = x509.CertificateBuilder(
        certificate.issuer, certificate.subject, certificate.public_key(), 1, NOW, NOW + A_YEAR
    ).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    der = builder.sign(of.root.key, hashes.SHA256()).public_bytes(Encoding.DER)
    assert der.count(SHA256_WITH_RSA) == 2
    return x509.load_der_x509_certificate(der.replace(SHA256_WITH_RSA, SHA256_WITH_RSA[:-1] + bytes([algorithm])))


def test_a_weak_root_may_not_be_installed():
    assert root_fault(TestPki(NOW, kind=KeyKind.RSA_1024).root.certificate) is ChainFault.WEAK_KEY


def test_with_the_additional_check_a_root_must_be_signed_by_the_one_that_it_replaces():
    successor = pki(successor_of=pki()).root.certificate
    unrelated = pki(organization="Unrelated").root.certificate
    assert root_fault(successor, replaces=pki().root.certificate) is None
    assert root_fault(unrelated, replaces=pki().root.certificate) is ChainFault.WRONG_SIGNATURE
    assert root_fault(pki().root.certificate, replaces=unrelated) is ChainFault.WRONG_SIGNATURE


def test_a_root_signed_with_another_key_of_the_same_name_is_refused():
    first, second = TestPki(NOW), TestPki(NOW)
    assert root_fault(TestPki(NOW, successor_of=first).root.certificate, replaces=second.root.certificate) is (
        ChainFault.WRONG_SIGNATURE
    )
