"""Authorizes tokens: with what the station knows, or by asking the CSMS."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from plugfest.station.model.authorization.decision import AuthorizationSettings, Decision, StoredTokenInfo, decide
from plugfest.station.model.authorization.token_cache import TokenCache
from plugfest.station.model.authorization.tokens import Token, TokenInfo

Ask: TypeAlias = Callable[[Token], Awaitable[TokenInfo | None]]
"""Asks the CSMS and remembers what it says. None: it cannot be reached."""

LookUp: TypeAlias = Callable[[Token], TokenInfo | None]
"""Looks into the Local Authorization List."""

INVALID = TokenInfo("Invalid")


class Authorizer:
    """Knows whom to ask about a token. A block sets `ask`; another one may set `local_list`."""

    def __init__(
        self, cache: TokenCache, settings: Callable[[], AuthorizationSettings], online: Callable[[], bool]
    ) -> None:
        self.cache = cache
        self.ask: Ask | None = None
        self.local_list: LookUp | None = None
        self._settings = settings
        self._online = online

    @property
    def enabled(self) -> bool:
        """AuthCtrlr.Enabled: whether anybody has to be authorized at all. C01.FR.01"""
        return self._settings().enabled

    def stored_info(self, token: Token) -> StoredTokenInfo:
        """What the station itself knows about `token`."""
        in_list = None if self.local_list is None else self.local_list(token)
        return StoredTokenInfo(in_list, self.cache.lookup(token))

    def update_cache(self, token: Token, info: TokenInfo) -> None:
        """The CSMS has said something about `token`. What is in the list is not learned (1.6, 3.5.3)."""
        if self.local_list is None or self.local_list(token) is None:
            self.cache.update(token, info)

    async def authorize(self, token: Token) -> TokenInfo:
        """Whether `token` may charge, and what else is known of it."""
        known = self.stored_info(token)
        verdict = decide(token, known, self._settings(), online=self._online())
        if verdict is Decision.ASK:
            answer = None if self.ask is None else await self.ask(token)
            if answer is not None:
                return answer
            verdict = decide(token, known, self._settings(), online=False)
        if verdict is Decision.REFUSE:
            return INVALID
        # C15.FR.01: what is accepted without anybody knowing it is not learned.
        return known.info if known.info is not None and known.info.accepted else TokenInfo()
