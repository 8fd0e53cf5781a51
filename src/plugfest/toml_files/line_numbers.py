"""The lines of the keys in the text of a TOML file, which tomllib does not return."""

import tomllib
from collections.abc import Iterator
from typing import Any

from plugfest.toml_files.problems import Key


class LineNumbers:
    """The lines of the keys in a text that is valid TOML."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Key, int] = {}
        self._lengths: dict[Key, int] = {}  # of the arrays of tables so far
        table: Key = ()
        for line, statement, content in _statements(text):
            if statement.startswith("["):
                table = self._header(content, line, is_array=statement.startswith("[["))
            else:
                self._note(table, content, line)

    def of(self, key: Key) -> int | None:
        """The line in which the statement about a key begins, or else about the table that should have it."""
        found = (self._lines[key[:length]] for length in range(len(key), 0, -1) if key[:length] in self._lines)
        return next(found, None)

    def _header(self, content: dict[str, Any], line: int, *, is_array: bool) -> Key:
        """The key of the table that a header begins. The tables above it begin here too, if not before."""
        table: Key = ()
        names = list(_names(content))
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


def _names(header: dict[str, Any]) -> Iterator[str]:
    """The names in a header, parsed alone: `[a.b]` is {"a": {"b": {}}}, `[[a]]` is {"a": [{}]}."""
    inner: object = header
    while isinstance(inner, dict) and inner:
        ((name, inner),) = inner.items()
        yield name


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Every header and every key with its value: the first line, the text, and what it means alone."""
    begin, statement = 1, ""
    for number, line in enumerate(text.splitlines(), 1):
        if not statement.strip():
            begin, statement = number, ""
        statement += line + "\n"
        try:
            content = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # the value goes on in the next line
        if content:
            yield begin, statement.lstrip(), content
        statement = ""
