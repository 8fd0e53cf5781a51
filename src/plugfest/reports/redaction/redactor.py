"""Replaces the secrets of a campaign, which are passwords, tokens and private keys, by labels.

Equal secrets have equal labels in a report (`token-1`, `password-2`), so that a reader can match them. Secrets are
taken from the settings of the lab and from the fields of the frames that hold secrets.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import Final

import msgspec

from plugfest.lab.settings import LabSettings
from plugfest.ocpp.secrets.fields import (
    IN_URL,
    PRIVATE_KEY,
    SecretKind,
    classified,
    encodable,
    holds_json,
    lowercase,
    may_have_secrets,
)
from plugfest.ocpp.secrets.json_scanner import Scalar
from plugfest.ocpp.v16 import messages as messages_v16
from plugfest.ocpp.v16 import types as types_v16
from plugfest.ocpp.v201 import messages as messages_v201
from plugfest.ocpp.v201 import types as types_v201
from plugfest.reports.redaction.replacer import Replacer

_COMMON_LITERALS: Final = ("true", "false", "null", "none")


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
        if not may_have_secrets(text) and self._replaced(text) == text:
            return text
        parts: list[str] = []
        end = 0
        for scalar, secret in classified(text):
            parts += text[end : scalar.start], self._redacted(scalar, secret)
            end = scalar.end
        redacted = "".join((*parts, text[end:]))
        return redacted if _is_json(text) else self._replaced(redacted)

    def text(self, text: str) -> str:
        """Any other text with the known secrets, logins in URLs and private keys replaced."""
        self.learn()
        return encodable(self._replaced(text))

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
        text = PRIVATE_KEY.sub(lambda found: self._label(SecretKind.KEY, found[0]), text)
        text = IN_URL.sub(lambda found: f"://{self._label(SecretKind.LOGIN, found[1])}@", text)
        return self._replace(text)

    def _redacted(self, scalar: Scalar, secret: SecretKind | None) -> str:
        if secret is not None and scalar.value:
            redacted = self._label(secret, scalar.value)
        elif not scalar.is_string:
            return scalar.raw
        elif holds_json(scalar.value):
            redacted = self.frame(scalar.value)
        else:
            redacted = self._replaced(scalar.value)
        return scalar.raw if redacted == scalar.value else encodable(json.dumps(redacted, ensure_ascii=False))

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
        if not may_have_secrets(text):
            return
        for scalar, secret in classified(text):
            if secret is not None and scalar.value:
                self._learn(secret, scalar.value)
            elif scalar.is_string and holds_json(scalar.value):
                self._learn_frame(scalar.value)

    def _learn(self, kind: SecretKind, value: str) -> None:
        label = self._label(kind, value)
        if kind is SecretKind.PASSWORD:  # OCPP 1.6 sends it in hexadecimal digits (security whitepaper, A01)
            self._labels.setdefault(lowercase(_from_hexadecimal(value) or value.encode().hex()), label)


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
