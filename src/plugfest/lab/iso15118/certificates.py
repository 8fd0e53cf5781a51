"""The PKIs of ISO 15118 that the lab has: that of the V2G root and that of a mobility operator, and a contract."""

import base64
from functools import cached_property
from typing import Final

from plugfest import clock
from plugfest.security.certificates import CertificateHash
from plugfest.security.keys import CertifiedKey
from plugfest.security.ocsp import InvalidOcspResponse, ocsp_request, read_ocsp_response
from plugfest.security.v2g_pki import V2gPki

OCSP_RESPONDER: Final = "http://ocsp.plugfest.invalid"
"""The address in the certificates. Only the CSMS of the lab needs it: a station asks the CSMS (M06)."""


class Iso15118Certificates:
    """The certificates for plug and charge, each generated when it is needed. `emaid`: of the contract."""

    def __init__(self, emaid: str) -> None:
        self.emaid = emaid

    @cached_property
    def v2g(self) -> V2gPki:
        """The PKI that issues the certificates of charging stations."""
        return V2gPki(clock.SystemClock().now(), "Plugfest V2G", f"{OCSP_RESPONDER}/v2g")

    @cached_property
    def mobility_operator(self) -> V2gPki:
        """The PKI that issues contracts."""
        return V2gPki(clock.SystemClock().now(), "Plugfest MO", f"{OCSP_RESPONDER}/mo")

    @cached_property
    def contract(self) -> CertifiedKey:
        """A valid contract, issued by the mobility operator."""
        return self.mobility_operator.contract(self.emaid)

    def ocsp_result(self, data: CertificateHash) -> str | None:
        """The answer of the OCSP responder about a certificate, in base64.

        None if it does not know the issuer, or if the hashes cannot be those of a certificate.
        """
        try:
            request = ocsp_request(data)
        except ValueError:
            return None
        for pki in (self.v2g, self.mobility_operator):
            response = pki.responder.respond(request, clock.utc_now())
            try:
                read_ocsp_response(response, data)
            except InvalidOcspResponse:
                continue
            return base64.b64encode(response).decode()
        return None
