"""Charging profiles limit what the EV draws, are reported completely, and are cleared."""

from typing import Any

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.smart_charging.limits import LIMITS_FOLLOWED
from plugfest.lab.v201.rules.smart_charging.reports import (
    CLEARED_IF_INSTALLED,
    OPTIONAL_FIELDS,
    POSSIBLE_PHASES,
    REPORTS_COMPLETE,
    START_AS_KIND,
)

AC = "reference-ac"


def profile(id: int = 1, limit: float = 6, *, unit: str = "A", purpose: str = "TxDefaultProfile", **more: Any) -> Any:
    period = {"startPeriod": 0, "limit": limit, "numberPhases": 3}
    schedule = {
        "id": 1,
        "chargingRateUnit": unit,
        "startSchedule": stamp(-1000),
        "chargingSchedulePeriod": [period | more.pop("period", {})],
    }
    return {
        "id": id,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": [schedule],
    } | more


def charging() -> StationRecord:
    record = StationRecord()
    record.event(0, event_type="Started", evse={"id": 1, "connectorId": 1}, info={"chargingState": "Charging"})
    return record


def measured(record: StationRecord, at: float, value: float, measurand: str = "Current.Import", **more: Any) -> None:
    sample = {"value": value, "measurand": measurand} | more
    record.event(at, "MeterValuePeriodic", seq_no=1, meterValue=[{"timestamp": stamp(at), "sampledValue": [sample]}])


@pytest.mark.parametrize(
    ("at", "amperes", "right"), [(30, 6.2, True), (30, 16, False), (12, 16, True), (5, 16, True), (30, 0, True)]
)
def test_an_ev_follows_a_limit_after_its_reaction_time(at: float, amperes: float, right: bool) -> None:
    record = charging()
    record.asked(10, "SetChargingProfile", evseId=1, chargingProfile=profile())
    measured(record, at, amperes, phase="L1")
    assert (violating_frames(LIMITS_FOLLOWED, record, product=AC) == []) is right


@pytest.mark.parametrize(
    ("limit", "unit", "measurand", "value", "right"),
    [
        (6, "A", "Power.Active.Import", 4140, True),
        (6, "A", "Power.Active.Import", 8000, False),
        (4140, "W", "Power.Active.Import", 4140, True),
        (4140, "W", "Power.Active.Import", 8000, False),
        (4140, "W", "Current.Import", 18, True),  # of all phases together
        (4140, "W", "Current.Import", 30, False),
    ],
)
def test_current_and_power_show_limits_in_either_unit(
    limit: float, unit: str, measurand: str, value: float, right: bool
) -> None:
    record = charging()
    record.asked(10, "SetChargingProfile", evseId=1, chargingProfile=profile(limit=limit, unit=unit))
    measured(record, 40, value, measurand)
    assert (violating_frames(LIMITS_FOLLOWED, record, product=AC) == []) is right


@pytest.mark.parametrize(
    ("evse_id", "status", "purpose"),
    [(2, "Accepted", "TxDefaultProfile"), (1, "Rejected", "TxDefaultProfile"), (1, "Accepted", "TxProfile")],
)
def test_limits_of_others_do_not_count(evse_id: int, status: str, purpose: str) -> None:
    record = charging()
    other = profile(purpose=purpose, **({"transactionId": "T2"} if purpose == "TxProfile" else {}))
    record.asked(10, "SetChargingProfile", status=status, evseId=evse_id, chargingProfile=other)
    measured(record, 40, 32)
    assert violating_frames(LIMITS_FOLLOWED, record, product=AC) == []


def test_a_cleared_limit_does_not_count() -> None:
    record = charging()
    record.asked(10, "SetChargingProfile", evseId=1, chargingProfile=profile())
    record.asked(20, "ClearChargingProfile", chargingProfileId=1)
    measured(record, 50, 32)
    assert violating_frames(LIMITS_FOLLOWED, record, product=AC) == []


def reported(record: StationRecord, at: float, *ids: int, tbc: bool = False) -> None:
    payload = {
        "requestId": 5,
        "chargingLimitSource": "CSO",
        "evseId": 1,
        "chargingProfile": [profile(id) for id in ids],
        "tbc": tbc,
    }
    record.request(at, "ReportChargingProfiles", payload, {})


