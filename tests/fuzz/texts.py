"""Mutations of texts of any kind."""

from random import Random
from typing import Final

PIECES: Final = (
    "",
    "[",
    "]",
    "[[",
    "{",
    "}",
    '"',
    '"""',
    "=",
    ".",
    "\n",
    "#",
    "\\u0000",
    "\\ud800",
    "nan",
    "inf",
    "-1",
    "1e400",
    "9" * 5000,
    "[" * 2000,
    "0001-01-01",
    "9999-12-31T23:59:59Z",
    "true",
    "é",
    "\u202e",
    "../../etc/passwd",
)


def mutated(text: str, random: Random) -> str:
    """The text after one to four mutations: of a line, of a word, or at any place."""
    for _ in range(random.choice((1, 1, 2, 4))):
        text = random.choice((_inserted, _overwritten, _without_line, _line_twice, _other_value))(text, random)
    return text


def _inserted(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(PIECES) + text[at:]


def _overwritten(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(PIECES) + text[at + random.randrange(20) :]


def _without_line(text: str, random: Random) -> str:
    lines = text.split("\n")
    del lines[random.randrange(len(lines))]
    return "\n".join(lines)


def _line_twice(text: str, random: Random) -> str:
    lines = text.split("\n")
    lines.insert(random.randrange(len(lines)), random.choice(lines))
    return "\n".join(lines)


def _other_value(text: str, random: Random) -> str:
    """Another value after an equals sign."""
    lines = text.split("\n")
    at = random.choice([index for index, line in enumerate(lines) if "=" in line] or [0])
    lines[at] = f"{lines[at].partition('=')[0]}= {random.choice((*PIECES, '{}', '[]', '[[1]]', '{ a = 1 }'))}"
    return "\n".join(lines)
