"""The station's own certificate: the one in use, the key that a new one is awaited for, and the one to fall back to."""

from enum import StrEnum

from plugfest.security.keys import CertifiedKey
from plugfest.station.storage.store import Store


class _Role(StrEnum):
    IN_USE = "station"
    AWAITED = "awaited"  # a key without a certificate yet
    FORMER = "former"  # until the renewed one has proven itself
    FAILED = "failed"  # the renewed one, with which no CSMS let the station in


class StationCertificate:
    """A key pair or two, through power cuts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = store.records("certified_keys", CertifiedKey)

    def forget(self) -> None:
        """No certificate, and no key to one."""
        self._keys.clear()

    @property
    def key(self) -> CertifiedKey | None:
        """The certificate in use and the key to it."""
        return self._keys.get(_Role.IN_USE)

    @key.setter
    def key(self, key: CertifiedKey) -> None:
        self._keys.put(_Role.IN_USE, key)

    @property
    def pending_key(self) -> str | None:
        """The key, in PEM, that a certificate has been asked for."""
        pending_key = self._keys.get(_Role.AWAITED)
        return None if pending_key is None else pending_key.key

    def store_pending_key(self, key_pem: str) -> None:
        """Remember a new key until its certificate comes (A02.FR.05: it goes nowhere)."""
        self._keys.put(_Role.AWAITED, CertifiedKey("", key_pem))

    def renew(self, chain: str) -> None:
        """The certificate for the awaited key has come: use it, and keep the former one until it has proven itself."""
        pending_key, former = self.pending_key, self.key
        assert pending_key is not None, "no key awaits a certificate"
        with self._store.transaction():
            self._keys.delete(_Role.AWAITED)
            self._keys.delete(_Role.FAILED)
            self.key = CertifiedKey(chain, pending_key)
            if former is not None:
                self._keys.put(_Role.FORMER, former)

    def fall_back(self) -> None:
        """No CSMS lets the station in with the renewed certificate: use the former one again (A02.FR.28)."""
        failed, former = self.key, self._keys.get(_Role.FORMER)
        if failed is None or former is None:
            return
        with self._store.transaction():
            self._keys.put(_Role.FAILED, failed)
            self.key = former
            self._keys.delete(_Role.FORMER)

    def confirm(self) -> bool:
        """The one in use works: discard the other one (A02.FR.10). True if that was the renewed one (A02.FR.29)."""
        with self._store.transaction():
            self._keys.delete(_Role.FORMER)
            return self._keys.delete(_Role.FAILED)
