"""The security profiles of OCPP (2.0.1 Part 2 A, 1.3; 1.6 security whitepaper, 2.2)."""

from enum import IntEnum


class SecurityProfile(IntEnum):
    """How station and CSMS authenticate each other."""

    UNSECURED = 0  # only in 1.6: neither password nor TLS
    BASIC = 1
    TLS_BASIC = 2
    TLS_CLIENT_CERTIFICATE = 3

    @property
    def uses_tls(self) -> bool:
        """Whether the connection is encrypted and the CSMS has a certificate."""
        return self >= SecurityProfile.TLS_BASIC

    @property
    def uses_password(self) -> bool:
        """Whether the station sends HTTP Basic credentials."""
        return self in (SecurityProfile.BASIC, SecurityProfile.TLS_BASIC)
