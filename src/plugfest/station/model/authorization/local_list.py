"""The Local Authorization List, which only the CSMS changes (1.6, 3.5.2; D01.FR.09)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from plugfest.station.model.authorization.tokens import Token, TokenInfo
from plugfest.station.storage.store import Store

NO_VERSION = 0
"""The version of a list that the CSMS has never sent. D02.FR.02"""

_VERSION = "version"


class Usage(NamedTuple):
    """The size of a list."""

    entries: int
    bytes: int


class LocalList:
    """Tokens and their authorization, kept in the store. While the list is disabled, `lookup` finds nothing.

    `checks_expiry`: whether an entry ends at its cacheExpiryDateTime.
    """

    def __init__(
        self, store: Store, enabled: Callable[[], bool], checks_expiry: Callable[[], bool], now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._records = store.records("local_list", TokenInfo)
        self._versions = store.records("local_list_version", int)
        self._entries = dict(self._records.items())
        self._enabled = enabled
        self._checks_expiry = checks_expiry
        self._now = now

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def enabled(self) -> bool:
        return self._enabled()

    @property
    def version(self) -> int:
        """The version that the CSMS sent last."""
        return self._versions.get(_VERSION) or NO_VERSION

    def lookup(self, token: Token) -> TokenInfo | None:
        """What the list contains about a token; status Expired if its entry has expired."""
        info = self.stored_info(token) if self.enabled else None
        return TokenInfo("Expired", info.group) if info is not None and self._is_expired(info) else info

    def has_expired(self, token: Token) -> bool:
        """Whether the entry of a token has expired, whatever its status. C14.FR.05"""
        info = self.stored_info(token)
        return self.enabled and info is not None and self._is_expired(info)

    def stored_info(self, token: Token) -> TokenInfo | None:
        """The entry of a token, also if the list is disabled. N09.FR.05"""
        return self._entries.get(token.key())

    def replace(self, version: int, entries: Mapping[Token, TokenInfo]) -> None:
        """A full update: replace all entries. D01.FR.04, D01.FR.15"""
        with self._store.transaction():
            self._records.clear()
            self._write(version, entries)
        self._entries = _changed({}, entries)

    def update(self, version: int, changes: Mapping[Token, TokenInfo | None]) -> None:
        """A differential update: add or replace these entries; None deletes an entry. D01.FR.16, D01.FR.17"""
        with self._store.transaction():
            self._write(version, changes)
        self._entries = _changed(self._entries, changes)

    def usage(self) -> Usage:
        return _usage(self._entries)

    def usage_after(self, changes: Mapping[Token, TokenInfo | None], *, full: bool) -> Usage:
        """The size after an update."""
        return _usage(_changed({} if full else self._entries, changes))

    def _is_expired(self, info: TokenInfo) -> bool:
        """C13.FR.05, C13.FR.06, C14.FR.05; 1.6, 3.5.4"""
        return info.cache_expiry is not None and info.cache_expiry < self._now() and self._checks_expiry()

    def _write(self, version: int, changes: Mapping[Token, TokenInfo | None]) -> None:
        """Within a transaction: after a power loss the list has the old version and content, or the new ones."""
        for token, info in changes.items():
            if info is None:
                self._records.delete(token.key())
            else:
                self._records.put(token.key(), info)
        self._versions.put(_VERSION, version)


def _changed(entries: Mapping[str, TokenInfo], changes: Mapping[Token, TokenInfo | None]) -> dict[str, TokenInfo]:
    changed = dict(entries)
    for token, info in changes.items():
        if info is None:
            changed.pop(token.key(), None)
        else:
            changed[token.key()] = info
    return changed


def _usage(entries: Mapping[str, TokenInfo]) -> Usage:
    """The bytes are those of keys and values in the store."""
    encode = msgspec.json.Encoder().encode
    return Usage(len(entries), sum(len(key.encode()) + len(encode(info)) for key, info in entries.items()))
