"""Which root certificates a station takes (M05), and which one a hash means (M03, M04). Pure rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from cryptography import x509

from plugfest.security.certificates import (
    CertificateHash,
    HashAlgorithm,
    InvalidCertificate,
    certificate_hash,
    certificate_to_pem,
    certificates_from_pem,
)
from plugfest.security.chains import UntrustedChain, verify_root
from plugfest.station.security.trust_store import InstalledRoot

ROOTS: Final = frozenset({"CSMSRootCertificate", "ManufacturerRootCertificate"})
"""What roots are for on a station that does not speak ISO 15118 with the EV."""


class CertificateRejected(Exception):
    """A certificate that the station does not install, with OCPP's reason code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Root(NamedTuple):
    """A certificate to install, and what signed it, both in PEM."""

    pem: str
    issuer_pem: str


def check_root(pem: str, *, known: Sequence[str], replaces: str | None, now: datetime) -> Root:
    """Judge a certificate that is to be trusted (M05.FR.07).

    `known` are the roots that may have signed it, `replaces` the one that must have (M05.FR.11), all in PEM.

    Raises NotTaken.
    """
    try:
        (root,) = certificates_from_pem(pem)
    except InvalidCertificate as error:
        raise CertificateRejected("InvalidCertificate", str(error)) from None
    except ValueError:
        raise CertificateRejected("InvalidCertificate", "more than one certificate") from None
    issuer = certificates_from_pem(replaces)[0] if replaces is not None else _issuer(root, known)
    try:
        verify_root(root, now, replaces=issuer)
    except UntrustedChain as error:
        raise CertificateRejected("InvalidCertificate", str(error)) from None
    return Root(certificate_to_pem(root), certificate_to_pem(issuer))


def _issuer(root: x509.Certificate, known: Sequence[str]) -> x509.Certificate:
    if root.issuer == root.subject:
        return root
    candidates = (certificates_from_pem(pem)[0] for pem in known)
    found = next((one for one in candidates if one.subject == root.issuer), None)
    if found is None:
        raise CertificateRejected("InvalidCertificate", "who signed it is not known")
    return found


def hash_of(installed: InstalledRoot, algorithm: HashAlgorithm = HashAlgorithm.SHA256) -> CertificateHash:
    """What the CSMS calls an installed certificate (M03.FR.04)."""
    (root,), (issuer,) = certificates_from_pem(installed.pem), certificates_from_pem(installed.issuer_pem)
    return certificate_hash(root, issuer, algorithm)


def is_leaf(meant: CertificateHash, chain_pem: str, roots: Sequence[str]) -> bool:
    """Whether a hash means the first certificate of a chain, which ends at one of these roots."""
    leaf, *authorities = certificates_from_pem(chain_pem)
    above = [*authorities, *(certificates_from_pem(pem)[0] for pem in roots)]
    issuers = (one for one in above if one.subject == leaf.issuer)
    return any(same(certificate_hash(leaf, issuer, meant.hash_algorithm), meant) for issuer in issuers)


def same(one: CertificateHash, other: CertificateHash) -> bool:
    """Whether both mean the same certificate: hexadecimal digits may be large, a number may have leading zeroes."""
    return _normal(one) == _normal(other)


def _normal(data: CertificateHash) -> tuple[str, ...]:
    number = data.serial_number.lower().lstrip("0")
    return data.hash_algorithm, data.issuer_name_hash.lower(), data.issuer_key_hash.lower(), number
