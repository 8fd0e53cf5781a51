"""Known texts, many of them, replaced wherever they stand in another."""

import re
import string
from collections.abc import Iterable, Mapping
from typing import Final

SHORTEST_WITHIN, SHORTEST_WORD, SHORTEST_APART = 12, 6, 4
"""Characters from which on a text is found within words, as a word, between blanks and quotes; a shorter one is not."""

LONGEST: Final = 128
"""Characters of a text that is looked for."""

_SURROUNDINGS: Final = (
    (SHORTEST_WITHIN, LONGEST, "{}"),
    (SHORTEST_WORD, SHORTEST_WITHIN - 1, "(?<![0-9a-z]){}(?![0-9a-z])"),
    (SHORTEST_APART, SHORTEST_WORD - 1, r"(?<![^\s\"'(\[=,]){}(?![^\s\"')\],.;:])"),
)
_SMALL: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(text: str) -> str:
    """The text in small letters; its length stays."""
    return text.translate(_SMALL)


class Replacing:
    """Replaces folded texts by others, in capital and in small letters alike."""

    def __init__(self, replacements: Mapping[str, str]) -> None:
        self._replacements = replacements
        patterns = []
        for shortest, longest, around in _SURROUNDINGS:
            texts = [one for one in replacements if shortest <= len(one) <= longest]
            if texts:
                patterns.append(around.format(f"(?:{_any_of(texts)})"))
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def __call__(self, text: str) -> str:
        if self._pattern is None:
            return text
        parts: list[str] = []
        end = 0
        for found in self._pattern.finditer(folded(text)):
            parts += text[end : found.start()], self._replacements[found[0]]
            end = found.end()
        return "".join((*parts, text[end:]))


def _any_of(texts: Iterable[str]) -> str:
    """A regular expression for any of the texts, the longest that fits, which reads no letter twice.

    Thousands of alternatives one after the other would be tried at each letter of a record.
    """
    by_first: dict[str, list[str]] = {}
    for text in texts:
        by_first.setdefault(text[:1], []).append(text)
    ends = by_first.pop("", None) is not None
    branches = []
    for group in by_first.values():
        shared = _shared_beginning(min(group), max(group))
        branches.append(re.escape(shared) + _any_of(one[len(shared) :] for one in group))
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"


def _shared_beginning(one: str, other: str) -> str:
    shortest = min(len(one), len(other))
    return one[: next((place for place in range(shortest) if one[place] != other[place]), shortest)]
