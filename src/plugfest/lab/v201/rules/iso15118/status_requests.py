"""The status of V2G certificates is requested with the data of the certificates that the lab has issued (M06)."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.iso15118.known_certificates import installed_roots, readable, requested_hash
from plugfest.ocpp.v201 import messages as m
from plugfest.security.certificates import HashAlgorithm
from plugfest.security.ocsp import OcspData, ocsp_data


def status_request_rule() -> Rule:
    """The rule for one campaign."""
    return Rule("data of GetCertificateStatusRequest", "M06.FR.06, M06.FR.07", _Issued().judge)


class _Issued:
    """The certificates that the lab has issued in the campaign, for SECCs. Others are of another CSMS."""

    def __init__(self) -> None:
        self._data: set[OcspData] = set()

    def judge(self, evidence: Evidence) -> Iterator[Violation]:
        for exchange in evidence.lab_requests:
            request = exchange.request
            if isinstance(request, m.CertificateSignedRequest):  # only those of a V2G PKI name a responder
                chain = readable(request.certificate_chain)
                for algorithm in HashAlgorithm:
                    self._data.update(ocsp_data(chain, installed_roots(evidence), algorithm))
        for sent in evidence.sent(m.GetCertificateStatusRequest):
            data = sent.message.ocsp_request_data
            asked = OcspData(requested_hash(data), data.responder_url)
            if asked not in self._data and any(_is_like(asked, each) for each in self._data):
                expected = "GetCertificateStatusRequest.ocspRequestData of one certificate"
                yield Violation(expected, f"serialNumber {data.serial_number}", sent.frame)


def _is_like(asked: OcspData, issued: OcspData) -> bool:
    """Whether some of the data are those of a certificate of the lab: its number, its issuer or its responder."""
    return (
        asked.hashes.serial_number == issued.hashes.serial_number
        or asked.hashes.issuer_key_hash == issued.hashes.issuer_key_hash
        or asked.hashes.issuer_name_hash == issued.hashes.issuer_name_hash
        or asked.responder_url == issued.responder_url
    )
