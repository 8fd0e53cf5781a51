"""Replaces many known texts wherever they occur in another text."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from plugfest.ocpp.secrets.fields import lowercase

MIN_LENGTH_ANYWHERE, MIN_LENGTH_AS_WORD, MIN_LENGTH_ISOLATED = 12, 6, 4
"""Characters that a text needs to be found anywhere, as a whole word, or only between spaces, quotes and punctuation.

A shorter text is not found.
"""

MAX_LENGTH: Final = 128
"""A longer text is not found."""

_BOUNDARIES: Final = (
    (MIN_LENGTH_ANYWHERE, MAX_LENGTH, "{}"),
    (MIN_LENGTH_AS_WORD, MIN_LENGTH_ANYWHERE - 1, "(?<![0-9a-z]){}(?![0-9a-z])"),
    (MIN_LENGTH_ISOLATED, MIN_LENGTH_AS_WORD - 1, r"(?<![^\s\"'(\[=,]){}(?![^\s\"')\],.;:])"),
)


class Replacer:
    """Replaces lower-case texts, whatever the case of their ASCII letters is."""

    def __init__(self, replacements: Mapping[str, str]) -> None:
        self._replacements = replacements
        patterns = []
        for shortest, longest, boundary in _BOUNDARIES:
            texts = [text for text in replacements if shortest <= len(text) <= longest]
            if texts:
                patterns.append(boundary.format(f"(?:{_any_of(texts)})"))
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def __call__(self, text: str) -> str:
        if self._pattern is None:
            return text
        parts: list[str] = []
        end = 0
        for found in self._pattern.finditer(lowercase(text)):
            parts += text[end : found.start()], self._replacements[found[0]]
            end = found.end()
        return "".join((*parts, text[end:]))


def _any_of(texts: Iterable[str]) -> str:
    """A regular expression for the longest matching text, built as a prefix tree.

    With a plain list, thousands of alternatives would be tried at each character of a record.
    """
    by_first: dict[str, list[str]] = {}
    for text in texts:
        by_first.setdefault(text[:1], []).append(text)
    ends = by_first.pop("", None) is not None
    branches = []
    for group in by_first.values():
        prefix = _common_prefix(min(group), max(group))
        branches.append(re.escape(prefix) + _any_of(text[len(prefix) :] for text in group))
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"


def _common_prefix(one: str, other: str) -> str:
    shortest = min(len(one), len(other))
    return one[: next((index for index in range(shortest) if one[index] != other[index]), shortest)]
