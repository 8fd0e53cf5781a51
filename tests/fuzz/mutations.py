"""Mutations of a frame: of its text, or of its JSON. They are data, so that Hypothesis can shrink them."""

import json
from collections.abc import Callable, Iterator, MutableMapping, MutableSequence
from copy import deepcopy
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

Json = Any
Container = MutableMapping[str, Json] | MutableSequence[Json]

PIECES = (
    "",
    "[",
    "]",
    "{",
    "}",
    '"',
    ",",
    ":",
    "\\",
    "\\ud800",
    "\x00",
    "null",
    "1e999",
    "-0",
    "é",
    "😀",
    "[" * 2000,
    " " * 50,
)
"""Texts to insert."""

VALUES = (
    None,
    True,
    False,
    0,
    -1,
    2**63,
    10**40,
    1.5,
    "",
    "x",
    "é" * 300,
    [],
    {},
    [[]],
    {"": {}},
    [None] * 50,
    "2026-13-01",
)
"""Values that replace others."""


class Mutation(NamedTuple):
    """A mutation: its kind, place (0 to 1, in the text or among all values), width, and the inserted text or value."""

    kind: str
    where: float
    width: float
    piece: str
    value: Json

    def apply(self, text: str) -> str:
        """The mutated text."""
        return KINDS[self.kind](self, text)


def _cut(mutation: Mutation, text: str) -> str:
    begin, end = _slice(mutation, text)
    return text[:begin] + text[end:]


def _repeat(mutation: Mutation, text: str) -> str:
    begin, end = _slice(mutation, text)
    return text[:end] + text[begin:]


def _insert(mutation: Mutation, text: str) -> str:
    begin, _ = _slice(mutation, text)
    return text[:begin] + mutation.piece + text[begin:]


def _overwrite(mutation: Mutation, text: str) -> str:
    begin, end = _slice(mutation, text)
    return text[:begin] + mutation.piece + text[end:]


def _slice(mutation: Mutation, text: str) -> tuple[int, int]:
    begin = int(mutation.where * len(text))
    return begin, min(len(text), begin + 1 + int(mutation.width * len(text)))


def _other_value(mutation: Mutation, text: str) -> str:
    return _change_value(mutation, text, lambda owner, key: owner.__setitem__(key, mutation.value))


def _omit(mutation: Mutation, text: str) -> str:
    return _change_value(mutation, text, lambda owner, key: owner.__delitem__(key))


def _wrapped(mutation: Mutation, text: str) -> str:
    return _change_value(mutation, text, lambda owner, key: owner.__setitem__(key, [owner[key]]))


def _added(mutation: Mutation, text: str) -> str:
    def add(owner: Any, _: Any) -> None:
        if isinstance(owner, dict):
            owner[mutation.piece] = mutation.value
        else:
            owner.append(mutation.value)

    return _change_value(mutation, text, add)


def _change_value(mutation: Mutation, text: str, change: Callable[[Any, Any], None]) -> str:
    frame = deepcopy(json.loads(text))
    places = list(_places(frame))
    change(*places[min(int(mutation.where * len(places)), len(places) - 1)])
    return json.dumps(frame)


def _places(value: Json) -> Iterator[tuple[Container, str | int]]:
    """All nested values, each as its container and its key or index."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


KINDS: dict[str, Callable[[Mutation, str], str]] = {
    "cut": _cut,
    "repeat": _repeat,
    "insert": _insert,
    "overwrite": _overwrite,
    "other value": _other_value,
    "omitted": _omit,
    "wrapped": _wrapped,
    "added": _added,
}

mutations = st.builds(
    Mutation,
    kind=st.sampled_from(sorted(KINDS)),
    where=st.floats(0, 0.999),
    width=st.floats(0, 1).map(lambda width: width**3),
    piece=st.sampled_from(PIECES),
    value=st.sampled_from(VALUES),
)


def random_mutation(random: Random) -> Mutation:
    """A mutation for a long run, in which Hypothesis draws only the seed."""
    return Mutation(
        kind=random.choice(sorted(KINDS)),
        where=random.random() * 0.999,
        width=random.random() ** 3,
        piece=random.choice(PIECES),
        value=random.choice(VALUES),
    )


def mutated(text: str, random: Random) -> str:
    """The text after one to three mutations. What is no longer JSON gets only mutations of text."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        mutation = random_mutation(random)
        try:
            text = mutation.apply(text)
        except (ValueError, IndexError, RecursionError):  # no JSON with a value to change
            text = mutation._replace(kind="insert").apply(text)
    return text
