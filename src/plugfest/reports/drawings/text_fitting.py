"""Text that fits its place in a drawing.

The font of the reader is not known. The widths are those of DejaVu Sans, which is wider than most fonts.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from plugfest.reports.drawings import font_widths
from plugfest.reports.hidden_characters import name_hidden

_NARROWEST: Final = 0.2
"""A character is at least as wide, unless it combines with another."""

_UNKNOWN, _IDEOGRAPH, _SYMBOL = 1.1, 1.05, 1.4
"""Widths of other characters: the greatest of usual fonts."""


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text on one line."""
    return size * sum(_character_width(character, bold) for character in text)


def _known_widths(table: str) -> Iterator[tuple[str, float]]:
    codes = (code for begin, end in font_widths.RANGES for code in range(begin, end))
    for code, width in zip(codes, table.split(), strict=True):
        if width != "0":
            yield chr(code), int(width) / 1000


_WIDTHS: Final[Mapping[bool, Mapping[str, float]]] = {
    False: dict(_known_widths(font_widths.REGULAR)),
    True: dict(_known_widths(font_widths.BOLD)),
}


@cache
def _character_width(character: str, bold: bool) -> float:
    category = unicodedata.category(character)
    if category.startswith("C") and category != "Cc":  # drawn by its name
        return text_width(name_hidden(character), 1, bold=bold)
    known = _WIDTHS[bold].get(character)
    if known is not None:
        return known
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) not in "WF":
        return _UNKNOWN
    return _SYMBOL if category == "So" else _IDEOGRAPH


def _beginning(text: str, max_width: float, size: float) -> str:
    """What of a text may fit, and a little more: the text may be very long."""
    return text[: int(max_width / (size * _NARROWEST)) + 2]


def truncated(text: str, max_width: float, size: float, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis if it is wider."""
    text = _beginning(text, max_width, size)
    if text_width(text, size, bold=bold) <= max_width:
        return text
    while text and text_width(text + "…", size, bold=bold) > max_width:
        text = text[: max(len(text) - 1 - len(text) // 8, 0)] if len(text) > 400 else text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, max_width: float, size: float, max_lines: int, *, indent: float = 0) -> list[str]:
    """The text in lines, broken between words; the last line is cut with an ellipsis if it is too long.

    The first line is shorter by `indent`, and empty if no word fits.
    """
    lines = [""]
    text = _beginning(text, max_width * max_lines, size)
    words = text.split(" ")
    for index, word in enumerate(words):
        line_width = max_width - indent if len(lines) == 1 else max_width
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if text_width(longer, size) <= line_width or (not lines[-1] and line_width == max_width):
            lines[-1] = longer
        elif len(lines) < max_lines:
            lines.append(word)
        else:
            lines[-1] = truncated(" ".join([lines[-1], *words[index:]]), line_width, size)
            break
    return [truncated(line, max_width, size) for line in lines]
