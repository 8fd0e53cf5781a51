"""Changes values in the text of a TOML file. All that is not changed stays as it is, also comments.

A value that is removed stays as an open question: a comment that begins with "# ? ". A value that is added takes the
place of such a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from plugfest.toml_files.lexing import comment_begin
from plugfest.toml_files.line_numbers import header_names, statements
from plugfest.toml_files.problems import dotted

Path = tuple[str, ...]
"""The names of tables and a key, from the top of the file."""

OPEN: Final = "# ? "
_COLUMN: Final = 28
"""Where the comment of a new line begins."""


class Change(msgspec.Struct, frozen=True):
    """The new value of a key, as TOML. `is_open`: it is the example of an open question. `comment`: of a new line."""

    value: str
    comment: str = ""
    is_open: bool = False


class NotEditable(Exception):
    """A key whose value is a part of another value. The text is for the user."""


def with_values(text: str, changes: Mapping[Path, Change]) -> str:
    """The text with changed values. Raises NotEditable."""
    items = list(_items(text))
    for path, change in changes.items():
        _change(items, path, change)
    return _joined(items)


def with_possible_values(text: str, changes: Mapping[Path, Change]) -> tuple[str, dict[Path, NotEditable]]:
    """The text with those values changed that can be, and why the others cannot."""
    if not changes:
        return text, {}
    items, refused = list(_items(text)), dict[Path, NotEditable]()
    for path, change in changes.items():
        try:
            _change(items, path, change)
        except NotEditable as error:
            refused[path] = error
    return _joined(items), refused


def with_tables(text: str, name: str, lines: Sequence[str], after: str) -> str:
    """The text with these lines, the last one empty, as the tables of a name: where they were, or after a table."""
    items = list(_items(text))
    place = next((at for at, item in enumerate(items) if item.is_header and item.path[0] == name), None)
    if place is None:
        place = max((at for at, item in enumerate(items) if item.path[:1] == (after,)), default=len(items) - 1) + 1
    kept_before = [item for item in items[:place] if not _is_of_tables(item, name)]
    kept_behind = [item for item in items[place:] if not _is_of_tables(item, name)]
    gap = [_Item("")] if kept_before and kept_before[-1].text.strip() else []
    return _joined([*kept_before, *gap, *map(_Item, lines), *kept_behind])


def _is_of_tables(item: _Item, name: str) -> bool:
    """Whether it is a statement about these tables, or an empty line in them."""
    return item.path[:1] == (name,) or (item.table[:1] == (name,) and not item.text.strip())


def without(text: str, path: Path) -> str:
    """The text without a table or a value, the tables in it, and the comments in them."""
    length = len(path)
    return _joined([item for item in _items(text) if path not in (item.path[:length], item.table[:length])])


class _Item(msgspec.Struct, frozen=True):
    """A line, or the lines of a statement. `path`: of what a statement defines. `table`: in which it is."""

    text: str
    path: Path = ()
    table: Path = ()
    is_header: bool = False


def _items(text: str) -> Iterator[_Item]:
    lines = text.removesuffix("\n").split("\n")
    table: Path = ()
    done = 0
    for statement in statements(text):
        yield from (_Item(line, table=table) for line in lines[done : statement.begin - 1])
        names = tuple(header_names(statement.content)) if statement.is_header else tuple(statement.content)
        table = names if statement.is_header else table
        path = names if statement.is_header else (*table, *names)
        yield _Item("\n".join(lines[statement.begin - 1 : statement.end]), path, table, statement.is_header)
        done = statement.end
    yield from (_Item(line, table=table) for line in lines[done:])


def _joined(items: Sequence[_Item]) -> str:
    return "\n".join(item.text for item in items).rstrip("\n") + "\n"


def _change(items: list[_Item], path: Path, change: Change) -> None:
    for item in items:
        if item.path and not item.is_header and len(item.path) < len(path) and path[: len(item.path)] == item.path:
            raise NotEditable(f"{dotted(path)} is a part of another value: change it in the text of the file")
    own = [at for at, item in enumerate(items) if item.path[: len(path)] == path]
    exact = next((at for at in own if items[at].path == path and not items[at].is_header), None)
    if exact is not None:
        items[exact] = _changed(items[exact], change)
    for at in reversed(own):
        if at != exact:
            del items[at]
    if exact is None and not change.is_open:
        _insert(items, path, change)


def _changed(item: _Item, change: Change) -> _Item:
    """A statement with another value. Its comment stays, in its column if there is space."""
    begin = comment_begin(item.text)
    comment, column = "", 0
    if begin is not None:
        comment, column = item.text[begin + 1 :].strip(), begin - (item.text.rfind("\n", 0, begin) + 1)
    text = _line(item.path[-1], change, comment, column)
    return msgspec.structs.replace(item, text=text, path=() if change.is_open else item.path)


def _insert(items: list[_Item], path: Path, change: Change) -> None:
    table, line = path[:-1], _line(path[-1], change, change.comment, _COLUMN)
    question = re.compile(rf'# \? ["\']?{re.escape(path[-1])}["\']? *=')
    for at, item in enumerate(items):
        if item.table == table and not item.path and question.match(item.text):
            items[at] = _Item(line, path, table)
            return
    last = max((at for at, item in enumerate(items) if item.table == table and item.path), default=None)
    if last is not None:
        items.insert(last + 1, _Item(line, path, table))
        return
    items += [_Item(""), _Item(f"[{dotted(table)}]", table, table, is_header=True), _Item(line, path, table)]


def _line(key: str, change: Change, comment: str, column: int) -> str:
    statement = f"{OPEN if change.is_open else ''}{dotted((key,))} = {change.value}"
    return f"{statement:{max(column - 1, 0)}} # {comment}" if comment else statement
