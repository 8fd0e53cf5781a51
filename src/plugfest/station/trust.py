"""The certificates and keys of one station."""

import ssl

import msgspec

from plugfest.link.errors import HandshakeFault, HandshakeRefused
from plugfest.security.profile import SecurityProfile
from plugfest.station.store import Store

CSMS_ROOT = "CSMSRootCertificate"


class Installed(msgspec.Struct, frozen=True):
    """A root certificate, in PEM, and what it is for in OCPP's words."""

    use: str
    pem: str


class Identity(msgspec.Struct, frozen=True):
    """The station's own certificate with its chain, and the key to it, in PEM."""

    chain: str
    key: str


class Trust:
    """Whom the station believes, and as whom it is believed."""

    def __init__(self, store: Store) -> None:
        self._installed = store.records("certificates", Installed)
        self._identities = store.records("identities", Identity)

    def roots(self, use: str) -> list[str]:
        """The installed root certificates for one use, in PEM, the oldest first."""
        return [installed.pem for installed in self._installed.values() if installed.use == use]

    def install(self, key: str, use: str, pem: str) -> None:
        """Keep a root certificate under `key`; an older one under the same key is replaced."""
        self._installed.put(key, Installed(use, pem))

    @property
    def identity(self) -> Identity | None:
        return self._identities.get("station")

    @identity.setter
    def identity(self, identity: Identity) -> None:
        self._identities.put("station", identity)

    def obstacle(self, profile: SecurityProfile) -> str | None:
        """What keeps the station from using a security profile (A05.FR.02, A05.FR.03); None if nothing does."""
        if profile.uses_tls and not self.roots(CSMS_ROOT):
            return "no CSMSRootCertificate is installed"
        if profile is SecurityProfile.TLS_CLIENT_CERTIFICATE and self.identity is None:
            return "no ChargingStationCertificate is installed"
        return None

    def client_context(self, profile: SecurityProfile) -> ssl.SSLContext | None:
        """The TLS settings for a security profile; None where there is no TLS. Raises HandshakeRefused."""
        if not profile.uses_tls:
            return None
        obstacle = self.obstacle(profile)
        raise HandshakeRefused(HandshakeFault.TLS, obstacle or "not possible")
