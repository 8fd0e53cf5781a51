"""Where statements end in TOML."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.toml_files.lexing import comment_begin, statement_ends
from plugfest.toml_files.line_numbers import LineNumbers

VALUES = st.sampled_from(
    [
        "1",
        '"a # [ \\" b"',
        "'a ] # '",
        '""',
        "''",
        '"""\n[ # " "" \\"""\n"""',
        '"""a"""""',
        "'''\n] # '' \n'''",
        "''''a'''''",
        "[ # a comment ]\n  1,\n  2, # [\n]",
        "{ a = [1, '}'], b = \"{\" }",
        "[[1], [\n2]]",
    ]
)
LINES = st.tuples(VALUES, st.sampled_from(["", " # [ \"a comment' ]", "  "])).map("".join)


@given(st.lists(LINES, max_size=8), st.sampled_from(["", "\n", "\n\n# [\n"]))
def test_each_statement_is_found_whole(lines: list[str], end: str) -> None:
    written = [f"k{number} = {line}" for number, line in enumerate(lines)]
    text = "[table] # one\n" + "\n".join(written) + end
    begin, found = 0, []
    for behind in statement_ends(text):
        found.append(tomllib.loads(text[begin:behind]))
        begin = behind
    assert begin == len(text)
    assert [one for one in found if one] == [{"table": {}}, *map(tomllib.loads, written)]


@given(VALUES)
def test_a_comment_begins_behind_the_value(value: str) -> None:
    assert comment_begin(f"k = {value}") is None
    assert comment_begin(f"k = {value} # why") == len(f"k = {value} ")


@pytest.mark.parametrize("line", ["1,", '"#", # [', "# 1"])
def test_a_long_value_takes_no_longer_than_many_short_ones(line: str) -> None:
    """It took minutes when each line was tried as the end."""
    text = f"[table]\na = [\n{f'{line}{chr(10)}' * 20_000}]\nlast = 1 # {'#' * 20_000}\n"
    assert LineNumbers(text).of(("table", "last")) == 20_004
    assert comment_begin(text.rpartition("]\n")[2]) == len("last = 1 ")
