"""Whether a contract certificate may start charging (C07). Pure functions."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from plugfest.security.certificates import (
    CertificateHash,
    HashAlgorithm,
    InvalidCertificate,
    certificate_hash,
    certificates_from_pem,
    common_name,
    with_issuers,
)
from plugfest.security.chains import UntrustedChain, verify_chain
from plugfest.security.ocsp import OcspData, ocsp_data
from plugfest.station.model.authorization.authorizer import INVALID
from plugfest.station.model.authorization.tokens import TokenInfo


class Validity(Enum):
    """The result of the local validation of a contract certificate."""

    VALID = "valid"
    UNKNOWN_ROOT = "its root certificate is not installed"
    INVALID = "invalid"


class Contract(msgspec.Struct, frozen=True):
    """A contract certificate with its chain, leaf first, in PEM, and the result of the local validation."""

    chain: str
    emaid: str
    validity: Validity
    problem: str
    """Why it is not valid, in words; empty if it is."""
    ocsp: tuple[OcspData, ...]
    """What the CSMS needs to ask about each certificate whose issuer is known."""
    fingerprint: str
    """The SHA-256 of the contract certificate."""
    hashes: tuple[CertificateHash, ...]
    """The hash data of the contract certificate with each algorithm; empty if its issuer is not known."""


def read_contract(chain: str, roots: Sequence[str], now: datetime) -> Contract:
    """The contract in a chain, validated against root certificates in PEM (C07.FR.08).

    Raises InvalidCertificate if the chain cannot be read, or names no eMAID.
    """
    certificates = certificates_from_pem(chain)
    emaid = common_name(certificates[0])
    if not emaid:
        raise InvalidCertificate("the contract certificate has no commonName")
    known = [certificates_from_pem(pem)[0] for pem in roots]
    validity, problem = _validity(certificates, known, now)
    return Contract(
        chain,
        emaid,
        validity,
        problem,
        tuple(ocsp_data(certificates, known)),
        certificates[0].fingerprint(hashes.SHA256()).hex(),
        _hashes_of_leaf(certificates, known),
    )


def _hashes_of_leaf(chain: list[x509.Certificate], roots: list[x509.Certificate]) -> tuple[CertificateHash, ...]:
    return tuple(
        certificate_hash(certificate, issuer, algorithm)
        for certificate, issuer in with_issuers(chain, roots)
        if certificate is chain[0]
        for algorithm in HashAlgorithm
    )


def _validity(chain: list[x509.Certificate], roots: list[x509.Certificate], now: datetime) -> tuple[Validity, str]:
    """The result, and why the chain is not valid."""
    if not any(chain[-1].issuer == root.subject for root in roots):
        return Validity.UNKNOWN_ROOT, f"the root {chain[-1].issuer.rfc4514_string()} is not installed"
    try:
        verify_chain(chain, roots, now)
    except UntrustedChain as error:
        return Validity.INVALID, str(error)
    return Validity.VALID, ""


class ContractCheck(Enum):
    """How a contract is checked."""

    REFUSE = "refused without asking"
    BY_HASHES = "the CSMS is asked with the data for OCSP"
    BY_CERTIFICATE = "the CSMS is asked with the whole chain"
    OFFLINE = "with the Local Authorization List and the Authorization Cache"


class ContractSettings(msgspec.Struct, frozen=True):
    """The variables of ISO15118Ctrlr that the check depends on."""

    central: bool
    offline: bool


def decide_contract(validity: Validity, settings: ContractSettings, *, online: bool) -> ContractCheck:
    """How a presented contract is checked."""
    if online and validity is Validity.UNKNOWN_ROOT and settings.central:
        return ContractCheck.BY_CERTIFICATE  # C07.FR.06
    if online:
        return ContractCheck.BY_HASHES  # C07.FR.01
    if not settings.offline or validity is not Validity.VALID:
        return ContractCheck.REFUSE  # C07.FR.07, C07.FR.08
    return ContractCheck.OFFLINE  # C07.FR.09


class RefusedContract(TokenInfo, frozen=True):
    """The authorization status of a contract that may not charge, and why, in words."""

    reason: str = ""


def refused(reason: str, info: TokenInfo = INVALID) -> RefusedContract:
    """The status of a contract that may not charge for this reason. `info`: what the CSMS sent, if it refused it."""
    known = INVALID if info.accepted else info
    return RefusedContract(known.status, known.group, message=known.message, reason=reason)


class OfferConditions(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether the station can offer plug and charge."""

    enabled: bool
    online: bool
    offline_validation: bool
    certified: bool
    """Whether it has a V2G certificate."""


def offer_problem(conditions: OfferConditions) -> str | None:
    """Why the station cannot offer plug and charge (remark of C07); None if it can."""
    if not conditions.enabled:
        return "ISO15118Ctrlr.PnCEnabled is false"
    if not conditions.online and not conditions.offline_validation:
        return "the station is offline, and ISO15118Ctrlr.ContractValidationOffline is false"
    if not conditions.certified:
        return "the station has no V2G certificate; the CSMS gets its CSR by TriggerMessage SignV2GCertificate"
    return None


def refusal_reason(info: TokenInfo | None) -> str:
    """Why a contract with this authorization status did not charge. None: it was not decided."""
    if isinstance(info, RefusedContract):
        return info.reason
    if info is None:
        return "the EVSE is in use by another driver, or out of service"
    if not info.accepted:
        return f"its authorization status is {info.status}"
    return "the contract may not be used at this EVSE now"


def is_accepted(
    check: ContractCheck, validity: Validity, *, token_accepted: bool, certificate_status: str | None
) -> bool:
    """Whether the answer of the CSMS lets a contract charge.

    The answer cannot make a certificate valid that the station has to validate itself. C07.FR.13 to FR.17
    """
    validated = check is ContractCheck.BY_CERTIFICATE or validity is Validity.VALID
    return validated and token_accepted and certificate_status in (None, "Accepted")
