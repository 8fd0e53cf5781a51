"""Payloads decoded and formatted."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.reports.evidence.payload import LINE_WIDTH, MAX_LENGTH, decoded, pretty

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_a_short_payload_is_not_changed() -> None:
    assert pretty('{"status" :"Accepted"}') == '{"status" :"Accepted"}'


def test_a_long_payload_is_wrapped_but_short_objects_in_it_are_not() -> None:
    long = {"evse": {"id": 1, "connectorId": 2}, "type": "x" * LINE_WIDTH}
    assert pretty(json.dumps(long)).split("\n") == [
        "{",
        '  "evse": {"id": 1, "connectorId": 2},',
        f'  "type": "{"x" * LINE_WIDTH}"',
        "}",
    ]


@given(json_values)
def test_pretty_changes_only_whitespace(value: object) -> None:
    assert json.loads(pretty(json.dumps(value))) == value


def test_numbers_and_duplicate_keys_are_not_changed() -> None:
    payload = '{"a": 1.50, "a": 1e3, "filler": "' + "x" * LINE_WIDTH + '"}'
    assert '"a": 1.50' in pretty(payload)
    assert '"a": 1e3' in pretty(payload)


@pytest.mark.parametrize(
    "payload", ["{" + "x" * LINE_WIDTH, "[" * 500 + "]" * 500, "[" * 5000 + "]" * 5000, '"' + "x" * MAX_LENGTH + '"']
)
def test_a_payload_that_cannot_be_formatted_is_not_changed(payload: str) -> None:
    assert pretty(payload) == payload


@pytest.mark.parametrize(("payload", "value"), [(b'{"a": [1]}', {"a": [1]}), (b'"\\ud800"', None), (b"[" * 5000, None)])
def test_invalid_json_is_decoded_to_none(payload: bytes, value: object) -> None:
    assert decoded(msgspec.Raw(payload)) == value
