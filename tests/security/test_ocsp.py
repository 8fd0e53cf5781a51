"""OCSP: data of requests, responses of the responder, and what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st
from tests.security.shared_pki import NOW, pki
from tests.security.test_v2g_pki import URL, v2g_pki

from plugfest.security.certificates import HashAlgorithm, certificate_hash, certificates_from_pem
from plugfest.security.ocsp import (
    VALIDITY,
    InvalidOcspResponse,
    OcspResponder,
    ocsp_data,
    ocsp_request,
    read_ocsp_response,
    responder_url,
)
from plugfest.security.v2g_pki import V2gPki


def chain_of(pem: str):
    return certificates_from_pem(pem)


def data_of(contract_chain: str):
    return ocsp_data(chain_of(contract_chain), [v2g_pki().root.certificate])


def test_the_data_of_a_chain_has_every_certificate_with_its_issuer():
    pki = v2g_pki()
    chain = chain_of(pki.contract("X").chain)
    issuers = (pki.sub_ca_2, pki.sub_ca_1, pki.root)
    expected = [certificate_hash(one, issuer.certificate) for one, issuer in zip(chain, issuers, strict=True)]
    data = ocsp_data(chain, [pki.root.certificate])
    assert [each.hashes for each in data] == expected
    assert {each.responder_url for each in data} == {URL}


def test_a_certificate_without_a_known_issuer_has_no_data():
    assert len(ocsp_data(chain_of(v2g_pki().contract("X").chain), [])) == 2


def test_a_certificate_without_a_responder_has_no_data():
    chain = chain_of(pki().station("SN-1").chain)
    assert responder_url(chain[0]) is None
    assert ocsp_data(chain, [pki().root.certificate]) == []


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_a_good_certificate_is_reported_as_good(algorithm):
    chain = chain_of(v2g_pki().contract("X").chain)
    for data, _ in ocsp_data(chain, [v2g_pki().root.certificate], algorithm):
        result = read_ocsp_response(v2g_pki().responder.respond(ocsp_request(data), NOW), data)
        assert result == ("good", NOW + VALIDITY)


def test_a_revoked_certificate_is_reported_as_revoked():
    revoking = V2gPki(NOW, "Revoking", URL)
    chain = chain_of(revoking.contract("X").chain)
    revoking.responder.revoke(chain[0], NOW - timedelta(days=1))
    leaf, authority, _ = (each.hashes for each in ocsp_data(chain, [revoking.root.certificate]))
    assert read_ocsp_response(revoking.responder.respond(ocsp_request(leaf), NOW), leaf).status == "revoked"
    assert read_ocsp_response(revoking.responder.respond(ocsp_request(authority), NOW), authority).status == "good"


def test_a_response_is_signed_by_the_issuer():
    data = data_of(v2g_pki().contract("X").chain)[0].hashes
    response = ocsp.load_der_ocsp_response(v2g_pki().responder.respond(ocsp_request(data), NOW))
    key = v2g_pki().sub_ca_2.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))


def test_a_responder_is_not_authorized_for_certificates_of_others():
    data = data_of(v2g_pki().contract("X").chain)[0].hashes
    response = OcspResponder({}).respond(ocsp_request(data), NOW)
    assert ocsp.load_der_ocsp_response(response).response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    with pytest.raises(InvalidOcspResponse, match="UNAUTHORIZED"):
        read_ocsp_response(response, data)


def test_a_response_about_another_certificate_is_refused():
    one, other, _ = (each.hashes for each in data_of(v2g_pki().contract("X").chain))
    with pytest.raises(InvalidOcspResponse, match="another certificate"):
        read_ocsp_response(v2g_pki().responder.respond(ocsp_request(one), NOW), other)


def test_a_request_with_a_negative_serial_number_is_answered_as_malformed():
    data = replace(data_of(v2g_pki().contract("X").chain)[0].hashes, serial_number="0102030405060708")
    der, number = ocsp_request(data), bytes(range(1, 9))
    assert der.count(number) == 1
    response = v2g_pki().responder.respond(der.replace(number, b"\x81" + number[1:]), NOW)
    assert ocsp.load_der_ocsp_response(response).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@given(st.binary(max_size=60))
def test_whatever_is_no_request_is_answered_as_malformed(request):
    response = v2g_pki().responder.respond(request, NOW)
    assert ocsp.load_der_ocsp_response(response).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@given(st.binary(max_size=60))
def test_whatever_is_no_response_is_refused(response):
    with pytest.raises(InvalidOcspResponse):
        read_ocsp_response(response, data_of(v2g_pki().contract("X").chain)[0].hashes)
