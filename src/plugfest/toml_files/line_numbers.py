"""The lines of the keys in the text of a TOML file, which tomllib does not return."""

import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec

from plugfest.toml_files.lexing import statement_ends
from plugfest.toml_files.problems import Key


class LineNumbers:
    """The lines of the keys in a text that is valid TOML."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Key, int] = {}
        self._lengths: dict[Key, int] = {}  # of the arrays of tables so far
        table: Key = ()
        for one in statements(text):
            if one.is_header:
                table = self._header(one.content, one.begin, is_array=one.text.startswith("[["))
            else:
                self._note(table, one.content, one.begin)

    def of(self, key: Key) -> int | None:
        """The line in which the statement about a key begins, or else about the table that should have it."""
        found = (self._lines[key[:length]] for length in range(len(key), 0, -1) if key[:length] in self._lines)
        return next(found, None)

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
