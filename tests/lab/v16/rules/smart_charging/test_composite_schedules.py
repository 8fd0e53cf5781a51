"""A composite schedule of OCPP 1.6 is never above a charging profile that is certainly in force."""

from typing import Any

import pytest
from tests.lab.rules.evidence import stamp, violations
from tests.lab.v16.rules.station_record import PRODUCT, StationRecord

from plugfest.lab.v16.rules.smart_charging.composite_schedules import composite_limits


def cleared() -> StationRecord:
    """A record in which the lab knows that no other profile is installed."""
    record = StationRecord()
    record.asked(0, "ClearChargingProfile", status="Unknown")
    return record


def install(
    record: StationRecord,
    at: float,
    *steps: tuple[int, float],
    id: int = 1,
    purpose: str = "TxDefaultProfile",
    connector_id: int = 1,
    **more: Any,
) -> StationRecord:
    schedule = {
        "chargingRateUnit": more.pop("unit", "A"),
        "startSchedule": stamp(0),
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in steps],
    }
    profile = {
        "chargingProfileId": id,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
    } | more
    record.asked(at, "SetChargingProfile", connectorId=connector_id, csChargingProfiles=profile)
    return record


def composite(record: StationRecord, at: float, *steps: tuple[int, float], connector_id: int = 1) -> None:
    asked = record.lab(at, "GetCompositeSchedule", connectorId=connector_id, duration=300)
    schedule = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in steps],
    }
    record.answers(at, asked, status="Accepted", connectorId=connector_id, chargingSchedule=schedule)


def accused(record: StationRecord) -> list[str]:
    return [violation.actual for violation in violations(composite_limits(), record, product=PRODUCT)]


def test_a_limit_above_the_profile_is_a_violation() -> None:
    record = install(cleared(), 1, (0, 16), (200, 10))
    composite(record, 100, (0, 16.0), (100, 10.0))
    composite(record, 101, (0, 9.0))
    assert accused(record) == []
    composite(record, 102, (0, 16.0))
    assert accused(record) == ["16 A"]


def test_the_limit_of_the_charge_point_counts_for_each_connector_and_for_all() -> None:
    record = install(cleared(), 1, (0, 8), purpose="ChargePointMaxProfile", connector_id=0)
    composite(record, 100, (0, 10.0))
    composite(record, 101, (0, 10.0), connector_id=0)
    assert accused(record) == ["10 A", "10 A"]


def test_profiles_of_an_earlier_user_may_overrule_until_the_lab_has_cleared_them() -> None:
    record = install(StationRecord(), 1, (0, 6))
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


@pytest.mark.parametrize("criteria", [{}, {"id": 1}, {"chargingProfilePurpose": "TxDefaultProfile", "connectorId": 1}])
def test_a_cleared_profile_does_not_count(criteria: dict[str, Any]) -> None:
    record = install(cleared(), 1, (0, 6))
    record.asked(2, "ClearChargingProfile", **criteria)
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


def test_a_profile_that_was_not_cleared_counts() -> None:
    record = install(cleared(), 1, (0, 6))
    record.asked(2, "ClearChargingProfile", status="Unknown", stackLevel=3)
    composite(record, 100, (0, 16.0))
    assert accused(record) == ["16 A"]


def test_the_default_of_a_connector_and_of_all_are_not_certain_together() -> None:
    record = install(cleared(), 1, (0, 6))
    install(record, 2, (0, 10), id=2, connector_id=0, stackLevel=1)
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


def test_the_profile_of_a_transaction_overrules_the_default_until_it_ends() -> None:
    record = install(cleared(), 1, (0, 6))
    record.start(2)
    install(record, 3, (0, 10), id=2, purpose="TxProfile", transactionId=7)
    composite(record, 100, (0, 10.0))
    assert accused(record) == []
    composite(record, 101, (0, 16.0))
    record.stop(200)
    composite(record, 210, (0, 10.0))
    assert accused(record) == ["16 A", "10 A"]


@pytest.mark.parametrize("transaction", [{"transactionId": 8}, {}])
def test_the_profile_of_another_transaction_or_of_none_is_not_certain(transaction: dict[str, int]) -> None:
    record = cleared()
    record.start(2)
    install(record, 3, (0, 6), purpose="TxProfile", **transaction)
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


def test_it_is_not_certain_which_transaction_has_the_profile_of_a_remote_start() -> None:
    record = install(cleared(), 1, (0, 6))
    profile = {
        "chargingProfileId": 2,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}],
        },
    }
    record.asked(2, "RemoteStartTransaction", idTag="A", connectorId=1, chargingProfile=profile)
    record.start(3)
    composite(record, 100, (0, 16.0))
    assert accused(record) == []
    record.stop(200)
    composite(record, 210, (0, 16.0))
    assert accused(record) == ["16 A"]


def test_limits_in_another_unit_do_not_count() -> None:
    record = install(cleared(), 1, (0, 4140), unit="W")
    composite(record, 100, (0, 16.0))
    assert accused(record) == []
