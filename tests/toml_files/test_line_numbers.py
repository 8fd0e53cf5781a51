"""The line of each key in a TOML file."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.toml_files.line_numbers import LineNumbers
from plugfest.toml_files.problems import Key

TEXT = '''\
# a comment
top = 1

[table]
a = true # one
"b c" = [
  1,
  2,
]
text = """
a = 7
"""
[table.inner]
d.e = 2

[[list]]
name = "one"
[[list.parts]]
id = 1
[[list]]
name = "two"
[[list.parts]]
id = 2
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("top",), 2),
        (("table",), 4),
        (("table", "a"), 5),
        (("table", "b c"), 6),
        (("table", "b c", 1), 6),
        (("table", "text"), 10),
        (("table", "inner", "d", "e"), 14),
        (("list", 0), 16),
        (("list", 0, "parts", 0, "id"), 19),
        (("list", 1, "name"), 21),
        (("list", 1, "parts", 0, "id"), 23),
    ],
)
def test_a_key_has_the_line_in_which_its_statement_begins(key: Key, line: int) -> None:
    assert LineNumbers(TEXT).of(key) == line


def test_a_key_that_is_missing_has_the_line_of_its_table() -> None:
    assert LineNumbers(TEXT).of(("table", "inner", "missing")) == 13
    assert LineNumbers(TEXT).of(("list", 1, "missing")) == 20


def test_a_key_without_a_table_has_no_line() -> None:
    assert LineNumbers(TEXT).of(("missing",)) is None


def keys(value: Any, above: Key = ()) -> list[Key]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [key for name, inner in items for key in ((*above, name), *keys(inner, (*above, name)))]


STATEMENTS = ["a = [1,\n 2]\n", "b = 1\n", "[t]\n", "[[l]]\n", "[t.u]\n", "\n# b = 2\n"]


@given(st.lists(st.sampled_from(STATEMENTS), max_size=12))
def test_every_key_of_a_valid_file_has_a_line(statements: list[str]) -> None:
    text = "".join(statements)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = LineNumbers(text)
    without = [key for key in keys(tables) if key != ("l",) and lines.of(key) is None]
    assert without == []
