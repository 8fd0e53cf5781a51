"""Whether a certificate can be trusted at a given time. Pure: the time and the roots come from the caller."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from plugfest.security.certificates import common_name
from plugfest.security.keys import weakness


class ChainFault(StrEnum):
    """Why a certificate is not to be trusted."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    WEAK_KEY = "too weak a key"
    UNTRUSTED = "no path to a trusted root"
    NO_AUTHORITY = "not a certificate of an authority"
    WRONG_SIGNATURE = "wrongly signed"


class UntrustedChain(Exception):
    """A certificate that is not to be trusted, and why."""

    def __init__(self, fault: ChainFault, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


def _may_sign(policy: Policy, certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    """A certificate that says what its key is for must say that it may sign (A00.FR.512)."""
    if usage is not None and not usage.digital_signature:
        raise ValueError("the key is not for signing")


def _may_certify(policy: Policy, certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("the key is not for signing certificates")


def _is_ca(policy: Policy, certificate: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("not a certificate of an authority")


# What RFC 5280 wants checked, and not what the public web wants beside: private authorities leave much out, and OCPP
# has the name in the commonName and advises against extended key usage (A00.FR.511, A00.FR.514).
_CA_POLICY: Final = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_ca)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_certify)
)
_LEAF_POLICY: Final = ExtensionPolicy.permit_all().may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign)


def verify_chain(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], now: datetime) -> None:
    """Check a chain, leaf first, by RFC 5280 section 6, and its keys (A00.FR.501). Names are for the caller to check.

    Raises UntrustedChain.
    """
    for certificate in chain:
        _check_by_itself(certificate, now)
    if not roots:
        raise UntrustedChain(ChainFault.UNTRUSTED, "there is no trusted root")
    verifier = (
        PolicyBuilder()
        .store(Store(list(roots)))
        .time(now)
        .extension_policies(ca_policy=_CA_POLICY, ee_policy=_LEAF_POLICY)
        .build_client_verifier()
    )
    try:
        verifier.verify(chain[0], list(chain[1:]))
    except VerificationError as error:
        raise UntrustedChain(ChainFault.UNTRUSTED, str(error)) from error


def verify_root(root: x509.Certificate, now: datetime, *, replaces: x509.Certificate | None = None) -> None:
    """Check a certificate that is to become a trusted root (M05.FR.07).

    With AdditionalRootCertificateCheck it must be signed by the root that it `replaces` (M05.FR.10).

    Raises UntrustedChain.
    """
    _check_by_itself(root, now)
    if not _is_authority(root):
        raise UntrustedChain(ChainFault.NO_AUTHORITY, _name(root))
    signer = root if replaces is None and root.issuer == root.subject else replaces
    if signer is not None and not _signed(root, signer):
        raise UntrustedChain(ChainFault.WRONG_SIGNATURE, f"{_name(root)} is not signed by {_name(signer)}")


def _check_by_itself(certificate: x509.Certificate, now: datetime) -> None:
    if now > certificate.not_valid_after_utc:
        raise UntrustedChain(ChainFault.EXPIRED, _name(certificate))
    if now < certificate.not_valid_before_utc:
        raise UntrustedChain(ChainFault.NOT_YET_VALID, _name(certificate))
    weak = weakness(certificate.public_key())
    if weak is not None:
        raise UntrustedChain(ChainFault.WEAK_KEY, f"{_name(certificate)} has {weak}")


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _signed(certificate: x509.Certificate, signer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(signer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _name(certificate: x509.Certificate) -> str:
    return common_name(certificate) or certificate.subject.rfc4514_string()
