"""The station's certificate: the one in use, the key pair of a requested one, and the one to fall back to."""

from enum import StrEnum

from plugfest.security.keys import CertifiedKey
from plugfest.station.storage.store import Store


class _Role(StrEnum):
    IN_USE = "station"
    PENDING = "awaited"  # a key pair whose certificate is requested
    FORMER = "former"  # until the renewed certificate is confirmed
    FAILED = "failed"  # a renewed certificate with which no CSMS accepted the connection


class StationCertificate:
    """The certificate and its key pairs, stored."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.records("certified_keys", CertifiedKey)

    def clear(self) -> None:
        """Delete all certificates and keys."""
        self._keys.clear()

    @property
    def key(self) -> CertifiedKey | None:
        """The certificate in use and its private key."""
        return self._keys.get(_Role.IN_USE)

    @key.setter
    def key(self, key: CertifiedKey) -> None:
        self._keys.put(_Role.IN_USE, key)

    @property
    def pending_key(self) -> str | None:
        """The private key, in PEM, for which a certificate is requested."""
        pending_key = self._keys.get(_Role.PENDING)
        return None if pending_key is None else pending_key.key

    def store_pending_key(self, key_pem: str) -> None:
        """Store a new private key until its certificate is received. The key never leaves the station (A02.FR.05)."""
        self._keys.put(_Role.PENDING, CertifiedKey("", key_pem))

    def renew(self, chain: str) -> None:
        """Use the certificate of the pending key. The former one is kept until `confirm`."""
        pending_key, former = self.pending_key, self.key
        assert pending_key is not None, "no certificate is requested"
        with self._store.transaction():
            self._keys.delete(_Role.PENDING)
            self._keys.delete(_Role.FAILED)
            self.key = CertifiedKey(chain, pending_key)
            if former is not None:
                self._keys.put(_Role.FORMER, former)

    def fall_back(self) -> None:
        """Use the former certificate again, as no CSMS accepted the renewed one (A02.FR.28)."""
        failed, former = self.key, self._keys.get(_Role.FORMER)
        if failed is None or former is None:
            return
        with self._store.transaction():
            self._keys.put(_Role.FAILED, failed)
            self.key = former
            self._keys.delete(_Role.FORMER)

    def confirm(self) -> bool:
        """The certificate in use works: discard the other one (A02.FR.10).

        Returns whether a renewed certificate was discarded (A02.FR.29).
        """
        with self._store.transaction():
            self._keys.delete(_Role.FORMER)
            return self._keys.delete(_Role.FAILED)
