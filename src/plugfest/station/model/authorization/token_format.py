"""Which identifiers a token may have that a driver presents. Pure rules."""

import re
from typing import Final

import msgspec

_HEX: Final = re.compile(r"[0-9A-Fa-f]+")


class TokenFormat(msgspec.Struct, frozen=True, kw_only=True):
    """The identifiers that an OCPP version allows in messages."""

    version: str
    longest: int
    """Characters."""
    characters: re.Pattern[str]
    described: str
    """The allowed characters in words."""
    hexadecimal: frozenset[str]
    """The types that are the bytes of a card in hexadecimal."""

    def problem(self, id_token: str, kind: str) -> str | None:
        """Why a reader refuses this identifier of an idToken type; None if it does not."""
        if kind == "NoAuthorization":
            return "a token of type NoAuthorization is empty" if id_token else None  # C02.FR.01
        if not id_token:
            return "the token is empty"
        if len(id_token) > self.longest:
            return f"the token has {len(id_token)} characters; OCPP {self.version} allows {self.longest}"
        if not self.characters.fullmatch(id_token):
            return f"the token has a character that is not allowed; OCPP {self.version} allows {self.described}"
        if kind in self.hexadecimal and not _HEX.fullmatch(id_token):
            return f"a token of type {kind} has only hexadecimal digits"
        return None


TOKEN_FORMAT_16: Final = TokenFormat(
    version="1.6",
    longest=20,  # 7.15, 7.28
    characters=re.compile(r"[ -~]*"),  # 2.2: CiString
    described="printable ASCII",
    hexadecimal=frozenset(),  # 3.9: no presumption about the format
)

TOKEN_FORMAT_201: Final = TokenFormat(
    version="2.0.1",
    longest=36,  # Part 2, 2.28
    characters=re.compile(r"[A-Za-z0-9*\-_=:+|@.]*"),  # Part 2, 2.1.4: identifierString
    described="letters, digits and *-_=:+|@.",
    hexadecimal=frozenset({"ISO14443", "ISO15693"}),  # Part 2, 3.43
)
