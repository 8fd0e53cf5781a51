"""Results name what was requested."""

from typing import Any

import pytest
from tests.lab.rules.evidence import stamp, violating_frames, violations
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.rules.rule import Violation
from plugfest.lab.v201.rules.agreement.results import (
    RESULT_OF_SCHEDULE,
    RESULTS_OF_CERTIFICATES,
    RESULTS_OF_PROFILES,
    RESULTS_OF_REPORTS,
    RESULTS_OF_VARIABLES,
)

Fields = dict[str, Any]


def variable(name: str = "Interval", component: str = "Heartbeat", /, **fields: object) -> Fields:
    return {"component": {"name": component}, "variable": {"name": name}} | fields


def result(name: str = "Interval", component: str = "Heartbeat", /, **fields: object) -> Fields:
    return variable(name, component, **({"attributeStatus": "Accepted"} | fields))


def get_variables(requested: list[Fields], reported: list[Fields]) -> StationRecord:
    record = StationRecord()
    record.answers(1, record.lab(0, "GetVariables", getVariableData=requested), getVariableResult=reported)
    return record


def set_variables(requested: list[Fields], reported: list[Fields]) -> StationRecord:
    record = StationRecord()
    data = [each | {"attributeValue": "1"} for each in requested]
    record.answers(1, record.lab(0, "SetVariables", setVariableData=data), setVariableResult=reported)
    return record


def violations_of_results(record: StationRecord) -> list[Violation]:
    return [violation for rule in RESULTS_OF_VARIABLES for violation in violations(rule, record)]


def frames_of_results(record: StationRecord) -> list[int | None]:
    return [violation.frame for violation in violations_of_results(record)]


@pytest.mark.parametrize("make_record", [get_variables, set_variables])
def test_each_variable_has_one_result(make_record: Any) -> None:
    requested, reported = [variable("A"), variable("B")], [result("B"), result("A")]
    assert frames_of_results(make_record(requested, reported)) == []
    assert frames_of_results(make_record(requested, reported[:1])) == [1]
    assert frames_of_results(make_record(requested, [*reported, result("C")])) == [1]
    assert frames_of_results(make_record(requested, [*reported, result("A")])) == [1]


@pytest.mark.parametrize("make_record", [get_variables, set_variables])
@pytest.mark.parametrize(
    ("requested", "reported", "frames"),
    [
        (None, None, []),
        (None, "Actual", []),
        (None, "Target", [1]),
        ("Actual", "Actual", []),
        ("Actual", None, [1]),
        ("Target", "Actual", [1]),
    ],
)
def test_a_requested_attribute_type_is_in_the_result(
    make_record: Any, requested: str | None, reported: str | None, frames: list[int]
) -> None:
    def with_type(fields: Fields, attribute_type: str | None) -> Fields:
        return fields if attribute_type is None else fields | {"attributeType": attribute_type}

    record = make_record([with_type(variable(), requested)], [with_type(result(), reported)])
    assert frames_of_results(record) == frames


def test_names_are_case_insensitive() -> None:
    assert frames_of_results(get_variables([variable()], [result("interval", "HEARTBEAT")])) == []


@pytest.mark.parametrize(
    "other",
    [
        {"component": {"name": "Heartbeat", "evse": {"id": 1}}},
        {"component": {"name": "Heartbeat", "instance": "X"}},
        {"variable": {"name": "Interval", "instance": "X"}},
    ],
)
def test_instance_and_evse_are_kept(other: Fields) -> None:
    assert frames_of_results(get_variables([variable()], [result(**other)])) == [1, 1]
    assert frames_of_results(get_variables([variable(**other)], [result(**other)])) == []


def test_a_finding_names_the_variable() -> None:
    evse = {"component": {"name": "Connector", "evse": {"id": 1, "connectorId": 2}}}
    (missing, extra) = violations_of_results(get_variables([variable(**evse)], [result()]))
    assert missing.expected == "a result for Connector(EVSE 1, connector 2).Interval in GetVariablesResponse"
    assert extra.actual == "Heartbeat.Interval"


def test_results_of_monitors_are_judged_too() -> None:
    data = variable() | {"value": 1.0, "type": "Delta", "severity": 5}
    other = variable("Other") | {"status": "Accepted", "type": "Delta", "severity": 5}
    record = StationRecord()
    message_id = record.lab(0, "SetVariableMonitoring", setMonitoringData=[data])
    record.answers(1, message_id, setMonitoringResult=[other])
    assert frames_of_results(record) == [1, 1]


# Reports


def report(selection: list[Fields] | None, *reported: Fields) -> StationRecord:
    record = StationRecord()
    criteria: Fields = {} if selection is None else {"componentVariable": selection}
    record.asked(0, "GetReport", requestId=1, **criteria)
    data = [each | {"variableAttribute": [{"value": "1"}]} for each in reported]
    record.request(1, "NotifyReport", {"requestId": 1, "generatedAt": stamp(1), "seqNo": 0, "reportData": data}, {})
    return record


