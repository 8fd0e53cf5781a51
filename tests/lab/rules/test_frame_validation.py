"""Frames of the station against OCPP-J and the JSON schemas."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from plugfest.lab.csms.csms import InvalidFrame
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.rules.frame_validation import SchemaValidator, invalid_frame_finding
from plugfest.lab.v16.support import V16Support
from plugfest.lab.v201.support import V201Support
from plugfest.lab.verdict import Finding
from plugfest.ocpp import codec
from plugfest.ocpp.errors import ErrorCode, RemoteError
from plugfest.ocpp.events import CallRefused, FrameIgnored, ResultInvalid
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

DAY = datetime(2026, 1, 1, tzinfo=UTC)
STATUS = {"timestamp": "2026-01-01T00:00:00Z", "connectorStatus": "Available", "evseId": 1, "connectorId": 1}

REPORT = {"requestId": 1, "generatedAt": "2026-01-01T00:00:00Z", "seqNo": 0}
ENTRY = {"component": {"name": "EVSE"}, "variable": {"name": "Power"}, "variableAttribute": [{"value": "1"}]}


def frame(index: int, text: str, direction: Direction = Direction.FROM_STATION) -> Frame:
    return Frame(index, float(index), DAY, direction, text)


def call(index: int, action: str, payload: object, direction: Direction = Direction.FROM_STATION) -> Frame:
    return frame(index, json.dumps([2, f"id-{index}", action, payload]), direction)


def answer(index: int, message_id: str, payload: object) -> Frame:
    return frame(index, json.dumps([3, message_id, payload]))


def findings(*frames: Frame, skip: frozenset[int] = frozenset()) -> list[Finding]:
    return list(SchemaValidator("2.0.1", V201Support.clauses, V201Support.data_types.violations).findings(frames, skip))


def status(**changes: object) -> Frame:
    return call(7, "StatusNotification", STATUS | changes)


def test_valid_messages_are_no_findings() -> None:
    reset = call(1, "Reset", {"type": "Immediate"}, Direction.FROM_LAB)
    assert findings(status(), reset, answer(2, "id-1", {"status": "Accepted"})) == []


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (status(timestamp="2026-01-01T00:00:00.1234Z"), "$.timestamp"),
        (
            call(1, "Authorize", {"idToken": {"idToken": "A B", "type": "Local"}}),
            "$.idToken.idToken",
        ),
        (
            call(1, "NotifyReport", REPORT | {"reportData": [ENTRY | {"component": {"name": "Käse"}}]}),
            "$.reportData[0].component.name",
        ),
    ],
)
def test_a_data_type_may_be_narrower_than_the_schema(sent: Frame, path: str) -> None:
    (found,) = findings(sent)
    assert found.requirement == "Part 2 section 2.1.4"
    assert f" at {path}: " in found.expected


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123+02:00", "2026-01-01T00:00:00.1Z"])
def test_times_with_up_to_three_decimal_places_are_no_findings(time: str) -> None:
    assert findings(status(timestamp=time)) == []


@pytest.mark.parametrize(
    ("changes", "path", "rule"),
    [
        ({"connectorStatus": "Charging"}, "$.connectorStatus", "definitions/ConnectorStatusEnumType/enum"),
        ({"evseId": "1"}, "$.evseId", "properties/evseId/type"),
        ({"errorCode": "NoError"}, "$", "additionalProperties"),
        ({"customData": {"vendorId": "x" * 256}}, "$.customData.vendorId", "maxLength"),
        ({"timestamp": "yesterday"}, "$.timestamp", "properties/timestamp/format"),
    ],
)
def test_a_finding_contains_the_path_and_the_rule_of_the_schema(
    changes: dict[str, object], path: str, rule: str
) -> None:
    (finding,) = findings(status(**changes))
    assert finding.expected.startswith(f"StatusNotificationRequest at {path} conforms to ")
    assert rule in finding.expected
    assert (finding.frame, finding.requirement) == (7, "Part 4 section 4.1.2")


def test_each_violation_in_a_message_is_a_finding() -> None:
    found = findings(call(0, "StatusNotification", {"evseId": 1.5}))
    assert sorted(finding.actual.split(" is ")[0] for finding in found) == [
        '"connectorId"',
        '"connectorStatus"',
        '"timestamp"',
        "1.5",
    ]


def test_the_path_of_a_finding_contains_list_indexes() -> None:
    value = {"timestamp": "2026-01-01T00:00:00Z", "sampledValue": []}
    (finding,) = findings(call(0, "MeterValues", {"evseId": 1, "meterValue": [value]}))
    assert "at $.meterValue[0].sampledValue conforms to" in finding.expected


def test_an_answer_is_validated_by_the_request_it_belongs_to() -> None:
    validator = SchemaValidator("2.0.1", V201Support.clauses, V201Support.data_types.violations)
    assert list(validator.findings([call(1, "Reset", {"type": "Immediate"}, Direction.FROM_LAB)])) == []
    (finding,) = validator.findings([answer(2, "id-1", {"status": "Perhaps"})])
    assert finding.expected.startswith("ResetResponse at $.status conforms to ")


def test_frames_of_the_lab_are_not_validated() -> None:
    assert findings(call(0, "Reset", {"type": "Sometime"}, Direction.FROM_LAB)) == []


def test_a_frame_that_is_known_to_be_invalid_is_skipped() -> None:
    assert findings(status(evseId="1"), skip=frozenset({7})) == []


@pytest.mark.parametrize(
    "text",
    [
        "{[",
        "[]",
        "17",
        '[2,"1","Levitate",{}]',
        '[2,"1","Heartbeat"]',
        '[3,"unasked",{}]',
        '[4,"1","InternalError","",{}]',
        '[2,"1","Heartbeat",{"customData":{"vendorId":"v","deep":' + "[" * 500 + "]" * 500 + "}}]",
    ],
)
def test_frames_without_a_schema_are_skipped(text: str) -> None:
    assert findings(frame(0, text)) == []


def test_each_version_has_its_own_schemas() -> None:
    boot = call(0, "BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"})
    assert list(SchemaValidator("1.6", V16Support.clauses, V16Support.data_types.violations).findings([boot])) == []
    assert findings(boot) != []


# Where structs and schema disagree

SPACE_INSTEAD_OF_T = STATUS | {"timestamp": "2026-01-01 00:00:00Z"}
INTEGRAL_FLOAT = STATUS | {"evseId": 1.0}


def valid_for_structs(payload: object) -> bool:
    try:
        codec.decode(m.StatusNotificationRequest, msgspec.json.encode(payload))
    except RemoteError:
        return False
    return True


def test_a_message_valid_for_the_structs_but_not_for_the_schema_is_a_finding() -> None:
    assert valid_for_structs(SPACE_INSTEAD_OF_T)
    (finding,) = findings(call(0, "StatusNotification", SPACE_INSTEAD_OF_T))
    assert "date-time" in finding.actual


def test_a_whole_number_with_a_decimal_point_is_an_integer() -> None:
    assert valid_for_structs(INTEGRAL_FLOAT)
    assert findings(call(0, "StatusNotification", INTEGRAL_FLOAT)) == []


RESET = m.ResetRequest(type=t.ResetEnumType.Immediate)


@pytest.mark.parametrize(
    ("invalid", "clause", "actual"),
    [
        (CallRefused("1", "Heartbeat", ErrorCode.FormatViolation, "what?", "[2]"), "call", "FormatViolation: what?"),
        (
            ResultInvalid("1", RESET, RemoteError(ErrorCode.TypeConstraintViolation, "no", "$.status"), "[3]"),
            "result",
            "no",
        ),
        (FrameIgnored("no JSON", "{["), "frame", "no JSON"),
    ],
)
def test_a_frame_that_cannot_be_decoded_is_a_finding_of_its_clause(
    invalid: InvalidFrame, clause: str, actual: str
) -> None:
    clauses = V201Support.clauses
    finding = invalid_frame_finding(invalid, 3, clauses)
    assert finding.requirement == getattr(clauses, clause)
    assert actual in finding.actual
    assert finding.frame == 3
