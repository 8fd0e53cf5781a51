"""The root certificates and the own certificates of one station."""

import ssl
from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives import hashes

from plugfest.link.errors import HandshakeFault, HandshakeRefused
from plugfest.link.tls import client_context
from plugfest.security.certificates import certificate_to_pem, certificates_from_pem
from plugfest.security.profile import SecurityProfile
from plugfest.station.security.station_certificate import StationCertificate
from plugfest.station.security.v2g_certificates import V2gCertificates
from plugfest.station.setup.shared import once
from plugfest.station.storage.store import Store

CSMS_ROOT = "CSMSRootCertificate"
MANUFACTURER_ROOT = "ManufacturerRootCertificate"
V2G_ROOT = "V2GRootCertificate"
MO_ROOT = "MORootCertificate"

_FALLBACK = "fallback"


class InstalledRoot(msgspec.Struct, frozen=True):
    """A root certificate, its use (InstallCertificateUseEnumType), and its issuer: as a rule itself. In PEM."""

    use: str
    pem: str
    issuer_pem: str


class TrustStore:
    """The certificates that the station trusts and presents. `cipher_suites` that it offers, by IANA name."""

    def __init__(self, store: Store, cipher_suites: Sequence[str]) -> None:
        self._store = store
        self.own = StationCertificate(store)
        self.v2g = V2gCertificates(store)
        self._installed = store.records("certificates", InstalledRoot)
        self._replaced = store.records("replaced_root", str)
        self._cipher_suites = cipher_suites
        self._in_use: str | None = None

    def clear(self) -> None:
        """Delete all certificates and keys."""
        self.own.clear()
        self.v2g.clear()
        self._installed.clear()
        self._replaced.clear()

    def __len__(self) -> int:
        """The number of installed root certificates."""
        return len(self._installed)

    def installed(self) -> list[tuple[str, InstalledRoot]]:
        """Every root certificate with its key in the store, oldest first."""
        return self._installed.items()

    def roots(self, use: str) -> list[str]:
        """The installed root certificates for one use, in PEM, oldest first."""
        return [installed.pem for _, installed in self.installed() if installed.use == use]

    def install(self, use: str, pem: str, *, issuer_pem: str | None = None) -> None:
        """Install a root certificate for one use. `issuer_pem` None: self-signed. Raises InvalidCertificate."""
        root = certificate_to_pem(certificates_from_pem(pem)[0])
        self._installed.put(_key(use, root), InstalledRoot(use, root, issuer_pem or root))

    def remove(self, key: str) -> bool:
        """Delete the root certificate with this key. Returns whether there was one.

        If the newest root of the CSMS is deleted, the replaced one is no longer its fallback.
        """
        existed = self._installed.delete(key)
        if key == self._replaced.get(_FALLBACK) or self.csms_root is None:
            self._replaced.delete(_FALLBACK)
        return existed

    # AdditionalRootCertificateCheck: a new root of the CSMS replaces the old one (M05.FR.09 to FR.16)

    @property
    def csms_root(self) -> str | None:
        """The newest root of the CSMS, in PEM."""
        replaced = self._replaced.get(_FALLBACK)
        roots = [one.pem for key, one in self.installed() if one.use == CSMS_ROOT and key != replaced]
        return roots[-1] if roots else None

    def replace_csms_root(self, pem: str) -> None:
        """Install a new root and keep the old one as a fallback until the new one is confirmed (M05.FR.12)."""
        old = self.csms_root
        with self._store.transaction():
            self.drop_fallback()
            self.install(CSMS_ROOT, pem, issuer_pem=old)
            if old is not None and old != self.csms_root:
                self._replaced.put(_FALLBACK, _key(CSMS_ROOT, old))

    def drop_fallback(self) -> None:
        """Delete the replaced root, as the new one is confirmed (M05.FR.13)."""
        key = self._replaced.get(_FALLBACK)
        if key is not None:
            self.remove(key)

    @property
    def has_fallback(self) -> bool:
        """Whether there is a replaced root."""
        return self._replaced.get(_FALLBACK) is not None

    # TLS

    def set_root_in_use(self, root: str | None) -> None:
        """The root (PEM) that verifies the certificate of the CSMS in the current connection."""
        self._in_use = root and certificate_to_pem(certificates_from_pem(root)[0])

    def in_use(self, installed: InstalledRoot) -> bool:
        """Whether this root verifies the certificate of the CSMS in the current connection."""
        return installed.use == CSMS_ROOT and installed.pem == self._in_use

    def missing_certificate(self, profile: SecurityProfile) -> str | None:
        """Which certificate a security profile lacks, as a sentence (A05.FR.02, A05.FR.03); None if none."""
        if profile.uses_tls and not self.roots(CSMS_ROOT):
            return "no CSMSRootCertificate is installed"
        if profile is SecurityProfile.TLS_CLIENT_CERTIFICATE and self.own.key is None:
            return "no ChargingStationCertificate is installed"
        return None

    def client_context(self, profile: SecurityProfile, *, fallback: bool = False) -> ssl.SSLContext | None:
        """The TLS context of a security profile; None without TLS. `fallback`: with the replaced root of the CSMS.

        Raises LinkError.
        """
        if not profile.uses_tls:
            return None
        missing = self.missing_certificate(profile)
        if missing is not None:
            raise HandshakeRefused(HandshakeFault.TLS, missing)
        replaced = self._replaced.get(_FALLBACK)
        roots = [
            installed.pem
            for key, installed in self.installed()
            if installed.use == CSMS_ROOT and (key == replaced) == fallback
        ]
        suites = tuple(self._cipher_suites)
        if profile is SecurityProfile.TLS_CLIENT_CERTIFICATE:
            return client_context(roots, key=self.own.key, cipher_suites=suites)
        return _context_without_key(tuple(roots), suites)


@once
def _context_without_key(roots: tuple[str, ...], cipher_suites: tuple[str, ...]) -> ssl.SSLContext:
    """Nothing in it is of one station, and each takes 12 KiB and a millisecond."""
    return client_context(roots, cipher_suites=cipher_suites)


def _key(use: str, pem: str) -> str:
    (certificate,) = certificates_from_pem(pem)
    return f"{use} {certificate.fingerprint(hashes.SHA256()).hex()}"
