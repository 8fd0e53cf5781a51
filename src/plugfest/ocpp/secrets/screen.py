"""Frames as they leave the process of a station: without passwords, logins and private keys."""

import json
from typing import Final

from plugfest.ocpp.secrets.fields import (
    IN_URL,
    PRIVATE_KEY,
    SecretKind,
    classified,
    encodable,
    holds_json,
    may_have_secrets,
)
from plugfest.ocpp.secrets.json_scanner import Scalar

NOT_SHOWN: Final = "(not shown)"
_SHOWN_ON_A_SCREEN: Final = frozenset({SecretKind.TOKEN, SecretKind.CUSTOMER})


def without_passwords(frame: str) -> str:
    """A frame for the screen of its own user: passwords, logins and private keys are replaced by `NOT_SHOWN`."""
    parts: list[str] = []
    end = 0
    for scalar, secret in classified(frame) if may_have_secrets(frame) else ():
        parts += frame[end : scalar.start], _for_screen(scalar, secret)
        end = scalar.end
    text = "".join((*parts, frame[end:]))
    return IN_URL.sub(f"://{NOT_SHOWN}@", PRIVATE_KEY.sub(NOT_SHOWN, text))


def _for_screen(scalar: Scalar, secret: SecretKind | None) -> str:
    if secret is not None and secret not in _SHOWN_ON_A_SCREEN and scalar.value:
        return json.dumps(NOT_SHOWN)
    if scalar.is_string and holds_json(scalar.value):
        shown = without_passwords(scalar.value)
        return scalar.raw if shown == scalar.value else encodable(json.dumps(shown, ensure_ascii=False))
    return scalar.raw
