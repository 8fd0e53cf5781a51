"""Transport faults as data: what each does, its parameters, and how they are written."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec

from plugfest.ocpp.near_actions import near_action
from plugfest.ocpp.versions import Protocol
from plugfest.rig.misbehaviour.errors import MisbehaviourError

MAX_SECONDS: Final = 86400.0
MAX_BYTES: Final = 64 * 1024 * 1024


class Form(StrEnum):
    """What is malformed in a frame."""

    TRUNCATED = "truncated"
    NOT_AN_ARRAY = "not-an-array"
    UNKNOWN_TYPE = "unknown-type"
    NOT_UTF8 = "not-utf8"
    OVERSIZED = "oversized"


class Way(StrEnum):
    """Frames from the station, to it, or both."""

    SENT = "sent"
    RECEIVED = "received"
    BOTH = "both"


class Kind(StrEnum):
    """Requests, or what answers them."""

    CALL = "call"
    ANSWER = "answer"


class Seconds(NamedTuple):
    """A time between two limits, in seconds."""

    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.least:g}" if self.least == self.most else f"{self.least:g}-{self.most:g}"


class TransportFault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault of the transport, with its parameters.

    `rate`: the share of the frames, or of the attempts to connect, that it concerns. Of the frames only those in the
    direction `direction`, of the kind `kind` and of the action `message`; None: all. `form`: None takes any in turn by
    chance. `size`: of an oversized frame, in bytes.
    """

    name: str
    rate: float = 0.1
    seconds: Seconds = Seconds(0, 0)
    direction: Way = Way.SENT
    message: str | None = None
    kind: Kind | None = None
    form: Form | None = None
    size: int = 2 * 1024 * 1024

    def __str__(self) -> str:
        given = [name for name in KINDS[self.name].parameters if name in _ALWAYS_SHOWN or self._differs(name)]
        return f"{self.name}:{','.join(f'{name}={_text(getattr(self, name))}' for name in given)}"

    def _differs(self, parameter: str) -> bool:
        """Whether a parameter is not that of every fault without one."""
        return bool(getattr(self, parameter) != getattr(TransportFault(name=self.name), parameter))


_ALWAYS_SHOWN: Final = ("rate", "seconds")


class FaultKind(msgspec.Struct, frozen=True):
    """A kind of transport faults: what it does, its parameters, and defaults that are not the common ones."""

    name: str
    does: str
    parameters: tuple[str, ...]
    defaults: Mapping[str, Any] = {}


_FRAMES: Final = ("rate", "direction", "message", "kind")

KINDS: Final[Mapping[str, FaultKind]] = {
    each.name: each
    for each in (
        FaultKind(
            "late",
            "a frame is late by so many seconds, and those behind it wait",
            ("rate", "seconds", "direction", "message", "kind"),
            {"seconds": Seconds(1, 5)},
        ),
        FaultKind("lost", "a frame does not arrive", _FRAMES),
        FaultKind("doubled", "a frame arrives twice", _FRAMES),
        FaultKind(
            "out-of-order",
            "a frame arrives after the next one, or after so many seconds if there is none",
            ("rate", "seconds", "direction", "message", "kind"),
            {"seconds": Seconds(5, 5)},
        ),
        FaultKind(
            "malformed",
            "a frame is cut, no array, of an unknown message type, not UTF-8, or too large",
            ("rate", "form", "size", "direction", "message", "kind"),
        ),
        FaultKind("wrong-id", "an answer has another message id", ("rate", "direction", "message")),
        FaultKind("unsolicited-answer", "an answer without a request follows a frame", _FRAMES),
        FaultKind("hang-up", "the TCP connection ends without a close frame after a frame", _FRAMES),
        FaultKind(
            "half-open",
            "after a frame the station neither reads nor writes for so many seconds; then it opens a new connection and"
            " leaves the old one open",
            ("rate", "seconds", "direction", "message", "kind"),
            {"seconds": Seconds(120, 120), "rate": 0.02},
        ),
        FaultKind(
            "slow-tls",
            "the first bytes of a connection, the TLS ClientHello (without TLS the HTTP request), take so long",
            ("rate", "seconds"),
            {"seconds": Seconds(10, 10), "rate": 1.0},
        ),
    )
}
"""Every kind, by its name."""


def parse_fault(name: str, parameters: str, protocol: Protocol) -> TransportFault:
    """A fault of this kind from its parameters, such as `rate=0.2,seconds=1-5`. Raises MisbehaviourError."""
    kind = KINDS[name]
    values = dict(kind.defaults)
    for text in parameters.split(",") if parameters else ():
        key, equals, value = text.strip().partition("=")
        if key not in kind.parameters or not equals:
            raise MisbehaviourError(f"{name}: {text.strip() or 'an empty parameter'}: {_expected(key, kind)}")
        values[key] = _value(name, key, value, protocol)
    return TransportFault(name=name, **values)


def _expected(key: str, kind: FaultKind) -> str:
    near = get_close_matches(key, kind.parameters, n=1)
    known = f"{', '.join(f'{each}=' for each in kind.parameters)}"
    return f"did you mean {near[0]}=?" if near and near[0] != key else f"the parameters are {known}"


def _value(name: str, key: str, text: str, protocol: Protocol) -> object:
    if key == "message":
        return _action(name, text, protocol)
    read, expected = _READERS[key]
    try:
        return read(text)
    except (ValueError, OverflowError):
        raise MisbehaviourError(f"{name}: {key}={text}: expected {expected}") from None


def _action(name: str, text: str, protocol: Protocol) -> str:
    if text in protocol.requests:
        return text
    hint = near_action(text, protocol.requests)
    raise MisbehaviourError(f"{name}: message={text}: OCPP {protocol.name} has no such message{hint}")


def _rate(text: str) -> float:
    return _within(float(text), 0.0, 1.0)


def _seconds(text: str) -> Seconds:
    least, dash, most = text.partition("-")
    found = Seconds(_within(float(least), 0.0, MAX_SECONDS), _within(float(most if dash else least), 0.0, MAX_SECONDS))
    if found.least > found.most:
        raise ValueError
    return found


def _size(text: str) -> int:
    return int(_within(int(text), 1, MAX_BYTES))


def _within(number: float, least: float, most: float) -> float:
    if not least <= number <= most:
        raise ValueError
    return number


_READERS: Final[Mapping[str, tuple[Callable[[str], object], str]]] = {
    "rate": (_rate, "a number from 0 to 1"),
    "seconds": (_seconds, f"seconds up to {MAX_SECONDS:g}, such as 3 or 1-5"),
    "size": (_size, f"a number of bytes up to {MAX_BYTES}"),
    "direction": (Way, " or ".join(Way)),
    "kind": (Kind, " or ".join(Kind)),
    "form": (Form, " or ".join(Form)),
}


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
