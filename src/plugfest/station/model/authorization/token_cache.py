"""The Authorization Cache (C10, C11): what the CSMS last sent about each token. Kept in the store."""

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
    """The variables of AuthCacheCtrlr."""

    enabled: bool
    lifetime: timedelta | None
    """None: entries have no lifetime of their own."""
    policy: str = "FIFO"
    """LRU, LFU, FIFO or CUSTOM."""
    reports_expired: bool = False
    """Whether an expired entry is reported as Expired, or deleted."""


_RANKS: dict[str, Callable[[CacheEntry], tuple[object, ...]]] = {
    "LRU": lambda entry: (entry.used_at,),
    "LFU": lambda entry: (entry.uses, entry.updated_at),
    "FIFO": lambda entry: (entry.updated_at,),
    # C10.FR.07 suggests: entries that are not accepted first, then the oldest.
    "CUSTOM": lambda entry: (entry.info.accepted, entry.updated_at),
}


class TokenCache:
    """What the CSMS last sent, by token. While disabled, it is neither read nor updated, and keeps its entries."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        settings: Callable[[], CacheSettings],
        capacity: int = CAPACITY,
    ) -> None:
        self._store = store
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
        """The entry of `token`, unless it has expired. C10.FR.10, C10.FR.13"""
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
        """Store what the CSMS sent. C10.FR.01, C10.FR.04, C10.FR.05, C12.FR.06"""
        if not self.enabled or not token.cacheable:
            return
        key = _hashed(token)
        now = self._now()
        if info.cache_expiry is not None and info.cache_expiry <= now:
            self._delete(key)  # C10.FR.10 note: a time in the past keeps a token out of the cache
            return
        if key not in self._entries:
            self._make_room()
        without_tariff = msgspec.structs.replace(info, message=None)  # C10.FR.09
        self._put(key, CacheEntry(without_tariff, now, now))

    def stored_info(self, token: Token) -> TokenInfo | None:
        """The entry of `token`, also if it has expired or the cache is disabled. N09.FR.05"""
        entry = self._entries.get(_hashed(token))
        return None if entry is None else entry.info

    def remove(self, token: Token) -> None:
        """Delete the entry of `token`. N10.FR.03"""
        self._delete(_hashed(token))

    def clear(self) -> None:
        """Delete all entries. C11.FR.01"""
        self._records.clear()
        self._entries.clear()

    def clock_set(self, jump: timedelta) -> None:
        """The clock jumped: the lifetime of an entry goes on (C10.FR.10)."""
        with self._store.transaction():
            for key, entry in self._entries.items():
                moved = msgspec.structs.replace(entry, updated_at=entry.updated_at + jump, used_at=entry.used_at + jump)
                self._put(key, moved)

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
        """Delete entries until there is room for one more. C10.FR.07"""
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
    """C10.FR.12: the store contains no token in plain text."""
    return hashlib.sha256(token.key().encode()).hexdigest()
