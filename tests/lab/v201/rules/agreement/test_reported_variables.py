"""Variables agree with what the station has reported before."""

from typing import Any

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.agreement.reported_variables import variable_rules


def data(name: str = "X", **fields: Any) -> dict[str, object]:
    attribute = {"value": "1", "mutability": "ReadOnly"} | fields.pop("attribute", {})
    characteristics = {"dataType": "integer", "supportsMonitoring": False} | fields
    component = {"name": "C"}
    return {
        "component": component,
        "variable": {"name": name},
        "variableAttribute": [attribute],
        "variableCharacteristics": characteristics,
    }


def report(record: StationRecord, at: float, *variables: dict[str, object], full: bool = False) -> StationRecord:
    """A report with these variables in one message: two frames after the two of a request for the full inventory."""
    request_id = int(at)
    if full:
        record.asked(at, "GetBaseReport", requestId=request_id, reportBase="FullInventory")
    payload = {"requestId": request_id, "seqNo": 0, "generatedAt": stamp(at), "reportData": list(variables)}
    record.request(at, "NotifyReport", payload, {})
    return record


@pytest.mark.parametrize(
    ("change", "frames"),
    [
        ({}, []),
        ({"attribute": {"value": "2"}}, []),
        ({"dataType": "string"}, [2]),
        ({"unit": "W"}, [2]),
        ({"maxLimit": 9.0}, [2]),
        ({"attribute": {"mutability": "ReadWrite"}}, [2]),
        ({"attribute": {"persistent": True}}, [2]),
        ({"attribute": {"persistent": False}}, []),
        ({"attribute": {"type": "Target"}}, [2]),
    ],
)
def test_what_is_fixed_does_not_change(change: dict[str, Any], frames: list[int]) -> None:
    as_before, *_ = variable_rules()
    record = report(report(StationRecord(), 1, data()), 2, data(**change))
    assert violating_frames(as_before, record) == frames


def test_the_value_of_a_constant_does_not_change() -> None:
    as_before, *_ = variable_rules()
    record = report(StationRecord(), 1, data(attribute={"constant": True}))
    report(record, 2, data(attribute={"constant": True, "value": "2"}))
    assert violating_frames(as_before, record) == [2]


def test_a_full_inventory_has_every_variable_and_other_reports_no_more() -> None:
    as_before, *_ = variable_rules()
    record = report(StationRecord(), 1, data("X"), data("Y"), full=True)
    assert violating_frames(as_before, record) == []
    assert violating_frames(as_before, report(StationRecord(), 2, data("X"), full=True)) == [2]
    assert violating_frames(as_before, report(StationRecord(), 3, data("Z"))) == [0]


def test_another_firmware_has_other_variables() -> None:
    as_before, *_ = variable_rules()
    record = report(StationRecord(), 1, data("X"), full=True)
    record.request(2, "FirmwareStatusNotification", {"status": "Installed", "requestId": 1}, {})
    assert violating_frames(as_before, report(record, 3, data("Z"), full=True)) == []


def result(status: str, value: str | None = None) -> StationRecord:
    record = report(StationRecord(), 1, data())
    variable = {"component": {"name": "C"}, "variable": {"name": "X"}}
    got = variable | {"attributeStatus": status} | ({} if value is None else {"attributeValue": value})
    record.answers(2, record.lab(2, "GetVariables", getVariableData=[variable]), getVariableResult=[got])
    return record


@pytest.mark.parametrize(
    ("status", "value", "frames"),
    [
        ("Accepted", "5", []),
        ("Accepted", "five", [3]),
        ("UnknownVariable", None, [3]),
        ("NotSupportedAttributeType", None, [3]),
        ("Rejected", None, []),
    ],
)
def test_a_reported_variable_is_known_and_of_its_type(status: str, value: str | None, frames: list[int]) -> None:
    as_before, _, results = variable_rules()
    record = result(status, value)
    assert violating_frames(as_before, record) == []
    assert violating_frames(results, record) == frames


def test_a_variable_that_is_not_found_has_no_value() -> None:
    _, values, _ = variable_rules()
    assert violating_frames(values, result("UnknownVariable", "5")) == [3]
    assert violating_frames(values, result("Accepted", "5")) == []
