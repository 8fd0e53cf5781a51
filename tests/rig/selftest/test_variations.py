"""A variation differs from its message in one value and is valid by the schema."""

from datetime import datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from plugfest.ocpp import codec
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.mutants.variations import variations, with_variation

MESSAGE = m.StatusNotificationRequest(
    timestamp=msgspec.convert("2026-01-01T00:00:00Z", type=datetime),
    connector_status=t.ConnectorStatusEnumType.Available,
    evse_id=1,
    connector_id=1,
)


def test_each_variation_can_be_decoded_and_is_another_message() -> None:
    payload = msgspec.json.decode(codec.encode(MESSAGE))
    every = list(variations(MESSAGE))
    assert every
    for one in every:
        decoded = codec.decode(m.StatusNotificationRequest, msgspec.json.encode(one.payload))
        assert one.payload != payload
        assert decoded != MESSAGE


def test_every_field_is_varied_and_none_that_is_required_is_left_out() -> None:
    changes = [one.change for one in variations(MESSAGE)]
    assert {change.split()[0] for change in changes} >= {"timestamp", "connectorStatus", "evseId", "connectorId"}
    assert not any(change.endswith("omitted") for change in changes)


def test_every_other_value_of_an_enumeration_is_tried() -> None:
    changes = [one.change for one in variations(MESSAGE) if one.change.startswith("connectorStatus")]
    assert len(changes) == len(t.ConnectorStatusEnumType) - 1


def test_another_time_has_at_most_three_decimals() -> None:
    """Otherwise the rule about the format of times detects a station with another time. Part 2 section 2.1.4."""
    half = msgspec.structs.replace(MESSAGE, timestamp=msgspec.convert("2026-01-01T00:00:00.500Z", type=datetime))
    times = {one.payload["timestamp"] for one in variations(half) if one.change.startswith("timestamp")}
    assert times == {"2025-12-31T23:00:00.500Z", "2026-01-01T01:00:00.500Z", "2025-12-31T00:00:00.500Z"}


def test_an_omitted_field_is_added() -> None:
    message = m.ResetResponse(status=t.ResetStatusEnumType.Accepted)
    assert any(one.change.startswith("statusInfo added") for one in variations(message))


@given(st.lists(st.sampled_from(["A", "B", "C"]), min_size=2, max_size=4))
def test_items_of_a_list_are_varied_one_by_one_and_all_together(names: list[str]) -> None:
    message = m.GetVariablesResponse(
        get_variable_result=[
            t.GetVariableResultType(
                attribute_status=t.GetVariableStatusEnumType.Accepted,
                component=t.ComponentType(name=name),
                variable=t.VariableType(name="V"),
            )
            for name in names
        ]
    )
    changes = [one.change for one in variations(message)]
    for number in range(len(names)):
        assert any(change.startswith(f"getVariableResult[{number}].attributeStatus") for change in changes)
    assert any(change.startswith("getVariableResult[*].attributeStatus") for change in changes)


def test_a_change_can_be_made_to_the_same_message_of_another_run() -> None:
    later = msgspec.structs.replace(
        MESSAGE, timestamp=msgspec.convert("2026-01-01T01:00:00Z", type=datetime), evse_id=2
    )
    for one in variations(MESSAGE):
        payload = with_variation(later, one.key)
        assert payload is not None
        conforming = msgspec.json.decode(codec.encode(later))
        assert len([name for name in payload if payload[name] != conforming.get(name)]) == 1
    shifted = with_variation(later, next(one.key for one in variations(MESSAGE) if one.change.startswith("timestamp")))
    assert shifted["timestamp"] == "2026-01-01T00:00:00Z"


def test_no_two_changes_of_a_message_have_one_key() -> None:
    keys = [one.key for one in variations(MESSAGE)]
    assert len(set(keys)) == len(keys)


def test_a_message_without_the_field_cannot_be_changed_so() -> None:
    assert with_variation(MESSAGE, "customData.vendorId 0") is None
