"""The Local Authorization List, which only the CSMS changes (1.6, 3.5.2; D01)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from plugfest.station.model.authorization.tokens import Token, TokenInfo
from plugfest.station.storage.store import Store

EMPTY = 0
"""The version of a list without entries."""


class LocalList:
    """Tokens and their authorization, kept in the store. While the list is disabled, `lookup` finds nothing."""

    def __init__(self, store: Store, enabled: Callable[[], bool], now: Callable[[], datetime]) -> None:
        self._store = store
        self._records = store.records("local_list", TokenInfo)
        self._versions = store.records("local_list_version", int)
        self._entries = dict(self._records.items())
        self._enabled = enabled
        self._now = now

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def enabled(self) -> bool:
        return self._enabled()

    @property
    def version(self) -> int:
        """The version that the CSMS sent; EMPTY if the list has no entries."""
        return (self._versions.get("version") or EMPTY) if self._entries else EMPTY

    def lookup(self, token: Token) -> TokenInfo | None:
        """What the list contains about a token."""
        info = self._entries.get(token.key()) if self.enabled else None
        if info is not None and info.cache_expiry is not None and info.cache_expiry < self._now():
            return TokenInfo("Expired", info.group)
        return info

    def replace(self, version: int, entries: Mapping[Token, TokenInfo]) -> None:
        """A full update: replace all entries."""
        with self._store.transaction():
            self._records.clear()
            self._entries.clear()
            self.update(version, entries)

    def update(self, version: int, changes: Mapping[Token, TokenInfo | None]) -> None:
        """A differential update: add or replace these entries; None deletes an entry."""
        with self._store.transaction():
            for token, info in changes.items():
                self._set(token.key(), info)
            self._versions.put("version", version)

    def size_after(self, changes: Mapping[Token, TokenInfo | None]) -> int:
        """The number of entries after an update with these changes."""
        keys = set(self._entries)
        for token, info in changes.items():
            (keys.discard if info is None else keys.add)(token.key())
        return len(keys)

    def _set(self, key: str, info: TokenInfo | None) -> None:
        if info is None:
            self._entries.pop(key, None)
            self._records.delete(key)
        else:
            self._entries[key] = info
            self._records.put(key, info)
