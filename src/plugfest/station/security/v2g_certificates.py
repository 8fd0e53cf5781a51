"""The V2G certificates of the station: for TLS connections with EVs, one for each V2G root."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from plugfest.security.certificates import certificates_from_pem
from plugfest.security.chains import UntrustedChain, verify_chain
from plugfest.security.keys import CertifiedKey
from plugfest.station.storage.store import Store

_PENDING: Final = "awaited"


class CachedStatus(msgspec.Struct, frozen=True):
    """An OCSP response in DER, and when it has to be refreshed."""

    response: bytes
    due: datetime


class V2gCertificates:
    """The certificates and their key pairs, stored."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.records("v2g_keys", CertifiedKey)
        self._pending = store.records("v2g_pending_key", str)
        self.ocsp = store.records("ocsp_status", CachedStatus)
        """The OCSP status of each certificate of the chains (M06)."""

    def clear(self) -> None:
        """Delete all certificates and keys."""
        self._keys.clear()
        self._pending.clear()
        self.ocsp.clear()

    def installed(self) -> list[CertifiedKey]:
        """The certificates with their private keys, oldest first."""
        return self._keys.values()

    def ocsp_responses(self) -> tuple[bytes, ...]:
        """The cached OCSP responses about the certificates, in DER."""
        return tuple(status.response for status in self.ocsp.values())

    @property
    def pending_key(self) -> str | None:
        """The private key, in PEM, for which a certificate is requested."""
        return self._pending.get(_PENDING)

    def store_pending_key(self, key_pem: str) -> None:
        """Store a new private key until its certificate is received. The key never leaves the station (A02.FR.05)."""
        self._pending.put(_PENDING, key_pem)

    def renew(self, chain: str, roots: Sequence[str], now: datetime) -> None:
        """Use the certificate of the pending key instead of the one of the same root (A02.FR.15). In PEM."""
        pending_key = self.pending_key
        assert pending_key is not None, "no certificate is requested"
        with self._store.transaction():
            self._pending.delete(_PENDING)
            self._keys.put(_root_of(chain, roots, now), CertifiedKey(chain, pending_key))

    def delete_issued_by(self, authority: x509.Certificate) -> None:
        """Delete the certificates that this CA, a root or a sub-CA, has issued (M04.FR.08)."""
        for name, key in self._keys.items():
            if any(one.issuer == authority.subject for one in certificates_from_pem(key.chain)):
                self._keys.delete(name)


def _root_of(chain: str, roots: Sequence[str], now: datetime) -> str:
    """The name under which a certificate is stored: the fingerprint of its root."""
    certificates = certificates_from_pem(chain)
    for pem in roots:
        (root,) = certificates_from_pem(pem)
        try:
            verify_chain(certificates, [root], now)
        except UntrustedChain:
            continue
        return root.fingerprint(hashes.SHA256()).hex()
    raise AssertionError("a chain without a root was accepted")
