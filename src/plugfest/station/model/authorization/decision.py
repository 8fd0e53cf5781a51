"""Whether to accept a token, refuse it or ask the CSMS. Pure rules."""

from enum import Enum

import msgspec

from plugfest.station.model.authorization.tokens import Token, TokenInfo


class Decision(Enum):
    """What to do with a presented token."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    ASK = "ask"
    """Ask the CSMS."""


class AuthorizationSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The variables of AuthCtrlr, AuthCacheCtrlr and LocalAuthListCtrlr that the decision depends on."""

    enabled: bool = True
    local_pre_authorize: bool = False
    local_authorize_offline: bool = False
    offline_unknown: bool = False
    disable_remote: bool = False
    disable_post_cache: bool = False
    disable_post_list: bool = False


class StoredTokenInfo(msgspec.Struct, frozen=True):
    """What the Local Authorization List and the Authorization Cache contain about a token."""

    in_list: TokenInfo | None = None
    in_cache: TokenInfo | None = None
    list_entry_expired: bool = False
    """Whether the entry in the list has passed its cacheExpiryDateTime, and the station checks that."""

    @property
    def info(self) -> TokenInfo | None:
        """C13.FR.01, C14.FR.01: the list has priority over the cache."""
        return self.in_list or self.in_cache


def decide(token: Token, stored: StoredTokenInfo, settings: AuthorizationSettings, *, online: bool) -> Decision:
    """What to do with a token that is presented to start charging."""
    if not settings.enabled or token.type == "NoAuthorization":
        return Decision.ACCEPT  # AuthCtrlr.Enabled; C02
    return _decide_online(token, stored, settings) if online else _decide_offline(stored, settings)


def _decide_online(token: Token, stored: StoredTokenInfo, settings: AuthorizationSettings) -> Decision:
    info = stored.info
    accepted = info is not None and info.accepted
    if token.type == "Local":
        return Decision.REFUSE if settings.disable_remote else Decision.ASK  # C06.FR.02
    if accepted and settings.local_pre_authorize:
        return Decision.ACCEPT  # C12.FR.02, C14.FR.02, C14.FR.04
    if settings.disable_remote:
        return Decision.ACCEPT if accepted else Decision.REFUSE  # AuthCtrlr.DisableRemoteAuthorization
    if info is not None and not accepted and _post_authorization_disabled(stored, settings):
        return Decision.REFUSE  # AuthCacheCtrlr.DisablePostAuthorize, LocalAuthListCtrlr.DisablePostAuthorize
    return Decision.ASK  # C01.FR.02, C10.FR.03, C12.FR.05, C14.FR.03, C14.FR.05


def _decide_offline(stored: StoredTokenInfo, settings: AuthorizationSettings) -> Decision:
    info = stored.info
    if info is None:
        return Decision.ACCEPT if settings.offline_unknown else Decision.REFUSE  # C15.FR.08
    # C13.FR.02, C13.FR.04 to FR.06: OfflineTxForUnknownIdEnabled does not apply to a token that is known and not
    # accepted, or whose entry in the list has expired.
    return Decision.ACCEPT if info.accepted and settings.local_authorize_offline else Decision.REFUSE


def _post_authorization_disabled(stored: StoredTokenInfo, settings: AuthorizationSettings) -> bool:
    if stored.in_list is None:
        return settings.disable_post_cache
    return settings.disable_post_list and not stored.list_entry_expired  # C14.FR.05
