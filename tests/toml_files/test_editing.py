"""Changed values in the text of a TOML file."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.toml_files.editing import Change, NotEditable, with_possible_values, with_tables, with_values

TEXT = """\
# Of a product
[product]
vendor = "A # b" # the vendor

[features]
"C-01" = true    # First
# ? "C-02" = true # Second
"C-23" = [ # of the clock
  "Heartbeat",
] # Third

[[evse]]
id = 1
[[evse.connectors]]
id = 1

[measurands]
[measurands."C-40.1"]
tested = ["SoC"]
"""


def edited(key: tuple[str, ...], value: str, *, is_open: bool = False, comment: str = "") -> str:
    return with_values(TEXT, {key: Change(value, comment, is_open)})


def test_a_changed_value_keeps_its_line_its_comment_and_the_column_of_it() -> None:
    assert edited(("features", "C-01"), "false") == TEXT.replace('"C-01" = true    #', '"C-01" = false   #')


def test_a_number_sign_in_a_string_is_no_comment() -> None:
    assert 'vendor = "B"     # the vendor\n' in edited(("product", "vendor"), '"B"')


def test_a_value_of_several_lines_becomes_one_line() -> None:
    assert '"C-23" = [] # Third\n\n[[evse]]' in edited(("features", "C-23"), "[]")


def test_a_removed_value_stays_as_an_open_question() -> None:
    assert '# ? "C-01" = true # First\n' in edited(("features", "C-01"), "true", is_open=True)


def test_a_new_value_takes_the_place_of_its_open_question() -> None:
    assert '"C-02" = false              # Other\n"C-23"' in edited(("features", "C-02"), "false", comment="Other")


def test_a_new_value_is_the_last_of_its_table() -> None:
    assert '] # Third\n"C-30" = true\n' in edited(("features", "C-30"), "true")


def test_a_new_table_is_at_the_end() -> None:
    assert edited(("settings", "ORS-1"), "5").endswith('\n[settings]\n"ORS-1" = 5\n')


def test_a_table_can_become_a_value() -> None:
    text = edited(("measurands", "C-40.1"), '["SoC"]')
    assert tomllib.loads(text)["measurands"] == {"C-40.1": ["SoC"]}


def test_a_key_in_an_inline_table_is_refused() -> None:
    with pytest.raises(NotEditable, match="is a part of another value"):
        with_values('features = { "C-01" = true }\n', {("features", "C-01"): Change("false")})


def test_tables_are_replaced_where_they_are() -> None:
    text = with_tables(TEXT, "evse", ["[[evse]]", "id = 1", "[[evse]]", "id = 2"], "product")
    assert tomllib.loads(text)["evse"] == [{"id": 1}, {"id": 2}]
    assert text.index("[features]") < text.index("[[evse]]") < text.index("[measurands]")


def test_new_tables_follow_the_table_named() -> None:
    text = with_tables(TEXT, "connector", ["[[connector]]", "id = 1"], "product")
    assert text.index("[product]") < text.index("[[connector]]") < text.index("[features]")
    assert tomllib.loads(text)["features"] == tomllib.loads(TEXT)["features"]


def test_tables_are_removed_with_all_in_them() -> None:
    assert "evse" not in tomllib.loads(with_tables(TEXT, "evse", [], "product"))


names = st.sampled_from(["C-01", "C-02", "C-23", "C-30", "plain"])
tables = st.sampled_from(["features", "product", "measurands", "new"])


@given(st.dictionaries(st.tuples(tables, names), st.tuples(st.integers(0, 9), st.booleans()), max_size=6))
def test_only_what_is_changed_has_another_value(changes: dict[tuple[str, str], tuple[int, bool]]) -> None:
    expected = tomllib.loads(TEXT)
    for (table, name), (value, is_open) in changes.items():
        expected.setdefault(table, {}).pop(name, None)
        if not is_open:
            expected[table][name] = value
    asked = {path: Change(str(value), "a comment", is_open) for path, (value, is_open) in changes.items()}
    text = with_values(TEXT, asked)
    found = tomllib.loads(text)
    assert {name: found.get(name, {}) for name in expected} == expected
    assert "# Of a product" in text


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["features", "inline", "new"]), names),
        st.tuples(st.integers(0, 9), st.booleans()),
        max_size=6,
    )
)
def test_many_changes_at_once_have_the_result_of_one_after_the_other(
    changes: dict[tuple[str, str], tuple[int, bool]],
) -> None:
    asked = {path: Change(str(value), "a comment", is_open) for path, (value, is_open) in changes.items()}
    text = expected = f'inline = {{ "C-01" = 1 }}\n{TEXT}'
    impossible: set[tuple[str, ...]] = set()
    for path, change in asked.items():
        try:
            expected = with_values(expected, {path: change})
        except NotEditable:
            impossible.add(path)
    found, refused = with_possible_values(text, asked)
    assert (found, refused.keys()) == (expected, impossible)
