"""Chains: which are trusted, and for what reason the others are not."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from tests.security.shared_pki import NOW, pki

from plugfest.security.certificates import certificate_to_pem, certificates_from_pem
from plugfest.security.chains import ChainFault, UntrustedChain, verify_chain, verify_root
from plugfest.security.keys import KeyKind, new_key, subject
from plugfest.security.pki import Authority, Fault, TestPki

A_YEAR = timedelta(days=365)


def fault_of(chain, roots=None, now=NOW) -> ChainFault | None:
    try:
        verify_chain(certificates_from_pem(chain), [pki().root.certificate] if roots is None else roots, now)
    except UntrustedChain as error:
        return error.fault
    return None


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_a_chain_up_to_a_trusted_root_is_trusted(kind):
    ours = pki(kind=kind)
    for key in (ours.station("SN-1"), ours.csms("csms.example.com", "10.0.0.1"), ours.firmware_signer("ACME")):
        assert fault_of(key.chain, [ours.root.certificate]) is None


def test_a_chain_may_bring_its_root_along():
    assert fault_of(pki().station("SN-1").chain + pki().root_pem) is None


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (Fault.EXPIRED, ChainFault.EXPIRED),
        (Fault.NOT_YET_VALID, ChainFault.NOT_YET_VALID),
        (Fault.UNKNOWN_ISSUER, ChainFault.UNTRUSTED),
        (Fault.WRONG_KEY_USAGE, ChainFault.UNTRUSTED),
        (Fault.WEAK_KEY, ChainFault.WEAK_KEY),
    ],
)
def test_a_faulty_certificate_is_not_trusted_for_its_fault(fault, found):
    assert fault_of(pki().station("SN-1", fault=fault).chain) is found


def test_the_reason_is_one_line():
    with pytest.raises(UntrustedChain) as caught:
        verify_chain(certificates_from_pem(pki().station("SN-1", fault=Fault.EXPIRED).chain), [], NOW)
    assert str(caught.value) == "expired: SN-1"


def test_time_is_the_callers():
    chain = pki().station("SN-1").chain
    assert fault_of(chain, now=NOW + 11 * A_YEAR) is ChainFault.EXPIRED
    assert fault_of(chain, now=NOW - 11 * A_YEAR) is ChainFault.NOT_YET_VALID


def test_a_chain_without_its_sub_ca_is_not_trusted():
    leaf = pki().station("SN-1").chain.partition("-----END CERTIFICATE-----\n")
    assert fault_of("".join(leaf[:2])) is ChainFault.UNTRUSTED


def test_nothing_is_trusted_without_roots():
    assert fault_of(pki().station("SN-1").chain, roots=[]) is ChainFault.UNTRUSTED


def certify(issuer: Authority, name: str, *extensions: x509.ExtensionType) -> Authority:
    """A certificate by hand, with nothing in it that was not asked for."""
    key = new_key()
    builder = x509.CertificateBuilder(
        issuer.certificate.subject, subject(name, "ACME"), key.public_key(), 1, NOW, NOW + A_YEAR
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return Authority(builder.sign(issuer.key, hashes.SHA256()), key)


CA = x509.BasicConstraints(ca=True, path_length=None)
NO_CA = x509.BasicConstraints(ca=False, path_length=None)
ONLY_LISTS = x509.KeyUsage(False, False, False, False, False, False, True, False, False)
LAST_CA = x509.BasicConstraints(ca=True, path_length=0)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ([CA], [CA], None),
        ([NO_CA], [CA], ChainFault.UNTRUSTED),
        ([CA], [], ChainFault.UNTRUSTED),
        ([LAST_CA], [CA], ChainFault.UNTRUSTED),
        ([CA], [LAST_CA], None),
        ([CA], [CA, ONLY_LISTS], ChainFault.UNTRUSTED),
    ],
    ids=["two authorities", "no authority", "silent", "one too many", "just enough", "only for revocation lists"],
)
def test_only_an_authority_certifies_and_only_as_far_as_it_may(first, second, found):
    upper = certify(pki().root, "upper", *first)
    lower = certify(upper, "lower", *second)
    leaf = certify(lower, "SN-1", NO_CA)
    chain = "".join(certificate_to_pem(link.certificate) for link in (leaf, lower, upper))
    assert fault_of(chain) is found


def root_fault(root, now=NOW, replaces=None) -> ChainFault | None:
    try:
        verify_root(root, now, replaces=replaces)
    except UntrustedChain as error:
        return error.fault
    return None


def test_a_root_that_signs_itself_may_be_installed():
    assert root_fault(pki().root.certificate) is None


def test_a_sub_ca_may_be_installed_as_a_root():
    assert root_fault(pki().sub_ca.certificate) is None


def test_a_root_that_is_out_of_date_may_not():
    assert root_fault(pki().root.certificate, now=NOW + 11 * A_YEAR) is ChainFault.EXPIRED


def test_a_leaf_may_not_be_installed_as_a_root():
    assert root_fault(certificates_from_pem(pki().station("SN-1").chain)[0]) is ChainFault.NO_AUTHORITY


def test_a_certificate_without_basic_constraints_is_no_authority():
    key, name = new_key(), subject("Old", "ACME")
    plain = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + A_YEAR).sign(key, hashes.SHA256())
    assert root_fault(plain) is ChainFault.NO_AUTHORITY


def test_a_weak_root_may_not_be_installed():
    assert root_fault(TestPki(NOW, kind=KeyKind.RSA_1024).root.certificate) is ChainFault.WEAK_KEY


def test_with_the_additional_check_a_root_must_be_signed_by_the_one_that_it_replaces():
    successor = pki(successor_of=pki()).root.certificate
    unrelated = pki(organization="Stranger").root.certificate
    assert root_fault(successor, replaces=pki().root.certificate) is None
    assert root_fault(unrelated, replaces=pki().root.certificate) is ChainFault.WRONG_SIGNATURE
    assert root_fault(pki().root.certificate, replaces=unrelated) is ChainFault.WRONG_SIGNATURE


def test_a_root_with_the_name_but_not_the_key_of_its_issuer_is_refused():
    first, second = TestPki(NOW), TestPki(NOW)
    assert root_fault(TestPki(NOW, successor_of=first).root.certificate, replaces=second.root.certificate) is (
        ChainFault.WRONG_SIGNATURE
    )
