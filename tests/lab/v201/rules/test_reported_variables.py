"""A reported variable agrees with its characteristics."""

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.reported_variables import OMITTED_VALUES, REPORTED_VALUES


def report(name: str, characteristics: dict[str, object], value: str) -> StationRecord:
    record = StationRecord()
    data = {
        "component": {"name": "C"},
        "variable": {"name": name},
        "variableAttribute": [{"value": value}],
        "variableCharacteristics": {"supportsMonitoring": False} | characteristics,
    }
    record.request(1, "NotifyReport", {"requestId": 1, "seqNo": 0, "generatedAt": stamp(1), "reportData": [data]}, {})
    return record


@pytest.mark.parametrize(
    ("characteristics", "value", "right"),
    [
        ({"dataType": "integer"}, "5", True),
        ({"dataType": "integer"}, "5.5", False),
        ({"dataType": "decimal"}, "5.5", True),
        ({"dataType": "boolean"}, "true", True),
        ({"dataType": "boolean"}, "True", False),  # Part 2 section 2.1.4: only "false" and "true"
        ({"dataType": "boolean"}, "1", False),
        ({"dataType": "dateTime"}, "2026-01-01T00:00:00Z", True),
        ({"dataType": "dateTime"}, "today", False),
        ({"dataType": "integer", "minLimit": 1, "maxLimit": 9}, "9", True),
        ({"dataType": "integer", "minLimit": 1}, "0", False),
        ({"dataType": "integer", "maxLimit": 9}, "10", False),
        ({"dataType": "string", "maxLimit": 2}, "text", True),
        ({"dataType": "OptionList", "valuesList": "A, B"}, "A", True),
        ({"dataType": "OptionList", "valuesList": "A,B"}, "C", False),
        ({"dataType": "MemberList", "valuesList": "A,B"}, "B,A", True),
        ({"dataType": "MemberList"}, "B", True),
        ({"dataType": "integer"}, "", True),
    ],
)
def test_a_value_is_of_its_type_and_within_its_limits(
    characteristics: dict[str, object], value: str, right: bool
) -> None:
    assert (violating_frames(REPORTED_VALUES, report("V", characteristics, value)) == []) is right


@pytest.mark.parametrize(
    ("name", "value", "frames"),
    [
        ("TxUpdatedInterval", "0", []),
        ("WebSocketPingInterval", "0", []),
        ("TxUpdatedInterval", "59", [0]),
        ("Other", "0", [0]),
    ],
)
def test_0_turns_an_interval_off_below_its_min_limit(name: str, value: str, frames: list[int]) -> None:
    record = report(name, {"dataType": "integer", "minLimit": 60}, value)
    assert violating_frames(REPORTED_VALUES, record) == frames


def test_the_csms_may_set_a_heartbeat_interval_beyond_the_limits() -> None:
    record = report("HeartbeatInterval", {"dataType": "integer", "maxLimit": 120}, "300")
    assert violating_frames(REPORTED_VALUES, record) == []


def reported(attribute: dict[str, object], evse_id: int = 1) -> StationRecord:
    record = StationRecord()
    data = {
        "component": {"name": "EVSE", "evse": {"id": evse_id}},
        "variable": {"name": "X"},
        "variableAttribute": [attribute],
    }
    record.request(1, "NotifyReport", {"requestId": 1, "seqNo": 0, "generatedAt": stamp(1), "reportData": [data]}, {})
    return record


def test_only_the_value_of_a_write_only_variable_may_be_omitted() -> None:
    assert violating_frames(OMITTED_VALUES, reported({"mutability": "WriteOnly"})) == []
    assert violating_frames(OMITTED_VALUES, reported({"value": ""})) == []
    assert violating_frames(OMITTED_VALUES, reported({"mutability": "ReadOnly"})) == [0]


def test_the_number_of_an_evse_is_above_0() -> None:
    assert violating_frames(REPORTED_VALUES, reported({"value": "1"}, evse_id=0)) == [0]
