"""What a report tells nobody: passwords, tokens and private keys, each replaced by a name of its own.

The same secret has the same name all over a report (`token-1`, `password-2`), so that a reader can follow who is who.
Secrets are known from the settings of the lab and from the record, where the tables below say in which field of any
message one stands. They go by the names of fields alone: a message that is new, wrong or cut short hides nothing.
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
from plugfest.reports.redaction.replacement import Replacing, folded


class Kind(StrEnum):
    """What a secret is, and so what it is called."""

    TOKEN = "token"
    PASSWORD = "password"
    LOGIN = "login"  # user and password in a URL, or of a network
    CUSTOMER = "customer"
    KEY = "private-key"


ENDINGS: Final[Mapping[str, Kind]] = {
    "idtoken": Kind.TOKEN,  # additionalIdToken, groupIdToken
    "idtag": Kind.TOKEN,  # parentIdTag
    "masterpassgroupid": Kind.TOKEN,
    "customeridentifier": Kind.CUSTOMER,
    "password": Kind.PASSWORD,  # BasicAuthPassword, apnPassword, whatever password a vendor has
    "authorizationkey": Kind.PASSWORD,
    "secret": Kind.PASSWORD,
    "passphrase": Kind.PASSWORD,
    "simpin": Kind.PASSWORD,
    "vpn.key": Kind.PASSWORD,
    "vpn.user": Kind.LOGIN,
    "apnusername": Kind.LOGIN,
}
"""How the names of fields, variables and configuration keys end that hold a secret, in small letters; with the object
around it where a field's name alone says too little.
"""

NAMES_OF_VALUES: Final[Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]]] = {
    "attributevalue": ((1, ("variable", "name")),),
    "actualvalue": ((1, ("variable", "name")),),
    "value": ((1, ("key",)), (3, ("variable", "name"))),
}
"""By the field of a setting's value: how many levels above it, and from there where, the setting's name may stand."""

_IN_URL: Final = re.compile(r"://([^\s/@\"'<>]+)@")
_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_TELLING: Final = ("\\", *{one.partition(".")[0] for one in ENDINGS})
_ALL_ENDINGS: Final = tuple(ENDINGS)
_NO_SECRET: Final = re.compile(r"true|false|\d{0,3}", re.IGNORECASE)
_OF_ALL_LANGUAGES: Final = ("true", "false", "null", "none")


class Redaction:
    """The secrets of one campaign, and texts without them."""

    def __init__(self, settings: LabSettings, frames: Iterable[str]) -> None:
        self._labels: dict[str, str] = {}
        self._count = dict.fromkeys(Kind, 0)
        self._learn_settings(settings)
        for text in frames:
            self._learn_frame(text)
        self._hide = Replacing({text: label for text, label in self._labels.items() if not _is_protocol(text)})

    def frame(self, text: str) -> str:
        """A frame without its secrets, and the same in everything else, also if it is no frame."""
        if not _is_suspicious(text) and self._hidden(text) == text:
            return text
        parts: list[str] = []
        end = 0
        for scalar, secret in _judged(text):
            parts += text[end : scalar.start], self._written(scalar, secret)
            end = scalar.end
        redacted = "".join((*parts, text[end:]))
        return redacted if _is_json(text) else self._hidden(redacted)

    def text(self, text: str) -> str:
        """Any other text without the secrets that are known, without logins in URLs and private keys."""
        return _writable(self._hidden(text))

    def _hidden(self, text: str) -> str:
        text = _KEY.sub(lambda found: self._label(Kind.KEY, found[0]), text)
        text = _IN_URL.sub(lambda found: f"://{self._label(Kind.LOGIN, found[1])}@", text)
        return self._hide(text)

    def _written(self, scalar: Scalar, secret: Kind | None) -> str:
        if secret is not None and scalar.value:
            redacted = self._label(secret, scalar.value)
        elif not scalar.is_string:
            return scalar.written
        elif _holds_json(scalar.value):
            redacted = self.frame(scalar.value)
        else:
            redacted = self._hidden(scalar.value)
        return scalar.written if redacted == scalar.value else _writable(json.dumps(redacted, ensure_ascii=False))

    def _label(self, kind: Kind, value: str) -> str:
        """The name of a secret, a new one if it has none."""
        key = folded(value)
        if key not in self._labels:
            self._count[kind] += 1
            self._labels[key] = f"{kind}-{self._count[kind]}"
        return self._labels[key]

    def _learn_settings(self, settings: LabSettings) -> None:
        self._learn(Kind.PASSWORD, settings.password)
        login = f"{settings.identity}:{settings.password}".encode()
        self._labels[folded(base64.b64encode(login).decode())] = self._labels[folded(settings.password)]
        for token in settings.tokens.known().values():
            for value in filter(None, (token.id_token, token.group)):
                self._learn(Kind.TOKEN, value)
        self._learn(Kind.CUSTOMER, settings.customer_identifier)

    def _learn_frame(self, text: str) -> None:
        if not _is_suspicious(text):
            return
        for scalar, secret in _judged(text):
            if secret is not None and scalar.value:
                self._learn(secret, scalar.value)
            elif scalar.is_string and _holds_json(scalar.value):
                self._learn_frame(scalar.value)

    def _learn(self, kind: Kind, value: str) -> None:
        label = self._label(kind, value)
        if kind is Kind.PASSWORD:  # OCPP 1.6 says it in hexadecimal digits (whitepaper, A01)
            self._labels.setdefault(folded(_from_hexadecimal(value) or value.encode().hex()), label)


def _is_suspicious(text: str) -> bool:
    """Whether a secret may have a field in it. Most frames have none, and need not be taken apart."""
    small = folded(text)
    return any(one in small for one in _TELLING)


def _judged(text: str) -> Iterator[tuple[Scalar, Kind | None]]:
    """Each scalar and name of a frame, and what kind of secret it is."""
    every = list(scalars(text))
    values = {one.path: one.value for one in every if one.path}
    for one in every:
        yield one, _kind(one.path, values)


def _kind(path: Path, values: Mapping[Path, str]) -> Kind | None:
    names = [part.lower() for part in path if isinstance(part, str)]
    if not names or not isinstance(path[-1], str):
        return None
    kind = _named(".".join(names[-2:]))
    if kind is not None or _NO_SECRET.fullmatch(values[path]):
        return kind
    settings = (values.get((*path[:-levels], *name)) for levels, name in NAMES_OF_VALUES.get(names[-1], ()))
    return next((_named(one.lower()) for one in settings if one is not None), None)


def _named(name: str) -> Kind | None:
    """What kind of secret something of that name is."""
    if not name.endswith(_ALL_ENDINGS):
        return None
    return next(kind for ending, kind in ENDINGS.items() if name.endswith(ending))


def _writable(text: str) -> str:
    """The text with half a surrogate pair as the escape that it came from: no file can hold one by itself."""
    return text.encode(errors="backslashreplace").decode()


def _holds_json(value: str) -> bool:
    """Whether a text looks like JSON, as the data of a DataTransfer may."""
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
    """Whether OCPP itself uses the word: a token called `Accepted` is hidden where it is a token, and nowhere else."""
    return secret in _protocol_words()


@cache
def _protocol_words() -> str:
    modules = (types_v16, messages_v16, types_v201, messages_v201)
    return "\n".join(sorted({folded(word) for module in modules for word in _words(module)} | {*_OF_ALL_LANGUAGES}))


def _words(module: ModuleType) -> Iterator[str]:
    for name, one in vars(module).items():
        if isinstance(one, type) and issubclass(one, StrEnum):
            yield from (member.value for member in one)
        elif isinstance(one, type) and issubclass(one, msgspec.Struct):
            yield name
            yield from one.__struct_encode_fields__
