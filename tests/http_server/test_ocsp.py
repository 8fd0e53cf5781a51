"""An OCSP responder that is asked over HTTP."""

import base64
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest
from cryptography.x509 import ocsp
from tests.security.shared_pki import NOW

from plugfest.clock import run_simulated
from plugfest.http_server.ocsp import REQUEST_TYPE, RESPONSE_TYPE, ocsp_application
from plugfest.security.certificates import CertificateHash, certificates_from_pem
from plugfest.security.ocsp import ocsp_data, ocsp_request, read_ocsp_response
from plugfest.security.v2g_pki import V2gPki

PKI = V2gPki(NOW, "V2G", "http://responder.invalid/v2g")
GOOD, REVOKED = (certificates_from_pem(PKI.contract(name).chain) for name in ("GOOD", "REVOKED"))
PKI.responder.revoke(REVOKED[0], NOW - timedelta(days=1))
UNKNOWN = certificates_from_pem(
    V2gPki(NOW, "V2G", "http://responder.invalid/v2g", PKI.authorities).contract("UNKNOWN").chain
)
"""Issued by the same CA, but not known to the responder."""

POST, GET = "POST", "GET"


def data_of(chain) -> CertificateHash:
    return ocsp_data(chain, [PKI.root.certificate])[0].hashes


def ask(method: str, request: bytes, content_type: str = REQUEST_TYPE) -> httpx.Response:
    async def exchange() -> httpx.Response:
        application = ocsp_application({"/v2g": lambda der: PKI.responder.respond(der, NOW)})
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://responder.invalid") as client:
            if method == POST:
                return await client.post("/v2g", content=request, headers={"Content-Type": content_type})
            return await client.get("/v2g/" + quote(base64.b64encode(request), safe=""))

    return run_simulated(exchange())


@pytest.mark.parametrize("method", [POST, GET])
@pytest.mark.parametrize(("chain", "status"), [(GOOD, "good"), (REVOKED, "revoked"), (UNKNOWN, "unknown")])
def test_the_status_of_a_certificate_is_answered(method, chain, status):
    answer = ask(method, ocsp_request(data_of(chain)))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, RESPONSE_TYPE)
    assert read_ocsp_response(answer.content, data_of(chain)).status == status


@pytest.mark.parametrize("method", [POST, GET])
def test_whatever_is_no_request_is_answered_as_malformed(method):
    response = ocsp.load_der_ocsp_response(ask(method, b"no request").content)
    assert response.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_a_post_of_another_type_is_refused():
    answer = ask(POST, ocsp_request(data_of(GOOD)), "application/json")
    assert answer.status_code == 415
    assert REQUEST_TYPE in answer.text
