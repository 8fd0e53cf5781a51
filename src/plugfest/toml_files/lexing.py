"""Where statements end and comments begin in a text that is valid TOML: its strings and brackets are enough for it."""

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")'  # strings of several lines
    r"|'''.*?'''(?!')"
    r'|"(?:\\.|[^"\\\n])*"'  # strings of one line
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}\n]",
    re.DOTALL,
)


def statement_ends(text: str) -> Iterator[int]:
    """The index behind each line that ends a statement, or has none."""
    for token, is_inside in _tokens(text):
        if token[0] == "\n" and not is_inside:
            yield token.end()
    if not text.endswith("\n"):
        yield len(text)


def comment_begin(statement: str) -> int | None:
    """Where the comment behind a value begins; None without one. Those in an array are a part of it."""
    return next(
        (token.start() for token, is_inside in _tokens(statement) if token[0][0] == "#" and not is_inside), None
    )


def _tokens(text: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Strings, comments, brackets and ends of lines, and whether they are between brackets."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        yield token, depth > 0
