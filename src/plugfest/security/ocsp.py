"""OCSP (RFC 6960): the data of a request as OCPP sends it, requests and responses in DER, and a responder for tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from plugfest.security.certificates import (
    HASHES,
    UNREADABLE,
    CertificateHash,
    HashAlgorithm,
    certificate_hash,
    with_issuers,
)
from plugfest.security.keys import PrivateKey

VALIDITY: Final = timedelta(days=7)
"""How long a response of the responder for tests is valid."""

_STATUSES: Final = {
    ocsp.OCSPCertStatus.GOOD: "good",
    ocsp.OCSPCertStatus.REVOKED: "revoked",
    ocsp.OCSPCertStatus.UNKNOWN: "unknown",
}


class OcspData(NamedTuple):
    """What an OCSP request about a certificate needs (OCSPRequestDataType)."""

    hashes: CertificateHash
    responder_url: str


class OcspResult(NamedTuple):
    """The content of an OCSP response: "good", "revoked" or "unknown", and when a newer response is available."""

    status: str
    next_update: datetime | None


class InvalidOcspResponse(ValueError):
    """Not an OCSP response, or not one about the certificate."""


def responder_url(certificate: x509.Certificate) -> str | None:
    """The address of the OCSP responder that a certificate names (authorityInfoAccess, RFC 5280 section 4.2.2.1)."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return None
    locations = (
        each.access_location.value
        for each in access
        if each.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(each.access_location, x509.UniformResourceIdentifier)
    )
    return next(locations, None)


def ocsp_data(
    chain: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    algorithm: HashAlgorithm = HashAlgorithm.SHA256,
) -> list[OcspData]:
    """The data for each certificate of a chain, leaf first, that names a responder and whose issuer is known.

    The issuer of the last certificate of the chain is one of the roots.
    """
    return [
        OcspData(certificate_hash(certificate, issuer, algorithm), url)
        for certificate, issuer in with_issuers(chain, roots)
        if (url := responder_url(certificate)) is not None
    ]


def ocsp_request(data: CertificateHash) -> bytes:
    """An OCSP request in DER. Raises ValueError if the hashes are not hexadecimal, or of another algorithm."""
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        bytes.fromhex(data.issuer_name_hash),
        bytes.fromhex(data.issuer_key_hash),
        int(data.serial_number, 16),
        HASHES[data.hash_algorithm],
    )
    return builder.build().public_bytes(serialization.Encoding.DER)


def read_ocsp_response(response: bytes, data: CertificateHash) -> OcspResult:
    """The content of a response in DER about this certificate. The EV, which relies on it, verifies its signature.

    Raises InvalidOcspResponse.
    """
    try:
        read = ocsp.load_der_ocsp_response(response)
        if read.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise InvalidOcspResponse(f"the status of the response is {read.response_status.name}")
        if read.serial_number != int(data.serial_number, 16):
            raise InvalidOcspResponse("the response is about another certificate")
        return OcspResult(_STATUSES[read.certificate_status], read.next_update_utc)
    except InvalidOcspResponse:
        raise
    except UNREADABLE as error:
        raise InvalidOcspResponse("not an OCSP response in DER") from error


class OcspResponder:
    """Answers OCSP requests about the certificates of some CAs: what was added is good until it is revoked."""

    def __init__(self, authorities: Mapping[x509.Certificate, PrivateKey]) -> None:
        self._authorities = dict(authorities)
        self._issued: set[int] = set()
        self._revoked: dict[int, datetime] = {}

    def add(self, certificate: x509.Certificate) -> None:
        """One of the CAs has issued this certificate. Any other is unknown (RFC 6960 section 2.2)."""
        self._issued.add(certificate.serial_number)

    def revoke(self, certificate: x509.Certificate, at: datetime) -> None:
        """From now on, the certificate is revoked."""
        self._revoked[certificate.serial_number] = at

    def respond(self, request: bytes, now: datetime) -> bytes:
        """The response in DER, signed by the CA that has issued the certificate.

        A request that cannot be read is answered malformedRequest, one about the certificate of another CA
        unauthorized (RFC 6960 section 2.3).
        """
        try:
            asked = ocsp.load_der_ocsp_request(request)
            algorithm = asked.hash_algorithm
        except UNREADABLE:
            return _refused(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        for authority, key in self._authorities.items():
            if _is_issuer(authority, asked):
                try:
                    return self._signed(asked, algorithm, authority, key, now)
                except ValueError:  # a negative serial number, a hash that is not one of the algorithm
                    return _refused(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        return _refused(ocsp.OCSPResponseStatus.UNAUTHORIZED)

    def _signed(
        self,
        asked: ocsp.OCSPRequest,
        algorithm: hashes.HashAlgorithm,
        authority: x509.Certificate,
        key: PrivateKey,
        now: datetime,
    ) -> bytes:
        revoked_at = self._revoked.get(asked.serial_number)
        time = now.astimezone(UTC)
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            asked.issuer_name_hash,
            asked.issuer_key_hash,
            asked.serial_number,
            algorithm,
            self._status(asked.serial_number),
            time,
            time + VALIDITY,
            revoked_at,
            None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, authority)
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _status(self, serial_number: int) -> ocsp.OCSPCertStatus:
        if serial_number in self._revoked:
            return ocsp.OCSPCertStatus.REVOKED
        return ocsp.OCSPCertStatus.GOOD if serial_number in self._issued else ocsp.OCSPCertStatus.UNKNOWN


def _is_issuer(authority: x509.Certificate, asked: ocsp.OCSPRequest) -> bool:
    name = hashes.Hash(asked.hash_algorithm)
    name.update(authority.subject.public_bytes())
    return name.finalize() == asked.issuer_name_hash


def _refused(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(serialization.Encoding.DER)
