"""Which firmware updates a station accepts. Pure functions."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from plugfest.security.certificates import InvalidCertificate, certificates_from_pem
from plugfest.security.chains import UntrustedChain, verify_chain
from plugfest.security.firmware import is_firmware_signature_valid
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus


class UpdateFirmwareStatus(StrEnum):
    """The status of the answer to UpdateFirmware."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    ACCEPTED_CANCELED = "AcceptedCanceled"
    INVALID_CERTIFICATE = "InvalidCertificate"


class Decision(NamedTuple):
    """The status to answer, and for a rejection a reason code and details in words."""

    status: UpdateFirmwareStatus
    reason: str = ""
    detail: str = ""


class Capabilities(NamedTuple):
    """The capabilities of the product."""

    cancels: bool
    """C-60"""
    downloads_while_charging: bool
    """AQ-7, or C-43: installation requires a download"""
    installs_while_charging: bool
    """C-43"""


def decide(
    certificate_problem: str | None,
    location_problem: str | None,
    ongoing: FirmwareStatus | None,
    capabilities: Capabilities,
) -> Decision:
    """The status to answer. `ongoing`: the status of another update that is not final."""
    if certificate_problem is not None:
        return Decision(
            UpdateFirmwareStatus.INVALID_CERTIFICATE, "InvalidCertificate", certificate_problem
        )  # L01.FR.22
    if ongoing is not None:
        # L01.FR.24: whatever the new location is, as the CSMS may only want to cancel.
        if capabilities.cancels and ongoing is not FirmwareStatus.INSTALL_REBOOTING:
            return Decision(UpdateFirmwareStatus.ACCEPTED_CANCELED)
        return Decision(UpdateFirmwareStatus.REJECTED, "FwUpdateInProgress", f"an update is {ongoing}")  # L01.FR.27
    if location_problem is not None:
        return Decision(UpdateFirmwareStatus.REJECTED, "InvalidURL", location_problem)
    return Decision(UpdateFirmwareStatus.ACCEPTED)


def certificate_problem(pem: str, roots: Sequence[str], now: datetime) -> str | None:
    """Why a firmware signing certificate is not accepted (L01.FR.12, L01.FR.21); None if it is.

    Unsigned firmware is not accepted (L02 is for stations that cannot verify signatures).
    """
    if not pem:
        return "there is no firmware signing certificate"
    try:
        chain = certificates_from_pem(pem)
        verify_chain(chain, [certificates_from_pem(root)[0] for root in roots], now)
    except (InvalidCertificate, UntrustedChain) as error:
        return str(error)
    return None


def signature_problem(image: bytes, signature: str | None, certificate_pem: str) -> str | None:
    """Why a signature is not that of this image by this certificate (L01.FR.04); None if it is."""
    if signature is None:
        return "there is no signature"
    leaf = certificates_from_pem(certificate_pem)[0]
    if is_firmware_signature_valid(image, signature, leaf):
        return None
    return "the signature is not that of the file by the firmware signing certificate"