EVSE_1 = {"component": {"name": "EVSE", "evse": {"id": 1}}}


def test_a_report_has_only_what_was_requested() -> None:
    assert violating_frames(RESULTS_OF_REPORTS, report([variable()], variable())) == []
    assert violating_frames(RESULTS_OF_REPORTS, report([variable()], variable("Other"))) == [2]
    assert violating_frames(RESULTS_OF_REPORTS, report(None, variable("Other"))) == []


def test_what_a_request_omits_is_not_restricted() -> None:
    whole_component = {"component": {"name": "Heartbeat"}}
    assert violating_frames(RESULTS_OF_REPORTS, report([whole_component], variable("Other"))) == []
    instance = variable(variable={"name": "Interval", "instance": "X"})
    assert violating_frames(RESULTS_OF_REPORTS, report([variable()], instance)) == []
    assert violating_frames(RESULTS_OF_REPORTS, report([instance], variable())) == [2]


def test_the_evse_of_a_request_restricts_the_report() -> None:
    connector = {"component": {"name": "EVSE", "evse": {"id": 1, "connectorId": 1}}}
    other = {"component": {"name": "EVSE", "evse": {"id": 2}}}
    assert violating_frames(RESULTS_OF_REPORTS, report([EVSE_1], variable(**EVSE_1), variable(**connector))) == []
    assert violating_frames(RESULTS_OF_REPORTS, report([EVSE_1], variable(**other), variable())) == [2, 2]


# Charging profiles and schedules


def schedule(**reported: object) -> StationRecord:
    record = StationRecord()
    message_id = record.lab(0, "GetCompositeSchedule", duration=60, evseId=1, chargingRateUnit="A")
    answer = {
        "evseId": 1,
        "duration": 60,
        "scheduleStart": stamp(0),
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}],
    }
    record.answers(1, message_id, status="Accepted", schedule=answer | reported)
    return record


def test_a_composite_schedule_is_the_requested_one() -> None:
    assert violating_frames(RESULT_OF_SCHEDULE, schedule()) == []
    assert violating_frames(RESULT_OF_SCHEDULE, schedule(evseId=2)) == [1]
    assert violating_frames(RESULT_OF_SCHEDULE, schedule(chargingRateUnit="W")) == [1]


def profiles(criterion: Fields, *, evse_id: int = 1, source: str = "CSO") -> StationRecord:
    record = StationRecord()
    record.asked(0, "GetChargingProfiles", requestId=1, evseId=1, chargingProfile=criterion)
    part = {
        "id": 1,
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}],
    }
    profile = {
        "id": 5,
        "stackLevel": 2,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [part],
    }
    payload = {"requestId": 1, "chargingLimitSource": source, "evseId": evse_id, "chargingProfile": [profile]}
    record.request(1, "ReportChargingProfiles", payload, {})
    return record


@pytest.mark.parametrize(
    ("criterion", "frames"),
    [
        ({}, []),
        ({"chargingProfileId": [5]}, []),
        ({"chargingProfileId": [6]}, [2]),
        ({"stackLevel": 2, "chargingProfilePurpose": "TxProfile"}, []),
        ({"stackLevel": 3}, [2]),
        ({"chargingProfilePurpose": "TxDefaultProfile"}, [2]),
        ({"chargingLimitSource": ["EMS"]}, [2]),
    ],
)
def test_reported_profiles_fit_the_criteria(criterion: Fields, frames: list[int]) -> None:
    assert violating_frames(RESULTS_OF_PROFILES, profiles(criterion)) == frames


def test_reported_profiles_are_of_the_requested_evse() -> None:
    assert violating_frames(RESULTS_OF_PROFILES, profiles({}, evse_id=2)) == [2]


# Certificates


def test_only_certificates_of_the_requested_types_are_listed() -> None:
    def listed(*requested: str) -> StationRecord:
        record = StationRecord()
        hashes = {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "1"}
        chain = {"certificateType": "CSMSRootCertificate", "certificateHashData": hashes}
        types: Fields = {"certificateType": list(requested)} if requested else {}
        message_id = record.lab(0, "GetInstalledCertificateIds", **types)
        record.answers(1, message_id, status="Accepted", certificateHashDataChain=[chain])
        return record

    assert violating_frames(RESULTS_OF_CERTIFICATES, listed()) == []
    assert violating_frames(RESULTS_OF_CERTIFICATES, listed("CSMSRootCertificate")) == []
    assert violating_frames(RESULTS_OF_CERTIFICATES, listed("MORootCertificate")) == [1]