@pytest.mark.parametrize(
    ("parts", "right"),
    [
        ([((1, 2), False)], True),
        ([((1,), True), ((2,), False)], True),
        ([((1,), False)], False),
        ([((1,), False), ((2,), False)], False),
        ([((1,), True)], True),  # the case waits for the rest
    ],
)
def test_a_report_is_complete(parts: list[tuple[tuple[int, ...], bool]], right: bool) -> None:
    record = StationRecord()
    for id, level in ((1, 0), (2, 1)):
        record.asked(id, "SetChargingProfile", evseId=1, chargingProfile=profile(id, stackLevel=level))
    record.asked(10, "GetChargingProfiles", requestId=5, evseId=1, chargingProfile={"chargingLimitSource": ["CSO"]})
    for number, (ids, tbc) in enumerate(parts):
        reported(record, 11 + number, *ids, tbc=tbc)
    assert (violating_frames(REPORTS_COMPLETE, record, product=AC) == []) is right


@pytest.mark.parametrize(("cleared", "right"), [(True, True), (False, False)])
def test_profiles_are_found_until_they_are_cleared(cleared: bool, right: bool) -> None:
    record = StationRecord()
    record.asked(1, "SetChargingProfile", evseId=1, chargingProfile=profile())
    if cleared:
        record.asked(2, "ClearChargingProfile", chargingProfileId=1)
    record.asked(3, "GetChargingProfiles", status="NoProfiles", requestId=5, chargingProfile={"chargingProfileId": [1]})
    record.asked(4, "ClearChargingProfile", status="Unknown", chargingProfileId=1)
    assert (violating_frames(REPORTS_COMPLETE, record, product=AC) == []) is right
    assert (violating_frames(CLEARED_IF_INSTALLED, record, product=AC) == []) is right


@pytest.mark.parametrize(
    ("period", "right"),
    [
        ({}, True),
        ({"numberPhases": 1, "phaseToUse": 2}, True),
        ({"phaseToUse": 2}, False),
        ({"numberPhases": 4}, False),
    ],
)
def test_phases_are_possible(period: dict[str, int], right: bool) -> None:
    record = StationRecord()
    payload = {
        "requestId": 5,
        "chargingLimitSource": "CSO",
        "evseId": 1,
        "chargingProfile": [profile(period=period)],
    }
    record.request(1, "ReportChargingProfiles", payload, {})
    assert (violating_frames(POSSIBLE_PHASES, record, product=AC) == []) is right


@pytest.mark.parametrize(("kind", "right"), [("Absolute", True), ("Recurring", True), ("Relative", False)])
def test_a_reported_profile_has_a_start_unless_it_is_relative(kind: str, right: bool) -> None:
    for has_start in (True, False):
        reported = profile(chargingProfileKind=kind)
        if not has_start:
            del reported["chargingSchedule"][0]["startSchedule"]
        record = StationRecord()
        payload = {"requestId": 1, "chargingLimitSource": "CSO", "evseId": 1, "chargingProfile": [reported]}
        record.request(1, "ReportChargingProfiles", payload, {})
        assert (violating_frames(START_AS_KIND, record, product=AC) == []) is (has_start is right)


@pytest.mark.parametrize(
    ("fields", "right"),
    [
        ({"chargingProfileKind": "Recurring", "recurrencyKind": "Daily"}, True),
        ({"chargingProfileKind": "Recurring"}, False),
        ({"purpose": "TxProfile", "transactionId": "T1"}, True),
        ({"purpose": "ChargingStationExternalConstraints", "transactionId": "T1"}, False),
    ],
)
def test_a_reported_profile_has_the_optional_fields_of_its_kind_and_purpose(
    fields: dict[str, str], right: bool
) -> None:
    record = StationRecord()
    reported = [profile(**fields)]
    payload = {"requestId": 1, "chargingLimitSource": "EMS", "evseId": 1, "chargingProfile": reported}
    record.request(1, "ReportChargingProfiles", payload, {})
    assert (violating_frames(OPTIONAL_FIELDS, record, product=AC) == []) is right
