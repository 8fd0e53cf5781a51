"""Which firmware updates a station begins, and what has to wait for whom. Pure rules."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from plugfest.security.certificates import InvalidCertificate, certificates_from_pem
from plugfest.security.chains import UntrustedChain, verify_chain
from plugfest.security.firmware import is_firmware_signature_valid
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus


class Answer(StrEnum):
    """The answers to a wish to update the firmware, in OCPP's words."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    ACCEPTED_CANCELED = "AcceptedCanceled"
    INVALID_CERTIFICATE = "InvalidCertificate"


class Verdict(NamedTuple):
    """An answer; if it is a refusal, also why: a reason code, and more in words."""

    answer: Answer
    reason: str = ""
    detail: str = ""


class Capabilities(NamedTuple):
    """What the product can do."""

    cancels: bool
    """C-60"""
    downloads_while_charging: bool
    """AQ-7, or C-43, for who installs must have downloaded"""
    installs_while_charging: bool
    """C-43"""


def decide(
    certificate_problem: str | None,
    location_problem: str | None,
    ongoing: FirmwareStatus | None,
    capabilities: Capabilities,
) -> Verdict:
    """What to answer. `ongoing`: how far another update is that has not come to its end."""
    if certificate_problem is not None:
        return Verdict(Answer.INVALID_CERTIFICATE, "InvalidCertificate", certificate_problem)  # L01.FR.22
    if ongoing is not None:
        # L01.FR.24: the new address matters no more than the file behind it. The CSMS may only want to cancel.
        if capabilities.cancels and ongoing is not FirmwareStatus.INSTALL_REBOOTING:
            return Verdict(Answer.ACCEPTED_CANCELED)
        return Verdict(Answer.REJECTED, "FwUpdateInProgress", f"an update is {ongoing}")  # L01.FR.27
    if location_problem is not None:
        return Verdict(Answer.REJECTED, "InvalidURL", location_problem)
    return Verdict(Answer.ACCEPTED)


def certificate_problem(pem: str, roots: Sequence[str], now: datetime) -> str | None:
    """Why firmware that the holder of this certificate has signed is not to be trusted (L01.FR.12, L01.FR.21).

    Firmware that nobody has signed is no firmware for a station that can tell (L02 is for others).
    """
    if not pem:
        return "there is no firmware signing certificate"
    try:
        chain = certificates_from_pem(pem)
        verify_chain(chain, [certificates_from_pem(root)[0] for root in roots], now)
    except (InvalidCertificate, UntrustedChain) as error:
        return str(error)
    return None


def is_genuine(image: bytes, signature: str | None, certificate_pem: str) -> bool:
    """Whether the holder of the certificate has signed this very image (L01.FR.04)."""
    leaf = certificates_from_pem(certificate_pem)[0]
    return signature is not None and is_firmware_signature_valid(image, signature, leaf)
