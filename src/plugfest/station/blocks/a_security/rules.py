"""Which security events the CSMS must hear of (A04, Part 2 appendix 1)."""

from typing import Final

from plugfest.link.errors import HandshakeFault, HandshakeRefused, LinkError

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
        "InvalidTLSVersion",
        "InvalidTLSCipherSuite",
        "MaintenanceLoginAccepted",
        "MaintenanceLoginFailed",
    }
)
"""The events that are reported; all others are only kept in the security log."""

_EVENT_OF_FAULT: Final = {
    HandshakeFault.CSMS_CERTIFICATE: "InvalidCsmsCertificate",
    HandshakeFault.TLS_VERSION: "InvalidTLSVersion",
    HandshakeFault.CIPHER_SUITE: "InvalidTLSCipherSuite",
    HandshakeFault.CLIENT_CERTIFICATE: "FailedToAuthenticateAtCsms",
}

_UNAUTHORIZED: Final = 401


def event_of_failure(error: LinkError) -> str | None:
    """The security event in a failure to connect, if there is one in it."""
    if not isinstance(error, HandshakeRefused):
        return None
    if error.http_status == _UNAUTHORIZED:
        return "FailedToAuthenticateAtCsms"
    return _EVENT_OF_FAULT.get(error.fault)
