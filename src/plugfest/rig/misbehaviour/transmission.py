"""What transport faults do to a frame: decided by chance from a seed, without I/O."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from random import Random
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from plugfest.ocpp import frames
from plugfest.ocpp.frames import Call, FrameError
from plugfest.rig.misbehaviour.faults import Form, Kind, TransportFault, Way

Text: TypeAlias = str | bytes
"""A frame; bytes are one that may not be UTF-8."""

MAX_REQUESTS: Final = 100
"""How many requests are remembered until their answers."""

MAX_SIZE: Final = 2**30
SLOW_TLS: Final = "slow-tls"


class End(Enum):
    """How a fault ends the connection after a frame."""

    HANG_UP = auto()
    HALF_OPEN = auto()


class Transmission(msgspec.Struct, frozen=True, kw_only=True):
    """How a frame passes.

    `texts`: what arrives of it. `delay`: seconds until then. `held`: it waits for the next frame, so many seconds at
    most. `end`: how the connection ends afterwards; for HALF_OPEN `silence` is the seconds until the station leaves it.
    `notes`: what the faults did, a line for each.
    """

    texts: tuple[Text, ...]
    delay: float = 0.0
    held: float | None = None
    end: End | None = None
    silence: float = 0.0
    notes: tuple[str, ...] = ()


class Faults:
    """The transport faults of one station. The same seed and the same frames give the same faults."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._active: list[tuple[TransportFault, Random]] = []
        self._actions: OrderedDict[tuple[bool, str], str] = OrderedDict()

    def replace(self, faults: Iterable[TransportFault]) -> None:
        """Make these the active ones. Those that were active before continue."""
        old = list(self._active)
        self._active = []
        for number, fault in enumerate(faults):
            known = next((each for each in old if each[0] == fault), None)
            if known is not None:
                old.remove(known)
            self._active.append(known or (fault, Random(f"{self._seed}/{number}/{fault.name}")))

    def transmission(self, text: Text, *, sent: bool) -> Transmission:
        """How a frame passes, from the station or to it."""
        kind, action = self._described(text, sent=sent)
        transmission = Transmission(texts=(text,))
        for fault, random in self._active:
            if fault.name in _EFFECTS and _concerns(fault, kind, action, sent=sent) and random.random() < fault.rate:
                note = f"{fault.name}: {_words(kind, action, sent=sent)}"
                changed = _EFFECTS[fault.name](transmission, fault, random)
                transmission = msgspec.structs.replace(
                    changed, notes=(*transmission.notes, note + _detail(changed, transmission))
                )
        return transmission

    def slow_handshake(self) -> float | None:
        """The seconds that the first bytes of a new connection take; None: as they come."""
        found = [_seconds(fault, random) for fault, random in self._active if _is_slow(fault, random)]
        return max(found, default=None)

    def _described(self, text: Text, *, sent: bool) -> tuple[Kind | None, str]:
        """Kind and action of a frame. An answer has the action of its request."""
        try:
            frame = frames.parse(text, MAX_SIZE)
        except FrameError:
            return None, ""
        if not isinstance(frame, Call):
            return Kind.ANSWER, self._actions.pop((not sent, frame.message_id), "")
        self._actions[sent, frame.message_id] = frame.action
        while len(self._actions) > MAX_REQUESTS:
            self._actions.popitem(last=False)
        return Kind.CALL, frame.action


def _concerns(fault: TransportFault, kind: Kind | None, action: str, *, sent: bool) -> bool:
    wanted = Kind.ANSWER if fault.name == "wrong-id" else fault.kind
    return (
        fault.direction in (Way.BOTH, Way.SENT if sent else Way.RECEIVED)
        and wanted in (None, kind)
        and fault.message in (None, action)
    )


def _is_slow(fault: TransportFault, random: Random) -> bool:
    return fault.name == SLOW_TLS and random.random() < fault.rate


def _words(kind: Kind | None, action: str, *, sent: bool) -> str:
    what = {Kind.CALL: action, Kind.ANSWER: f"answer to {action or 'an unknown request'}", None: "invalid frame"}[kind]
    return f"{what} {'sent' if sent else 'received'}"


