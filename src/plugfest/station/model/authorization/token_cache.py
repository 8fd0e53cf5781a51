"""The Authorization Cache (C10, C11): what the CSMS last said about each token, across reboots."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from plugfest.station.model.authorization.tokens import Token, TokenInfo
from plugfest.station.storage.store import Store

CAPACITY = 1000
"""Entries."""


class CacheEntry(msgspec.Struct, frozen=True):
    """One entry. Times in UTC."""

    info: TokenInfo
    updated_at: datetime
    used_at: datetime
    uses: int = 0


class CacheSettings(msgspec.Struct, frozen=True):
    """What the device model says about the cache."""

    enabled: bool
    lifetime: timedelta | None
    """None: entries do not expire by themselves."""
    policy: str = "FIFO"
    """LRU, LFU, FIFO or CUSTOM."""
    reports_expired: bool = False
    """Whether an entry that has expired is known as such, or forgotten."""


_RANKS: dict[str, Callable[[CacheEntry], tuple[object, ...]]] = {
    "LRU": lambda entry: (entry.used_at,),
    "LFU": lambda entry: (entry.uses, entry.updated_at),
    "FIFO": lambda entry: (entry.updated_at,),
    # C10.FR.07 suggests: those that open nothing first, then the oldest.
    "CUSTOM": lambda entry: (entry.info.accepted, entry.updated_at),
}


class TokenCache:
    """What the CSMS said last, token by token. While disabled it neither learns nor tells, and forgets nothing."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        settings: Callable[[], CacheSettings],
        capacity: int = CAPACITY,
    ) -> None:
        self._records = store.records("token_cache", CacheEntry)
        self._entries = dict(self._records.items())
        self._now = now
        self._settings = settings
        self._capacity = capacity

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def enabled(self) -> bool:
        return self._settings().enabled  # C10.FR.11

    def lookup(self, token: Token) -> TokenInfo | None:
        """What is known about `token`. C10.FR.10, C10.FR.13"""
        key = _hashed(token)
        entry = self._entries.get(key)
        if entry is None or not self.enabled:
            return None
        if self._expired(entry) and self._settings().reports_expired:
            return TokenInfo("Expired", entry.info.group)
        if self._expired(entry):
            self._delete(key)
            return None
        used = msgspec.structs.replace(entry, used_at=self._now(), uses=entry.uses + 1)
        self._put(key, used)
        return entry.info

    def update(self, token: Token, info: TokenInfo) -> None:
        """Keep what the CSMS said. C10.FR.01, C10.FR.04, C10.FR.05, C12.FR.06"""
        if not self.enabled or not token.cacheable:
            return
        key = _hashed(token)
        now = self._now()
        if info.cache_expiry is not None and info.cache_expiry <= now:
            self._delete(key)  # C10.FR.10 note: a time in the past keeps a token out of the cache
            return
        if key not in self._entries:
            self._make_room()
        self._put(key, CacheEntry(info, now, now))

    def stored_info(self, token: Token) -> TokenInfo | None:
        """What is kept about `token`, be it of use or not. N09.FR.05"""
        entry = self._entries.get(_hashed(token))
        return None if entry is None else entry.info

    def remove(self, token: Token) -> None:
        """Keep nothing about `token`. N10.FR.03"""
        self._delete(_hashed(token))

    def clear(self) -> None:
        """Forget everything. C11.FR.01"""
        self._records.clear()
        self._entries.clear()

    def size(self) -> int:
        """Bytes in use."""
        return len(msgspec.json.encode(self._entries))

    def _expired(self, entry: CacheEntry) -> bool:
        now = self._now()
        if entry.info.cache_expiry is not None:
            return now > entry.info.cache_expiry
        lifetime = self._settings().lifetime
        return lifetime is not None and now - entry.updated_at > lifetime

    def _make_room(self) -> None:
        """C10.FR.07: there is always room for one more."""
        while len(self._entries) >= self._capacity:
            rank = _RANKS[self._settings().policy]
            self._delete(min(self._entries, key=lambda key: rank(self._entries[key])))

    def _put(self, key: str, entry: CacheEntry) -> None:
        self._entries[key] = entry
        self._records.put(key, entry)

    def _delete(self, key: str) -> None:
        self._entries.pop(key, None)
        self._records.delete(key)


def _hashed(token: Token) -> str:
    """C10.FR.12: nobody who reads the store learns a token."""
    return hashlib.sha256(token.key().encode()).hexdigest()
