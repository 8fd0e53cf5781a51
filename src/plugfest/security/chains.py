"""Verification of certificate chains. Time and trusted roots are arguments; there is no I/O."""

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

from plugfest.security.certificates import UNREADABLE, common_name
from plugfest.security.keys import weakness

MAX_SERIAL_NUMBER_LENGTH: Final = 20
"""Bytes (RFC 5280, 4.1.2.2): the 40 hexadecimal digits of CertificateHashDataType."""


class ChainFault(StrEnum):
    """Why a certificate is not trusted."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    WEAK_KEY = "weak key"
    UNTRUSTED = "no path to a trusted root"
    NOT_A_CA = "not a CA certificate"
    WRONG_SIGNATURE = "wrongly signed"
    SERIAL_NUMBER = "invalid serial number"
    WEAK_SIGNATURE = "weak signature algorithm"


class UntrustedChain(Exception):
    """A certificate is not trusted: the fault, and the certificate or reason in one line."""

    def __init__(self, fault: ChainFault, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


_MIN_HASH_BITS: Final = 224
"""Twice the 112 bits of A00.FR.501, because of collisions: neither MD5 nor SHA-1."""

_NOT_FOR_SIGNING: Final = "a certificate whose key is not for digital signatures"
_NOT_FOR_CERTIFICATES: Final = "a certificate whose key is not for signing certificates"
_NOT_A_CA: Final = "an issuer that is not a CA"
_REASONS: Final = (_NOT_FOR_SIGNING, _NOT_FOR_CERTIFICATES, _NOT_A_CA)


def _check_leaf_key_usage(policy: Policy, certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    """A certificate with a key usage must allow digital signatures (A00.FR.512)."""
    if usage is not None and not usage.digital_signature:
        raise ValueError(_NOT_FOR_SIGNING)


def _check_ca_key_usage(policy: Policy, certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError(_NOT_FOR_CERTIFICATES)


def _check_is_ca(policy: Policy, certificate: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError(_NOT_A_CA)


# The checks of RFC 5280, without the stricter rules of the web PKI: private CAs omit many extensions, and OCPP puts the
# name in the commonName and advises against extended key usage (A00.FR.511, A00.FR.514).
_CA_POLICY: Final = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _check_is_ca)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _check_ca_key_usage)
)
_LEAF_POLICY: Final = ExtensionPolicy.permit_all().may_be_present(
    x509.KeyUsage, Criticality.AGNOSTIC, _check_leaf_key_usage
)


def verify_chain(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], now: datetime) -> None:
    """Verify a chain, leaf first, by RFC 5280 section 6, and its keys (A00.FR.501). The caller checks the names.

    Raises UntrustedChain.
    """
    for certificate in chain:
        _check_validity_and_key(certificate, now)
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
    except (*UNREADABLE, VerificationError) as error:
        raise UntrustedChain(ChainFault.UNTRUSTED, _reason(error, chain[0])) from error


def _reason(error: Exception, leaf: x509.Certificate) -> str:
    """Why there is no path, without the texts of the library: one of our own checks, or the name of the leaf."""
    return next((reason for reason in _REASONS if reason in str(error)), f"from {_name(leaf)}")


def verify_root(root: x509.Certificate, now: datetime, *, replaces: x509.Certificate | None = None) -> None:
    """Verify a certificate before it is installed as a trusted root (M05.FR.07).

    With AdditionalRootCertificateCheck it must be signed by the root that it `replaces` (M05.FR.10).

    Raises UntrustedChain.
    """
    if not 0 <= root.serial_number < 2 ** (8 * MAX_SERIAL_NUMBER_LENGTH):  # neither has a place in its hash data
        limits = f"is negative or has more than {MAX_SERIAL_NUMBER_LENGTH} bytes"
        raise UntrustedChain(ChainFault.SERIAL_NUMBER, f"that of {_name(root)} {limits}")
    _check_validity_and_key(root, now)
    problem = why_not_ca(root)
    if problem is not None:
        raise UntrustedChain(ChainFault.NOT_A_CA, f"{_name(root)} {problem}")
    weak_hash = root.signature_hash_algorithm  # None: the signature algorithm includes a strong one
    if weak_hash is not None and weak_hash.digest_size * 8 < _MIN_HASH_BITS:  # A00.FR.504
        raise UntrustedChain(ChainFault.WEAK_SIGNATURE, f"{_name(root)} is signed with {weak_hash.name.upper()}")
    signer = root if replaces is None and root.issuer == root.subject else replaces
    if signer is not None and not _is_signed_by(root, signer):
        raise UntrustedChain(ChainFault.WRONG_SIGNATURE, f"{_name(root)} is not signed by {_name(signer)}")


def _check_validity_and_key(certificate: x509.Certificate, now: datetime) -> None:
    if now > certificate.not_valid_after_utc:
        raise UntrustedChain(ChainFault.EXPIRED, _name(certificate))
    if now < certificate.not_valid_before_utc:
        raise UntrustedChain(ChainFault.NOT_YET_VALID, _name(certificate))
    verify_key(certificate)


def verify_key(certificate: x509.Certificate) -> None:
    """Verify that the key of a certificate is strong enough (A00.FR.501). Raises UntrustedChain."""
    weak = weakness(certificate.public_key())
    if weak is not None:
        raise UntrustedChain(ChainFault.WEAK_KEY, f"{_name(certificate)} has {weak}")


def why_not_ca(certificate: x509.Certificate) -> str | None:
    """Why a certificate cannot be that of a CA (RFC 5280, 4.2.1.3 and 4.2.1.9); None if it can."""
    extensions = {type(one.value): one.value for one in certificate.extensions}
    constraints, usage = extensions.get(x509.BasicConstraints), extensions.get(x509.KeyUsage)
    if not isinstance(constraints, x509.BasicConstraints) or not constraints.ca:
        return "has no basicConstraints of a CA"
    if isinstance(usage, x509.KeyUsage) and not usage.key_cert_sign:
        return "has a key that is not for signing certificates"
    return None


def _is_signed_by(certificate: x509.Certificate, signer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(signer)
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def _name(certificate: x509.Certificate) -> str:
    return common_name(certificate) or certificate.subject.rfc4514_string() or "a certificate without a name"
