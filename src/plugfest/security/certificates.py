"""X.509 certificates: reading, writing and the hashes that OCPP identifies them by."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

_BEGIN = "-----BEGIN CERTIFICATE-----"


UNREADABLE: Final = (
    ValueError,
    TypeError,
    NotImplementedError,  # an OCSP request about several certificates
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for certificates, requests and keys that it cannot read, some of them late."""


class InvalidCertificate(ValueError):
    """A text that is not a certificate in PEM, or not one that can be used."""


class HashAlgorithm(StrEnum):
    """The hash algorithms of OCPP (HashAlgorithmEnumType)."""

    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


HASHES: Final[dict[HashAlgorithm, hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    HashAlgorithm.SHA256: hashes.SHA256(),
    HashAlgorithm.SHA384: hashes.SHA384(),
    HashAlgorithm.SHA512: hashes.SHA512(),
}
"""The algorithms as the library has them."""


@dataclass(frozen=True)
class CertificateHash:
    """OCPP's CertificateHashDataType: hexadecimal in lower case, the serial number without leading zeroes."""

    hash_algorithm: HashAlgorithm
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str


def certificate_hash(
    certificate: x509.Certificate, issuer: x509.Certificate, algorithm: HashAlgorithm = HashAlgorithm.SHA256
) -> CertificateHash:
    """The hash data of a certificate (Part 2, 2.6). The issuer of a root is the root itself.

    An OCSP request has the same hashes (RFC 6960, 4.1.1). Raises ValueError if `issuer` is not the issuer that the
    certificate names.
    """
    request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, HASHES[algorithm]).build()
    return CertificateHash(
        algorithm, request.issuer_name_hash.hex(), request.issuer_key_hash.hex(), f"{request.serial_number:x}"
    )


def same_certificate(one: CertificateHash, other: CertificateHash) -> bool:
    """Whether both identify the same certificate, ignoring upper case and leading zeros."""
    return _normalized(one) == _normalized(other)


def _normalized(data: CertificateHash) -> tuple[str, ...]:
    number = data.serial_number.lower().lstrip("0")
    return data.hash_algorithm, data.issuer_name_hash.lower(), data.issuer_key_hash.lower(), number


def certificates_from_pem(pem: str) -> list[x509.Certificate]:
    """The certificates in a PEM text. Raises InvalidCertificate if there is none, or if one cannot be read."""
    return list(_decoded(pem))


@lru_cache(maxsize=256)
def _decoded(pem: str) -> tuple[x509.Certificate, ...]:
    # The texts of the library are long, and refer to its own documentation.
    try:
        certificates = x509.load_pem_x509_certificates(pem.encode())
    except UNREADABLE as error:
        problem = "a certificate cannot be decoded" if _BEGIN in pem else f"no line {_BEGIN}"
        raise InvalidCertificate(f"not a certificate in PEM: {problem}") from error
    for certificate in certificates:
        _check_readable(certificate)
    return tuple(certificates)


_PARTS: Final[dict[str, Callable[[x509.Certificate], object]]] = {
    "public key": lambda certificate: certificate.public_key(),
    "extensions": lambda certificate: certificate.extensions,
    "subject": lambda certificate: certificate.subject.rfc4514_string(),
    "issuer": lambda certificate: certificate.issuer.rfc4514_string(),
    "validity": lambda certificate: (certificate.not_valid_before_utc, certificate.not_valid_after_utc),
    "signature algorithm": lambda certificate: certificate.signature_hash_algorithm,
}
"""The parts of a certificate that the library decodes when they are used."""


def _check_readable(certificate: x509.Certificate) -> None:
    for part, read in _PARTS.items():
        try:
            read(certificate)
        except UNREADABLE as error:
            raise InvalidCertificate(f"the {part} of a certificate cannot be used") from error


def with_issuers(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> Iterator[tuple[x509.Certificate, x509.Certificate]]:
    """Each certificate of a chain, leaf first, with its issuers: the later ones and the roots of that name."""
    for position, certificate in enumerate(chain):
        for issuer in (*chain[position + 1 :], *roots):
            if issuer.subject == certificate.issuer:
                yield certificate, issuer


def certificate_to_pem(certificate: x509.Certificate) -> str:
    """The certificate in PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def common_name(certificate: x509.Certificate) -> str | None:
    """The commonName: the host of a CSMS, the serial number of a station (A00.FR.510, A00.FR.511)."""
    return _attribute(certificate, NameOID.COMMON_NAME)


def organization(certificate: x509.Certificate) -> str | None:
    """The organizationName (A00.FR.509)."""
    return _attribute(certificate, NameOID.ORGANIZATION_NAME)


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str | None:
    values = certificate.subject.get_attributes_for_oid(oid)
    return str(values[0].value) if values else None
