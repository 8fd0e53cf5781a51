"""The lines of the keys in the text of a TOML file, which tomllib does not return."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from plugfest.toml_files.lexing import statement_ends
from plugfest.toml_files.problems import Key

_COMMENTED: Final = re.compile(r"""#\s*(?:\?\s*)?(?:\[\[?)?["']?(?P<key>[\w.-]+)["']?(?=[\s=:\]]|$)""")
"""A comment that begins with a key: an open question, or an explanation of the key."""


class LineNumbers:
    """The lines of the keys in a text that is valid TOML. A key that is missing has the line of its comment, if any."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Key, int] = {}
        self._commented: dict[Key, int] = {}
        self._lengths: dict[Key, int] = {}  # of the arrays of tables so far
        lines = text.split("\n")
        table: Key = ()
        done = 0
        for one in statements(text):
            self._note_comments(table, lines, done, one.begin - 1)
            done = one.end
            if one.is_header:
                table = self._header(one.content, one.begin, is_array=one.text.startswith("[["))
            else:
                self._note(table, one.content, one.begin)
        self._note_comments(table, lines, done, len(lines))

    def of(self, key: Key) -> int | None:
        """The line in which the statement about a key begins; else its comment; else the table that should have it."""
        for length in range(len(key), 0, -1):
            for known in (self._lines, self._commented):
                if key[:length] in known:
                    return known[key[:length]]
        return None

    def _note_comments(self, table: Key, lines: list[str], begin: int, end: int) -> None:
        """The comments between two statements; one about a table may be in the table before it."""
        for number in range(begin, end):
            found = _COMMENTED.match(lines[number])
            if found is not None:
                is_header = "[" in found[0]
                key = (found["key"],) if is_header else (*table, found["key"])
                self._commented.setdefault(key, number + 1)

    def _header(self, content: dict[str, Any], line: int, *, is_array: bool) -> Key:
        """The key of the table that a header begins. The tables above it begin here too, if not before."""
        table: Key = ()
        names = header_names(content)
        for position, name in enumerate(names, 1):
            table = (*table, name)
            if is_array and position == len(names):
                self._lengths[table] = self._lengths.get(table, 0) + 1
            if table in self._lengths:
                table = (*table, self._lengths[table] - 1)
            self._lines.setdefault(table, line)
        return table

    def _note(self, above: Key, value: object, line: int) -> None:
        """Everything in a value has the line of its statement."""
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, inner in items:
            self._lines.setdefault((*above, name), line)
            self._note((*above, name), inner, line)


class Statement(msgspec.Struct, frozen=True):
    """A header, or a key with its value: its first and its last line, its text, and what it means alone."""

    begin: int
    end: int
    text: str
    content: dict[str, Any]

    @property
    def is_header(self) -> bool:
        return self.text.startswith("[")


def header_names(content: dict[str, Any]) -> list[str]:
    """The names in a header by what it means alone: `[a.b]` is {"a": {"b": {}}}, `[[a]]` is {"a": [{}]}."""
    names: list[str] = []
    inner: object = content
    while isinstance(inner, dict) and inner:
        ((name, inner),) = inner.items()
        names.append(name)
    return names


def statements(text: str) -> Iterator[Statement]:
    """Every header and every key with its value, in a text that is valid TOML."""
    begin, line = 0, 1
    for end in statement_ends(text):
        statement = text[begin:end]
        content = tomllib.loads(statement)
        last = line + statement.removesuffix("\n").count("\n")
        if content:
            yield Statement(line, last, statement.lstrip(), content)
        begin, line = end, last + 1
