"""Replaces the secrets of a campaign, which are passwords, tokens and private keys, by labels.

Equal secrets have equal labels in a report (`token-1`, `password-2`), so that a reader can match them. Secrets are
taken from the settings of the lab and from the frames: the tables below list the fields that hold them. Only names of
fields count, so an unknown, invalid or truncated message hides its secrets too.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import Final

import msgspec

from plugfest.lab.settings import LabSettings
from plugfest.ocpp.v16 import messages as messages_v16
from plugfest.ocpp.v16 import types as types_v16
from plugfest.ocpp.v201 import messages as messages_v201
from plugfest.ocpp.v201 import types as types_v201
from plugfest.reports.redaction.json_scanner import Path, Scalar, scalars
from plugfest.reports.redaction.replacer import Replacer, lowercase


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

_IN_URL: Final = re.compile(r"://([^\s/@\"'<>]+)@")
_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_HINTS: Final = ("\\", *{one.partition(".")[0] for one in NAME_ENDINGS})
_ALL_NAME_ENDINGS: Final = tuple(NAME_ENDINGS)
_NEVER_SECRET: Final = re.compile(r"true|false|\d{0,3}", re.IGNORECASE)
_COMMON_LITERALS: Final = ("true", "false", "null", "none")


NOT_SHOWN: Final = "(not shown)"
_SHOWN_ON_A_SCREEN: Final = frozenset({SecretKind.TOKEN, SecretKind.CUSTOMER})


def without_passwords(frame: str) -> str:
    """A frame for the screen of its own user: passwords, logins and private keys are replaced by `NOT_SHOWN`."""
    parts: list[str] = []
    end = 0
    for scalar, secret in _classified(frame) if _may_have_secrets(frame) else ():
        parts += frame[end : scalar.start], _for_screen(scalar, secret)
        end = scalar.end
    text = "".join((*parts, frame[end:]))
    return _IN_URL.sub(f"://{NOT_SHOWN}@", _KEY.sub(NOT_SHOWN, text))


def _for_screen(scalar: Scalar, secret: SecretKind | None) -> str:
    if secret is not None and secret not in _SHOWN_ON_A_SCREEN and scalar.value:
        return json.dumps(NOT_SHOWN)
    if scalar.is_string and _holds_json(scalar.value):
        shown = without_passwords(scalar.value)
        return scalar.raw if shown == scalar.value else _encodable(json.dumps(shown, ensure_ascii=False))
    return scalar.raw


class Redactor:
    """Replaces the secrets of a campaign in texts. It reads the frames when the first text is redacted."""

    def __init__(self, settings: Iterable[LabSettings], frames: Iterable[str]) -> None:
        self._labels: dict[str, str] = {}
        self._count = dict.fromkeys(SecretKind, 0)
        self._settings = settings
        self._frames = frames
        self._replace: Replacer | None = None

    def frame(self, text: str) -> str:
        """The frame with its secrets replaced and nothing else changed; the text need not be valid OCPP-J."""
        self.learn()
        if not _may_have_secrets(text) and self._replaced(text) == text:
            return text
        parts: list[str] = []
        end = 0
        for scalar, secret in _classified(text):
            parts += text[end : scalar.start], self._redacted(scalar, secret)
            end = scalar.end
        redacted = "".join((*parts, text[end:]))
        return redacted if _is_json(text) else self._replaced(redacted)

    def text(self, text: str) -> str:
        """Any other text with the known secrets, logins in URLs and private keys replaced."""
        self.learn()
        return _encodable(self._replaced(text))

    def learn(self) -> None:
        """Read the frames for their secrets, if this was not done yet."""
        if self._replace is not None:
            return
        for each in self._settings:
            self._learn_settings(each)
        for text in self._frames:
            self._learn_frame(text)
        self._replace = Replacer({text: label for text, label in self._labels.items() if not _is_protocol(text)})

    def _replaced(self, text: str) -> str:
        assert self._replace is not None
        text = _KEY.sub(lambda found: self._label(SecretKind.KEY, found[0]), text)
        text = _IN_URL.sub(lambda found: f"://{self._label(SecretKind.LOGIN, found[1])}@", text)
        return self._replace(text)

    def _redacted(self, scalar: Scalar, secret: SecretKind | None) -> str:
        if secret is not None and scalar.value:
            redacted = self._label(secret, scalar.value)
        elif not scalar.is_string:
            return scalar.raw
        elif _holds_json(scalar.value):
            redacted = self.frame(scalar.value)
        else:
            redacted = self._replaced(scalar.value)
        return scalar.raw if redacted == scalar.value else _encodable(json.dumps(redacted, ensure_ascii=False))

    def _label(self, kind: SecretKind, value: str) -> str:
        """The label of a secret, which is numbered when it is seen for the first time."""
        key = lowercase(value)
        if key not in self._labels:
            self._count[kind] += 1
            self._labels[key] = f"{kind}-{self._count[kind]}"
        return self._labels[key]

    def _learn_settings(self, settings: LabSettings) -> None:
        self._learn(SecretKind.PASSWORD, settings.password)
        login = f"{settings.identity}:{settings.password}".encode()
        self._labels[lowercase(base64.b64encode(login).decode())] = self._labels[lowercase(settings.password)]
        for token in settings.tokens.known().values():
            for value in filter(None, (token.id_token, token.group)):
                self._learn(SecretKind.TOKEN, value)
        self._learn(SecretKind.CUSTOMER, settings.customer_identifier)

    def _learn_frame(self, text: str) -> None:
        if not _may_have_secrets(text):
            return
        for scalar, secret in _classified(text):
            if secret is not None and scalar.value:
                self._learn(secret, scalar.value)
            elif scalar.is_string and _holds_json(scalar.value):
                self._learn_frame(scalar.value)

    def _learn(self, kind: SecretKind, value: str) -> None:
        label = self._label(kind, value)
        if kind is SecretKind.PASSWORD:  # OCPP 1.6 sends it in hexadecimal digits (security whitepaper, A01)
            self._labels.setdefault(lowercase(_from_hexadecimal(value) or value.encode().hex()), label)


def _may_have_secrets(text: str) -> bool:
    """Whether the text may have a field with a secret. Most frames have none and need not be scanned."""
    lower = lowercase(text)
    return any(hint in lower for hint in _HINTS)


def _classified(text: str) -> Iterator[tuple[Scalar, SecretKind | None]]:
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


def _encodable(text: str) -> str:
    """The text with lone surrogates as escapes: UTF-8 cannot encode them."""
    return text.encode(errors="backslashreplace").decode()


def _holds_json(value: str) -> bool:
    """Whether a string looks like JSON, as the data of a DataTransfer may be."""
    return value.lstrip()[:1] in ("{", "[") and bool(value.strip())


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return True


def _from_hexadecimal(value: str) -> str:
    try:
        text = bytes.fromhex(value).decode("ascii")
    except ValueError:
        return ""
    return text if text.isprintable() else ""


def _is_protocol(secret: str) -> bool:
    """Whether OCPP itself uses the word. A token `Accepted` is replaced where it is a token, but nowhere else."""
    return secret in _protocol_words()


@cache
def _protocol_words() -> str:
    modules = (types_v16, messages_v16, types_v201, messages_v201)
    return "\n".join(sorted({lowercase(word) for module in modules for word in _words(module)} | {*_COMMON_LITERALS}))


def _words(module: ModuleType) -> Iterator[str]:
    for name, one in vars(module).items():
        if isinstance(one, type) and issubclass(one, StrEnum):
            yield from (member.value for member in one)
        elif isinstance(one, type) and issubclass(one, msgspec.Struct):
            yield name
            yield from one.__struct_encode_fields__
