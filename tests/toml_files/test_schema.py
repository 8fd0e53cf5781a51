"""Where tables do not match the fields of a struct, in the words of the user."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.toml_files.problems import dotted
from plugfest.toml_files.schema import empty_texts, schema_problems, valid_part


class Code(StrEnum):
    GROUND = "GroundFailure"
    OTHER = "OtherError"


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    kind: Literal["one", "two"]
    size: int = 0


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    delay: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    secret: Annotated[str, msgspec.Meta(min_length=2, max_length=4)] | None = None
    code: Code | None = None
    inner: Inner | None = None
    parts: tuple[Inner, ...] = ()
    by_name: dict[str, Inner | tuple[int, ...]] = {}


def lines(value: object) -> list[str]:
    return [f"{dotted(one.key)}: {one.wrong}; {one.right}" for one in schema_problems(value, Outer)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "a"}, []),
        ({}, ["name: is missing; add it"]),
        ({"nome": "a"}, ["nome: is not a key of this table; write name"]),
        ({"name": "a", "zzz": 1}, ["zzz: is not a key of this table; remove it"]),
        ({"name": "a", "code": "OtherError"}, []),
        ({"name": "a", "code": "Ground"}, ['code: is "Ground"; write "GroundFailure" or "OtherError"']),
        ({"name": 1}, ["name: is a whole number; write a string"]),
        ({"name": "a", "port": 65536}, ["port: is 65536; write a whole number from 0 to 65535"]),
        ({"name": "a", "port": True}, ["port: is true or false; write a whole number from 0 to 65535"]),
        ({"name": "a", "delay": 0}, ["delay: is 0; write a number greater than 0"]),
        ({"name": "a", "secret": "hidden"}, ["secret: has 6 characters; write 2 to 4 characters"]),
        ({"name": "a", "inner": {"kind": "three"}}, ['inner.kind: is "three"; write "one" or "two"']),
        ({"name": "a", "inner": 7}, ["inner: is a whole number; write a table"]),
        ({"name": "a", "parts": [{"kind": "one"}, {}]}, ["parts[1].kind: is missing; add it"]),
        ({"name": "a", "by_name": {"-": {"kind": 1}}}, ['by_name."-".kind: is a whole number; write "one" or "two"']),
        ({"name": "a", "by_name": {"x": ["a"]}}, ["by_name.x[0]: is a string; write a whole number"]),
        ({"name": "a", "by_name": {"x": "a"}}, ["by_name.x: is a string; write a table or a list"]),
    ],
)  # fmt: skip
def test_a_problem_has_the_key_and_what_is_right(value: object, expected: list[str]) -> None:
    assert lines(value) == expected


def test_every_problem_is_found() -> None:
    value = {"port": -1, "delay": "soon", "inner": {"size": "big"}, "unknown": 1}
    assert [line.split(":")[0] for line in lines(value)] == [
        "port",
        "delay",
        "inner.size",
        "inner.kind",
        "unknown",
        "name",
    ]


texts = st.sampled_from(["", "a", "abc", "abcdef"])
scalars = st.one_of(st.integers(-5, 70000), st.floats(-2, 2), texts, st.booleans())
inner = st.dictionaries(st.sampled_from(["kind", "size", "x"]), st.one_of(scalars, st.sampled_from(["one", "two"])))
values = st.one_of(scalars, inner, st.lists(st.one_of(scalars, inner), max_size=2), st.dictionaries(texts, inner))
tables = st.dictionaries(st.sampled_from([*Outer.__struct_fields__, "other"]), values)


@given(tables)
def test_there_is_a_problem_exactly_if_msgspec_finds_one(value: dict[str, object]) -> None:
    try:
        msgspec.convert(value, Outer)
    except msgspec.ValidationError:
        assert lines(value) != []
    else:
        assert lines(value) == []


KINDS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1, 9), st.text("ab", max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*Outer.__struct_fields__, *Inner.__struct_fields__, "x"]), inner, max_size=4),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*Outer.__struct_fields__, "x"]), KINDS))
def test_the_valid_part_of_any_table_can_be_converted(table: dict[str, object]) -> None:
    problems = list(schema_problems(table, Outer))
    part = valid_part(table, Outer, {one.key for one in problems}, Outer(name="default"))
    converted = msgspec.convert(part, Outer)
    if not problems:
        assert converted == msgspec.convert(table, Outer)
    if all(one.key[0] != "name" for one in problems):
        assert converted.name == table["name"]


def test_a_struct_that_lacks_what_it_needs_is_left_out() -> None:
    table = {"name": "a", "inner": {"kind": "three", "size": 3}, "parts": [{"kind": 1}, {"kind": "one"}]}
    invalid = {one.key for one in schema_problems(table, Outer)}
    assert valid_part(table, Outer, invalid) == {"name": "a", "parts": [{"kind": "one"}]}


@given(st.dictionaries(st.sampled_from("abc"), KINDS))
def test_every_empty_text_is_a_problem_and_no_other_value(table: dict[str, object]) -> None:
    def empty(value: object) -> int:
        if isinstance(value, dict | list):
            return sum(map(empty, value.values() if isinstance(value, dict) else value))
        return value == ""

    assert len(list(empty_texts(table))) == empty(table)
