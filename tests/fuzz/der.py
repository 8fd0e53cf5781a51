"""Mutations of structures in DER: of bytes, and of whole elements with their lengths."""

from collections.abc import Iterator
from random import Random
from typing import Final, NamedTuple

_CONSTRUCTED: Final = 0x20

_LONG: Final = 0x80


class Element(NamedTuple):
    """Where an element begins, where its content begins, and where it ends."""

    begin: int
    content: int
    end: int


def mutated(der: bytes, random: Random) -> bytes:
    """The structure after one to three mutations."""
    for _ in range(random.choice((1, 1, 2, 3))):
        der = random.choice((_other_byte, _other_byte, _cut, _without, _twice, _nested, _other_content))(der, random)
    return der


def elements(der: bytes, begin: int = 0, end: int | None = None) -> Iterator[Element]:
    """The elements of a structure, as far as they can be read."""
    end = len(der) if end is None else end
    while begin + 2 <= end:
        size, content = der[begin + 1], begin + 2
        if size >= _LONG:
            content += size - _LONG
            size = int.from_bytes(der[begin + 2 : content])
        if content + size > end:
            return
        yield Element(begin, content, content + size)
        if der[begin] & _CONSTRUCTED:
            yield from elements(der, content, content + size)
        begin = content + size


def _length(size: int) -> bytes:
    if size < _LONG:
        return bytes([size])
    digits = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([_LONG | len(digits)]) + digits


def _replaced(der: bytes, old: Element, new: bytes) -> bytes:
    """The structure with another element, and with the right lengths around it."""
    around = [each for each in elements(der) if each.begin < old.begin and old.end <= each.end]
    result, begin, end = new, old.begin, old.end
    for outer in reversed(around):
        content = der[outer.content : begin] + result + der[end : outer.end]
        result, begin, end = (
            der[outer.begin : outer.begin + 1] + _length(len(content)) + content,
            outer.begin,
            outer.end,
        )
    return der[:begin] + result + der[end:]


def _any(der: bytes, random: Random) -> Element:
    found = list(elements(der))
    return random.choice(found) if found else Element(0, 0, len(der))


def _other_byte(der: bytes, random: Random) -> bytes:
    at = random.randrange(len(der)) if der else 0
    return der[:at] + bytes([random.randrange(256)]) + der[at + 1 :]


def _cut(der: bytes, random: Random) -> bytes:
    return der[: random.randrange(len(der) + 1)]


def _without(der: bytes, random: Random) -> bytes:
    return _replaced(der, _any(der, random), b"")


def _twice(der: bytes, random: Random) -> bytes:
    chosen = _any(der, random)
    return _replaced(der, chosen, der[chosen.begin : chosen.end] * random.choice((2, 2, 50)))


def _nested(der: bytes, random: Random) -> bytes:
    chosen, content = _any(der, random), b""
    for _ in range(random.choice((1, 5, 500))):
        content = b"\x30" + _length(len(content)) + content
    return _replaced(der, chosen, content)


def _other_content(der: bytes, random: Random) -> bytes:
    chosen = _any(der, random)
    content = random.choice((b"", b"\x00", b"\xff" * 20, b"\xff" * 5000, random.randbytes(8)))
    return _replaced(der, chosen, der[chosen.begin : chosen.begin + 1] + _length(len(content)) + content)
