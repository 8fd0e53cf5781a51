"""Which certificate the data of a message are about, as far as the lab has issued or installed it."""

from collections.abc import Sequence

from cryptography import x509

from plugfest.lab.rules.evidence import Evidence, once
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import CertificateHash, HashAlgorithm, InvalidCertificate, certificates_from_pem
from plugfest.security.ocsp import ocsp_data, responder_url


def requested_hash(data: t.OCSPRequestDataType) -> CertificateHash:
    """The hashes in the data of an OCSP request, in lower case."""
    return CertificateHash(
        HashAlgorithm(data.hash_algorithm),
        data.issuer_name_hash.lower(),
        data.issuer_key_hash.lower(),
        data.serial_number.lower().lstrip("0"),
    )


@once
def installed_roots(evidence: Evidence) -> list[x509.Certificate]:
    """The root certificates that the lab has installed in the case."""
    requests = (each.request for each in evidence.lab_requests)
    installed = (each for each in requests if isinstance(each, m.InstallCertificateRequest))
    return [certificate for each in installed for certificate in readable(each.certificate)]


def readable(pem: str) -> list[x509.Certificate]:
    """The certificates in a text; none if it cannot be read."""
    try:
        return certificates_from_pem(pem)
    except InvalidCertificate:
        return []


def is_chain(text: str, chain: str) -> bool:
    """Whether a text is this chain in PEM, in the same order. Other text beside it is ignored (RFC 7468)."""
    return readable(text) == certificates_from_pem(chain)


def is_about(data: t.OCSPRequestDataType, chain: str, roots: Sequence[x509.Certificate]) -> bool:
    """Whether data for OCSP are about a certificate of this chain. Of one whose issuer is not known: its number."""
    certificates = certificates_from_pem(chain)
    asked = requested_hash(data)
    known = {each.hashes.serial_number: each for each in ocsp_data(certificates, roots, asked.hash_algorithm)}
    if asked.serial_number in known:
        return (asked, data.responder_url) == tuple(known[asked.serial_number])
    others = {f"{one.serial_number:x}": responder_url(one) for one in certificates}
    return others.get(asked.serial_number) == data.responder_url
