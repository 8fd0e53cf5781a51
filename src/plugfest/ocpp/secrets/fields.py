"""Which fields of OCPP messages hold secrets: passwords, tokens and private keys.

Only names of fields count, so that an unknown, invalid or truncated message has its secrets found too.
"""

import re
import string
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from plugfest.ocpp.secrets.json_scanner import Path, Scalar, scalars


class SecretKind(StrEnum):
    """The kind of a secret: the first part of its label."""

    TOKEN = "token"
    PASSWORD = "password"
    LOGIN = "login"  # user and password in a URL, or a user name of a network
    CUSTOMER = "customer"
    KEY = "private-key"


NAME_ENDINGS: Final[Mapping[str, SecretKind]] = {
    "idtoken": SecretKind.TOKEN,  # additionalIdToken, groupIdToken
    "idtag": SecretKind.TOKEN,  # parentIdTag
    "masterpassgroupid": SecretKind.TOKEN,
    "customeridentifier": SecretKind.CUSTOMER,
    "password": SecretKind.PASSWORD,  # BasicAuthPassword, apnPassword, passwords of vendors
    "authorizationkey": SecretKind.PASSWORD,
    "secret": SecretKind.PASSWORD,
    "passphrase": SecretKind.PASSWORD,
    "simpin": SecretKind.PASSWORD,
    "vpn.key": SecretKind.PASSWORD,
    "vpn.user": SecretKind.LOGIN,
    "apnusername": SecretKind.LOGIN,
}
"""Lower-case endings of the names of fields, variables and configuration keys that hold secrets.

An ending includes the name of the enclosing object where the field's name alone is ambiguous.
"""

SETTING_NAME_PATHS: Final[Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]]] = {
    "attributevalue": ((1, ("variable", "name")),),
    "actualvalue": ((1, ("variable", "name")),),
    "value": ((1, ("key",)), (3, ("variable", "name"))),
}
"""Where the name of a setting is, by the field of its value: the number of levels up, and the path from there."""

IN_URL: Final = re.compile(r"://([^\s/@\"'<>]+)@")
PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_HINTS: Final = ("\\", *{one.partition(".")[0] for one in NAME_ENDINGS})
_ALL_NAME_ENDINGS: Final = tuple(NAME_ENDINGS)
_NEVER_SECRET: Final = re.compile(r"true|false|\d{0,3}", re.IGNORECASE)
_LOWERCASE: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def lowercase(text: str) -> str:
    """The text with ASCII letters in lower case: unlike `str.lower`, this keeps the length."""
    return text.translate(_LOWERCASE)


def may_have_secrets(text: str) -> bool:
    """Whether the text may have a field with a secret. Most frames have none and need not be scanned."""
    lower = lowercase(text)
    return any(hint in lower for hint in _HINTS)


def classified(text: str) -> Iterator[tuple[Scalar, SecretKind | None]]:
    """Each scalar and key of a frame with its kind of secret, None if it is not secret."""
    found = list(scalars(text))
    values = {scalar.path: scalar.value for scalar in found if scalar.path}
    for scalar in found:
        yield scalar, _kind(scalar.path, values)


def _kind(path: Path, values: Mapping[Path, str]) -> SecretKind | None:
    names = [part.lower() for part in path if isinstance(part, str)]
    if not names or not isinstance(path[-1], str):
        return None
    kind = _kind_by_name(".".join(names[-2:]))
    if kind is not None or _NEVER_SECRET.fullmatch(values[path]):
        return kind
    settings = (values.get((*path[:-levels], *name)) for levels, name in SETTING_NAME_PATHS.get(names[-1], ()))
    return next((_kind_by_name(name.lower()) for name in settings if name is not None), None)


def _kind_by_name(name: str) -> SecretKind | None:
    if not name.endswith(_ALL_NAME_ENDINGS):
        return None
    return next(kind for ending, kind in NAME_ENDINGS.items() if name.endswith(ending))


def encodable(text: str) -> str:
    """The text with lone surrogates as escapes: UTF-8 cannot encode them."""
    return text.encode(errors="backslashreplace").decode()


def holds_json(value: str) -> bool:
    """Whether a string looks like JSON, as the data of a DataTransfer may be."""
    return value.lstrip()[:1] in ("{", "[") and bool(value.strip())