def _detail(now: Transmission, before: Transmission) -> str:
    seconds = now.delay - before.delay + now.silence - before.silence
    return f", {seconds:.3g} s" if seconds else ""


# Effects


def _late(before: Transmission, fault: TransportFault, random: Random) -> Transmission:
    return msgspec.structs.replace(before, delay=before.delay + _seconds(fault, random))


def _lost(before: Transmission, fault: TransportFault, random: Random) -> Transmission:
    return msgspec.structs.replace(before, texts=())


def _doubled(before: Transmission, fault: TransportFault, random: Random) -> Transmission:
    return msgspec.structs.replace(before, texts=tuple(text for text in before.texts for _ in range(2)))


def _out_of_order(before: Transmission, fault: TransportFault, random: Random) -> Transmission:
    return msgspec.structs.replace(before, held=_seconds(fault, random))


def _malformed(before: Transmission, fault: TransportFault, random: Random) -> Transmission:
    form = fault.form or random.choice(list(Form))
    return msgspec.structs.replace(before, texts=tuple(_FORMS[form](text, fault.size, random) for text in before.texts))


def _wrong_id(before: Transmission, fault: TransportFault, random: Random) -> Transmission:
    wrong = msgspec.Raw(msgspec.json.encode(_new_id(random)))
    return msgspec.structs.replace(before, texts=tuple(_with_element(text, 1, wrong) for text in before.texts))


def _unsolicited(before: Transmission, fault: TransportFault, random: Random) -> Transmission:
    return msgspec.structs.replace(before, texts=(*before.texts, frames.call_result(_new_id(random), b"{}")))


def _hang_up(before: Transmission, fault: TransportFault, random: Random) -> Transmission:
    return msgspec.structs.replace(before, end=End.HANG_UP)


def _half_open(before: Transmission, fault: TransportFault, random: Random) -> Transmission:
    return msgspec.structs.replace(before, end=End.HALF_OPEN, silence=_seconds(fault, random))


_EFFECTS: Final[Mapping[str, Callable[[Transmission, TransportFault, Random], Transmission]]] = {
    "late": _late,
    "lost": _lost,
    "doubled": _doubled,
    "out-of-order": _out_of_order,
    "malformed": _malformed,
    "wrong-id": _wrong_id,
    "unsolicited-answer": _unsolicited,
    "hang-up": _hang_up,
    "half-open": _half_open,
}


def _seconds(fault: TransportFault, random: Random) -> float:
    return random.uniform(*fault.seconds)


def _new_id(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


# Malformed frames


def _truncated(text: Text, size: int, random: Random) -> Text:
    return text[: random.randint(1, max(len(text) - 1, 1))]


def _not_an_array(text: Text, size: int, random: Random) -> Text:
    return b'{"message":' + _bytes(text) + b"}"


def _unknown_type(text: Text, size: int, random: Random) -> Text:
    return _with_element(text, 0, msgspec.Raw(b"9"))


def _not_utf8(text: Text, size: int, random: Random) -> Text:
    data = _bytes(text)
    at = random.randint(0, len(data))
    return data[:at] + b"\xff" + data[at:]


def _oversized(text: Text, size: int, random: Random) -> Text:
    """White space makes the frame longer, so that its JSON remains valid."""
    return _bytes(text).ljust(size)


_FORMS: Final[Mapping[Form, Callable[[Text, int, Random], Text]]] = {
    Form.TRUNCATED: _truncated,
    Form.NOT_AN_ARRAY: _not_an_array,
    Form.UNKNOWN_TYPE: _unknown_type,
    Form.NOT_UTF8: _not_utf8,
    Form.OVERSIZED: _oversized,
}


def _with_element(text: Text, index: int, value: msgspec.Raw) -> Text:
    """The frame with another element; as it is if it is no array that has one."""
    try:
        elements = msgspec.json.decode(text, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return text
    if len(elements) <= index:
        return text
    elements[index] = value
    return msgspec.json.encode(elements).decode()


def _bytes(text: Text) -> bytes:
    return text.encode() if isinstance(text, str) else text
