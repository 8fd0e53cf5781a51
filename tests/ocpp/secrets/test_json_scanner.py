"""The scalars of any text are found with their positions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.ocpp.secrets.json_scanner import MAX_PATH_LENGTH, Path, scalars

simple = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
trees = st.recursive(simple, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    else:
        yield path, value


@given(trees, st.sampled_from([None, 1]), st.booleans())
def test_every_value_is_found_with_its_path_and_position(tree: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps({"": tree}, indent=indent, ensure_ascii=ascii_only)
    found = [(one.path, json.loads(text[one.start : one.end])) for one in scalars(text) if one.path]
    assert found == list(leaves({"": tree}))


@given(st.text('{}[]:,"\\ a1', max_size=40))
def test_any_text_is_accepted_and_positions_are_exact(text: str) -> None:
    for one in scalars(text):
        assert text[one.start : one.end] == one.raw


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[2,"1","A",{"b":"c', {(3, "b"): "c"}),
        ('{"a":{"b":"\\u0063"}}', {("a", "b"): "c"}),
        ('{"a":[1,{"b":true}]}', {("a", 0): "1", ("a", 1, "b"): "true"}),
        ("}}]]{", {}),
    ],
)
def test_invalid_json_is_read_as_far_as_possible(text: str, found: dict[Path, str]) -> None:
    shown = {one.path: one.value for one in scalars(text) if one.path}
    assert {path: shown[path] for path in found} == found


def test_a_deep_path_keeps_its_end() -> None:
    (one,) = scalars("[" * 1000 + "1")
    assert one.path == (0,) * MAX_PATH_LENGTH
