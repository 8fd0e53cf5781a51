"""Tokens (idToken), and what the CSMS sends about them (idTokenInfo)."""

from datetime import datetime

import msgspec

from plugfest.hardware.ports import FormattedText, TextFormat

ACCEPTED = "Accepted"

EMAID = "eMAID"
"""The idToken type of a contract."""

_GENERATED = frozenset({"Central", "NoAuthorization"})


class Token(msgspec.Struct, frozen=True):
    """An idToken. `type` is an OCPP 2.0.1 idToken type."""

    id_token: str
    type: str
    additional: tuple[tuple[str, str], ...] = ()
    """Pairs of additional text and its type."""

    def same_as(self, other: "Token") -> bool:
        """Compares value and type, not additional info; the value regardless of case. C01.FR.25"""
        return self.key() == other.key()

    def key(self) -> str:
        return f"{self.type}:{self.id_token.casefold()}"

    @property
    def cacheable(self) -> bool:
        """Whether it may be in the Authorization Cache: C02.FR.03, C03.FR.02, C05.FR.02."""
        return self.type not in _GENERATED


NO_AUTHORIZATION_TOKEN = Token("", "NoAuthorization")
"""The token of a start button. C02.FR.01"""


class TokenInfo(msgspec.Struct, frozen=True):
    """The idTokenInfo of a token. `status` is an OCPP authorization status."""

    status: str = ACCEPTED
    group: str | None = None
    cache_expiry: datetime | None = None
    evse_ids: tuple[int, ...] = ()
    """The EVSEs where the token may be used; empty: all."""
    message: FormattedText | None = msgspec.field(default=None, name="personal_message")
    """A text for the driver, such as the tariff."""

    charging_priority: int | None = None
    """From -9 to 9; the higher one is served first. None: not known."""

    @property
    def accepted(self) -> bool:
        return self.status == ACCEPTED

    @property
    def notice(self) -> str | None:
        """The text for the driver, if it is a plain one."""
        plain = self.message is not None and self.message.format in (TextFormat.ASCII, TextFormat.UTF8)
        return self.message.text if plain and self.message is not None else None


def same_group(one: str | None, other: str | None) -> bool:
    """Whether two group ids are equal. A token without a group id is in no group (Part 2 C 1.2)."""
    return bool(one) and bool(other) and str(one).casefold() == str(other).casefold()
