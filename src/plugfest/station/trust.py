"""The certificates and keys of one station."""

import ssl
from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives import hashes

from plugfest.link.errors import HandshakeFault, HandshakeRefused
from plugfest.link.tls import client_context
from plugfest.security.certificates import certificate_to_pem, certificates_from_pem
from plugfest.security.keys import CertifiedKey
from plugfest.security.profile import SecurityProfile
from plugfest.station.store import Store

CSMS_ROOT = "CSMSRootCertificate"

_OWN = "station"


class Installed(msgspec.Struct, frozen=True):
    """A root certificate, in PEM, and what it is for in OCPP's words."""

    use: str
    pem: str


class Trust:
    """Whom the station believes, and as whom it is believed. `cipher_suites` are those it offers, by IANA name."""

    def __init__(self, store: Store, cipher_suites: Sequence[str]) -> None:
        self._installed = store.records("certificates", Installed)
        self._own = store.records("certified_keys", CertifiedKey)
        self._cipher_suites = cipher_suites

    def __len__(self) -> int:
        """How many root certificates are installed."""
        return len(self._installed)

    def installed(self) -> list[tuple[str, Installed]]:
        """Every root certificate and the key it is kept under, the oldest first."""
        return self._installed.items()

    def roots(self, use: str) -> list[str]:
        """The installed root certificates for one use, in PEM, the oldest first."""
        return [installed.pem for _, installed in self.installed() if installed.use == use]

    def install(self, use: str, pem: str) -> None:
        """Trust a root certificate for one use. Raises InvalidCertificate."""
        (certificate,) = certificates_from_pem(pem)[:1]
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        self._installed.put(f"{use} {fingerprint}", Installed(use, certificate_to_pem(certificate)))

    def remove(self, key: str) -> bool:
        """Whether there was a root certificate under `key`."""
        return self._installed.delete(key)

    @property
    def own_key(self) -> CertifiedKey | None:
        """The station's certificate and the key to it."""
        return self._own.get(_OWN)

    @own_key.setter
    def own_key(self, key: CertifiedKey) -> None:
        self._own.put(_OWN, key)

    def obstacle(self, profile: SecurityProfile) -> str | None:
        """What keeps the station from using a security profile (A05.FR.02, A05.FR.03); None if nothing does."""
        if profile.uses_tls and not self.roots(CSMS_ROOT):
            return "no CSMSRootCertificate is installed"
        if profile is SecurityProfile.TLS_CLIENT_CERTIFICATE and self.own_key is None:
            return "no ChargingStationCertificate is installed"
        return None

    def client_context(self, profile: SecurityProfile) -> ssl.SSLContext | None:
        """The TLS settings for a security profile; None where there is no TLS. Raises LinkError."""
        if not profile.uses_tls:
            return None
        obstacle = self.obstacle(profile)
        if obstacle is not None:
            raise HandshakeRefused(HandshakeFault.TLS, obstacle)
        key = self.own_key if profile is SecurityProfile.TLS_CLIENT_CERTIFICATE else None
        return client_context(self.roots(CSMS_ROOT), key=key, cipher_suites=self._cipher_suites)
