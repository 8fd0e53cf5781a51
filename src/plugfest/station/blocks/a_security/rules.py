"""Which security events are sent to the CSMS (A04, Part 2 appendix 1), and which certificates are accepted (A02).

Pure functions.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from plugfest.link.errors import HandshakeFault, HandshakeRefused, LinkError
from plugfest.security.certificates import InvalidCertificate, certificates_from_pem, common_name
from plugfest.security.chains import UntrustedChain, verify_chain
from plugfest.security.keys import key_from_pem

CRITICAL: Final = frozenset(
    {
        "FirmwareUpdated",
        "SettingSystemTime",
        "StartupOfTheDevice",
        "ResetOrReboot",
        "SecurityLogWasCleared",
        "MemoryExhaustion",
        "TamperDetectionActivated",
        "InvalidFirmwareSignature",
        "InvalidFirmwareSigningCertificate",
        "InvalidCsmsCertificate",
        "InvalidChargingStationCertificate",
        "DiscardedRenewedClientCertificate",  # A02.FR.29
        "InvalidTLSVersion",
        "InvalidTLSCipherSuite",
        "MaintenanceLoginAccepted",
        "MaintenanceLoginFailed",
    }
)
"""The events that are sent to the CSMS. All others are only logged."""

_EVENT_OF_FAULT: Final = {
    HandshakeFault.CSMS_CERTIFICATE: "InvalidCsmsCertificate",
    HandshakeFault.TLS_VERSION: "InvalidTLSVersion",
    HandshakeFault.CIPHER_SUITE: "InvalidTLSCipherSuite",
    HandshakeFault.CLIENT_CERTIFICATE: "FailedToAuthenticateAtCsms",
}

_UNAUTHORIZED: Final = 401

_MONTH: Final = timedelta(days=30)


def security_event_of(error: LinkError) -> str | None:
    """The security event of a failed connection attempt; None if it is not one."""
    if not isinstance(error, HandshakeRefused):
        return None
    if error.http_status == _UNAUTHORIZED:
        return "FailedToAuthenticateAtCsms"
    return _EVENT_OF_FAULT.get(error.fault)


def certificate_problem(
    chain_pem: str, *, key_pem: str, roots: Sequence[str], serial_number: str, now: datetime
) -> str | None:
    """Why a chain, leaf first, cannot be a certificate of the station (A02.FR.06); None if it can.

    `key_pem`: the private key of the request. `roots`: the root certificates of the CSO, or those of the V2G PKI.
    `serial_number`: the required commonName, of the station (A00.FR.511) or of its SECC. Certificates in PEM.
    """
    try:
        chain = certificates_from_pem(chain_pem)
        verify_chain(chain, [certificates_from_pem(root)[0] for root in roots], now)
    except (InvalidCertificate, UntrustedChain) as error:
        return str(error)
    if chain[0].public_key() != key_from_pem(key_pem).public_key():
        return "it is not for the key that was sent"
    if common_name(chain[0]) != serial_number:  # A00.FR.511
        return f"its commonName is not {serial_number}"
    return None


def renewal_is_due(chain_pem: str, now: datetime) -> bool:
    """Whether the station's own certificate expires within a month (A03.FR.02)."""
    return certificates_from_pem(chain_pem)[0].not_valid_after_utc - now <= _MONTH


def retry_delays(minimum: int, increments: int) -> Iterator[int]:
    """Seconds before each repetition of SignCertificateRequest (A02.FR.17, FR.18); limited by A02.FR.19."""
    return (minimum * 2**increment for increment in range(increments + 1))
