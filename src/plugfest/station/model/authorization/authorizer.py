"""Authorizes tokens: from the Local Authorization List and the Authorization Cache, or by asking the CSMS."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

from plugfest.station.model.authorization.decision import AuthorizationSettings, Decision, StoredTokenInfo, decide
from plugfest.station.model.authorization.local_list import LocalList
from plugfest.station.model.authorization.token_cache import TokenCache
from plugfest.station.model.authorization.tokens import Token, TokenInfo

Ask: TypeAlias = Callable[[Token], Awaitable[TokenInfo | None]]
"""Asks the CSMS and caches its answer. None: no answer."""

INVALID = TokenInfo("Invalid")


class Authorizer:
    """Authorizes tokens. The authorization block sets `ask`."""

    def __init__(
        self,
        local_list: LocalList,
        cache: TokenCache,
        settings: Callable[[], AuthorizationSettings],
        online: Callable[[], bool],
    ) -> None:
        self.local_list = local_list
        self.cache = cache
        self.ask: Ask | None = None
        self._settings = settings
        self._online = online

    @property
    def enabled(self) -> bool:
        """AuthCtrlr.Enabled: whether drivers have to be authorized. C01.FR.01"""
        return self._settings().enabled

    def stored_info(self, token: Token) -> StoredTokenInfo:
        """What the list and the cache contain about `token`."""
        return StoredTokenInfo(
            self.local_list.lookup(token), self.cache.lookup(token), self.local_list.has_expired(token)
        )

    def update_cache(self, token: Token, info: TokenInfo) -> None:
        """Cache what the CSMS sent about `token`, unless the token is in the list (1.6, 3.5.3)."""
        if self.local_list.lookup(token) is None:
            self.cache.update(token, info)

    def completed(self, token: Token, info: TokenInfo) -> TokenInfo:
        """What the CSMS sent about the token of a transaction, with the known group if it is omitted there."""
        known = self.local_list.lookup(token) or self.cache.stored_info(token)
        if known is None or info.group is not None or not info.accepted:
            return info
        return msgspec.structs.replace(info, group=known.group)

    async def authorize(self, token: Token) -> TokenInfo:
        """The authorization status of `token`, and what else is known about it."""
        stored = self.stored_info(token)
        decision = decide(token, stored, self._settings(), online=self._online())
        if decision is Decision.ASK:
            answer = None if self.ask is None else await self.ask(token)
            if answer is not None:
                return answer
            return self.authorize_offline(token)
        return _without_answer(decision, stored)

    def authorize_offline(self, token: Token) -> TokenInfo:
        """As `authorize`, without asking the CSMS."""
        stored = self.stored_info(token)
        return _without_answer(decide(token, stored, self._settings(), online=False), stored)


def _without_answer(decision: Decision, stored: StoredTokenInfo) -> TokenInfo:
    if decision is Decision.REFUSE:
        return INVALID if stored.info is None or stored.info.accepted else stored.info
    # C15.FR.01: a token that is accepted without being known is not cached.
    return stored.info if stored.info is not None and stored.info.accepted else TokenInfo()
