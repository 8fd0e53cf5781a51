"""The PKI of ISO 15118 for tests: chains that verify, keys and responders as ISO 15118-2 requires."""

import functools

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.security.shared_pki import NOW

from plugfest.security.certificates import certificates_from_pem, common_name
from plugfest.security.chains import ChainFault, UntrustedChain, verify_chain, verify_root
from plugfest.security.keys import key_from_pem, new_key, signing_request, subject
from plugfest.security.ocsp import responder_url
from plugfest.security.pki import CertificateFault
from plugfest.security.v2g_pki import V2gPki

URL = "http://127.0.0.1/ocsp"


@functools.cache
def v2g_pki(name: str = "V2G") -> V2gPki:
    return V2gPki(NOW, name, URL)


def test_a_contract_is_for_its_emaid_and_verifies_up_to_the_root():
    contract = v2g_pki().contract("DE-8AA-C12345678-X")
    chain = certificates_from_pem(contract.chain)
    assert common_name(chain[0]) == "DE-8AA-C12345678-X"
    assert chain[0].public_key() == key_from_pem(contract.key).public_key()
    assert len(chain) == 3
    verify_chain(chain, [v2g_pki().root.certificate], NOW)


def test_the_root_can_be_installed():
    verify_root(v2g_pki().root.certificate, NOW)


def test_every_certificate_below_the_root_names_the_responder():
    assert [responder_url(one) for one in certificates_from_pem(v2g_pki().contract("X").chain)] == [URL] * 3
    assert responder_url(v2g_pki().root.certificate) is None


def test_a_signed_request_has_its_subject_and_key():
    key = new_key()
    chain = certificates_from_pem(v2g_pki().sign(signing_request(key, subject("SECC-1", "Plugfest", "NL"))))
    assert chain[0].subject.rfc4514_string() == "CN=SECC-1,O=Plugfest,C=NL"
    assert chain[0].public_key() == key.public_key()
    assert isinstance(chain[0].public_key(), ec.EllipticCurvePublicKey)
    verify_chain(chain, [v2g_pki().root.certificate], NOW)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (CertificateFault.EXPIRED, ChainFault.EXPIRED),
        (CertificateFault.NOT_YET_VALID, ChainFault.NOT_YET_VALID),
    ],
)
def test_a_contract_may_have_a_fault(fault, expected):
    with pytest.raises(UntrustedChain) as error:
        verify_chain(
            certificates_from_pem(v2g_pki().contract("X", fault=fault).chain), [v2g_pki().root.certificate], NOW
        )
    assert error.value.fault is expected


def test_another_root_does_not_verify_a_contract():
    with pytest.raises(UntrustedChain):
        verify_chain(certificates_from_pem(v2g_pki().contract("X").chain), [v2g_pki("another").root.certificate], NOW)
