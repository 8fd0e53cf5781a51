"""Which root certificates a station accepts (M05), and to which one a hash refers (M03, M04). Pure functions."""

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
    same_certificate,
    with_issuers,
)
from plugfest.security.chains import UntrustedChain, verify_root
from plugfest.station.security.trust_store import CSMS_ROOT, MANUFACTURER_ROOT, MO_ROOT, V2G_ROOT, InstalledRoot

ROOTS: Final = frozenset({CSMS_ROOT, MANUFACTURER_ROOT})
"""The uses of root certificates on every station."""

ISO15118_ROOTS: Final = frozenset({V2G_ROOT, MO_ROOT})
"""Further uses on a station with ISO 15118."""


class CertificateRejected(Exception):
    """A certificate is not accepted; `reason` is a reason code of OCPP."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class RootCertificate(NamedTuple):
    """A root certificate and its issuer, both in PEM."""

    pem: str
    issuer_pem: str


def check_root(pem: str, *, known: Sequence[str], replaces: str | None, now: datetime) -> RootCertificate:
    """Verify a root certificate before its installation (M05.FR.07).

    `known`: installed roots, one of which may be its issuer. `replaces`: the root that must be its issuer (M05.FR.11).
    All in PEM.

    Raises CertificateRejected.
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
    return RootCertificate(certificate_to_pem(root), certificate_to_pem(issuer))


def _issuer(root: x509.Certificate, known: Sequence[str]) -> x509.Certificate:
    if root.issuer == root.subject:
        return root
    candidates = (certificates_from_pem(pem)[0] for pem in known)
    found = next((one for one in candidates if one.subject == root.issuer), None)
    if found is None:
        raise CertificateRejected("InvalidCertificate", "its issuer is not installed")
    return found


def hash_of(installed: InstalledRoot, algorithm: HashAlgorithm = HashAlgorithm.SHA256) -> CertificateHash:
    """The hash data that identifies an installed certificate (M03.FR.04)."""
    (root,), (issuer,) = certificates_from_pem(installed.pem), certificates_from_pem(installed.issuer_pem)
    return certificate_hash(root, issuer, algorithm)


def is_leaf(requested: CertificateHash, chain_pem: str, roots: Sequence[str]) -> bool:
    """Whether the hash is that of the first certificate of a chain that ends at one of these roots."""
    leaf = certificates_from_pem(chain_pem)[0]
    return find_in_chain(requested, chain_pem, roots) == leaf


def find_in_chain(requested: CertificateHash, chain_pem: str, roots: Sequence[str]) -> x509.Certificate | None:
    """The certificate with this hash in a chain that ends at one of these roots."""
    known = [certificates_from_pem(pem)[0] for pem in roots]
    for certificate, issuer in with_issuers(certificates_from_pem(chain_pem), known):
        if same_certificate(certificate_hash(certificate, issuer, requested.hash_algorithm), requested):
            return certificate
    return None


def chain_hashes(chain_pem: str, roots: Sequence[str]) -> list[CertificateHash]:
    """The hash data of each certificate of a chain, leaf first, that ends at one of these roots (M03.FR.05)."""
    known = [certificates_from_pem(pem)[0] for pem in roots]
    return [certificate_hash(one, issuer) for one, issuer in with_issuers(certificates_from_pem(chain_pem), known)]
