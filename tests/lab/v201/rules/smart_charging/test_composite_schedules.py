"""A composite schedule is never above a charging profile that is certainly in force."""

from typing import Any

import pytest
from tests.lab.rules.evidence import action, stamp, violations
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.v201.rules.smart_charging.composite_schedules import composite_limits

PURPOSES = ("ChargingStationMaxProfile", "TxDefaultProfile")


def cleared(record: StationRecord, at: float = 0, status: str = "Unknown") -> StationRecord:
    """The lab knows that no other profile is installed."""
    for purpose in PURPOSES:
        criteria = {"chargingProfilePurpose": purpose}
        record.asked(at, "ClearChargingProfile", status=status, chargingProfileCriteria=criteria)
    return record


def profile(*steps: tuple[int, float], id: int = 1, purpose: str = "TxDefaultProfile", **more: Any) -> dict[str, Any]:
    """A profile that applies from the beginning of the record on."""
    kind = more.get("chargingProfileKind", "Absolute")
    schedule = {
        "id": id,
        "chargingRateUnit": more.pop("unit", "A"),
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in steps],
    }
    schedule |= {} if kind == "Relative" else {"startSchedule": stamp(more.pop("start", 0))}
    schedule |= {"duration": more.pop("duration")} if "duration" in more else {}
    return {
        "id": id,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": [schedule],
    } | more


def install(
    record: StationRecord, at: float, one: dict[str, Any], evse_id: int = 1, status: str = "Accepted"
) -> StationRecord:
    which = 0 if one["chargingProfilePurpose"] == PURPOSES[0] else evse_id
    record.asked(at, "SetChargingProfile", status=status, evseId=which, chargingProfile=one)
    return record


def composite(record: StationRecord, at: float, *steps: tuple[int, float], evse_id: int = 1, unit: str = "A") -> int:
    """The frame of a composite schedule of 300 s."""
    asked = record.lab(at, "GetCompositeSchedule", evseId=evse_id, duration=300)
    schedule = {
        "evseId": evse_id,
        "duration": 300,
        "scheduleStart": stamp(at),
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in steps],
    }
    record.answers(at, asked, status="Accepted", schedule=schedule)
    return len(record.frames) - 1


def accused(record: StationRecord, *actions: OperatorAction, product: str = "reference-ac") -> list[str]:
    return [violation.actual for violation in violations(composite_limits(), record, *actions, product=product)]


def test_a_limit_above_the_profile_is_a_violation() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 10)))
    composite(record, 100, (0, 10.0))
    frame = composite(record, 101, (0, 10.0), (60, 16.0))
    (violation,) = violations(composite_limits(), record, product="reference-ac")
    assert violation.frame == frame
    assert violation.actual == "16 A"
    assert violation.expected.startswith("a limit of at most 10 A at 60 s of the composite schedule")


def test_a_limit_below_the_profile_conforms() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 10)))
    composite(record, 100, (0, 0.0), (50, 9.9))
    assert accused(record) == []


@pytest.mark.parametrize(("falls", "right"), [(95, True), (100, True), (105, True), (130, False), (300, False)])
def test_a_lower_limit_begins_within_the_tolerance(falls: int, right: bool) -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 16), (200, 10)))
    composite(record, 100, *((0, 16.0), (falls, 10.0))[: 1 if falls == 300 else 2])
    assert (accused(record) == []) is right


def test_the_lowest_limit_of_the_purposes_counts() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 16)))
    install(record, 2, profile((0, 8), id=2, purpose="ChargingStationMaxProfile"))
    composite(record, 100, (0, 10.0))
    assert accused(record) == ["10 A"]


def test_the_profile_with_the_highest_stack_level_counts_while_it_applies() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)))
    install(record, 2, profile((0, 10), id=2, stackLevel=1, duration=200))
    composite(record, 100, (0, 10.0), (100, 6.0))
    assert accused(record) == []
    composite(record, 101, (0, 10.0))
    assert accused(record) == ["10 A"]


@pytest.mark.parametrize(
    ("more", "steps", "right"),
    [
        ({"validFrom": stamp(200)}, ((0, 16.0), (100, 10.0)), True),
        ({"validFrom": stamp(200)}, ((0, 16.0),), False),
        ({"validTo": stamp(200)}, ((0, 10.0), (100, 16.0)), True),
        ({"validTo": stamp(200)}, ((0, 16.0),), False),
        ({"duration": 50}, ((0, 16.0),), True),
        ({"start": 200}, ((0, 16.0), (100, 10.0)), True),
        ({"start": 200}, ((0, 16.0),), False),
    ],
)
def test_a_profile_counts_only_while_it_applies(
    more: dict[str, Any], steps: tuple[tuple[int, float], ...], right: bool
) -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 10), **more))
    composite(record, 100, *steps)
    assert (accused(record) == []) is right


@pytest.mark.parametrize(
    ("at", "steps", "right"),
    [
        (100, ((0, 10.0),), True),
        (100, ((0, 16.0),), False),
        (1000, ((0, 16.0),), True),  # after the duration, until it recurs
        (86_300, ((0, 16.0), (100, 10.0)), True),
        (86_300, ((0, 16.0),), False),
        (3 * 86_400 + 100, ((0, 16.0),), False),
    ],
)
def test_a_recurring_profile_counts_each_day(at: float, steps: tuple[tuple[int, float], ...], right: bool) -> None:
    daily = profile((0, 10), chargingProfileKind="Recurring", recurrencyKind="Daily", duration=600)
    record = install(cleared(StationRecord()), 1, daily)
    composite(record, at, *steps)
    assert (accused(record) == []) is right


def test_a_recurring_profile_that_has_not_begun_may_apply_to_the_time_before() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)))
    weekly = {"chargingProfileKind": "Recurring", "recurrencyKind": "Weekly", "start": 250, "stackLevel": 1}
    install(record, 2, profile((0, 10), id=2, **weekly))
    composite(record, 100, (0, 16.0), (150, 10.0))
    assert accused(record) == []
    composite(record, 101, (0, 16.0))
    assert accused(record) == ["16 A"]


def test_a_relative_profile_may_have_reached_any_period_or_its_end() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6), (60, 10), chargingProfileKind="Relative"))
    composite(record, 100, (0, 10.0))
    assert accused(record) == []
    composite(record, 101, (0, 10.5))
    assert accused(record) == ["10.5 A"]
    ending = install(cleared(StationRecord()), 1, profile((0, 6), chargingProfileKind="Relative", duration=86_400))
    composite(ending, 100, (0, 16.0))
    assert accused(ending) == []


@pytest.mark.parametrize("answer", ["Rejected", None])
def test_a_profile_that_was_not_accepted_does_not_count(answer: str | None) -> None:
    record = cleared(StationRecord())
    if answer is None:
        record.lab(1, "SetChargingProfile", evseId=1, chargingProfile=profile((0, 6)))
    else:
        install(record, 1, profile((0, 6)), status=answer)
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


def test_a_profile_that_may_be_installed_may_overrule_others() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)))
    record.lab(2, "SetChargingProfile", evseId=1, chargingProfile=profile((0, 16), id=2, stackLevel=1))
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


@pytest.mark.parametrize(
    "criteria", [{"chargingProfileId": 1}, {"chargingProfileCriteria": {"chargingProfilePurpose": "TxDefaultProfile"}}]
)
@pytest.mark.parametrize("answered", [True, False])
def test_a_cleared_profile_does_not_count(criteria: dict[str, Any], answered: bool) -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)))
    if answered:
        record.asked(2, "ClearChargingProfile", **criteria)
    else:
        record.lab(2, "ClearChargingProfile", **criteria)
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


def test_profiles_of_an_earlier_user_may_overrule_until_the_lab_has_cleared_them() -> None:
    record = install(StationRecord(), 1, profile((0, 6)))
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


def test_a_station_that_was_commissioned_again_may_have_lost_its_profiles() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)))
    composite(record, 100, (0, 16.0))
    commissioned = action(ActionKind.COMMISSION, at=50, frame=len(record.frames) - 2)
    assert accused(record) == ["16 A"]
    assert accused(record, commissioned) == []


def test_a_replaced_profile_does_not_count() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)))
    install(record, 2, profile((0, 16)))
    composite(record, 100, (0, 16.0))
    assert accused(record) == []
    composite(record, 101, (0, 20.0))
    assert accused(record) == ["20 A"]


def test_a_profile_on_the_same_stack_level_may_replace_another() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)))
    install(record, 2, profile((0, 16), id=2, duration=1), evse_id=0)
    composite(record, 100, (0, 32.0))
    assert accused(record) == []


def started(record: StationRecord, at: float, transaction_id: str = "T1") -> None:
    record.event(
        at, event_type="Started", transaction_id=transaction_id, evse={"id": 1, "connectorId": 1}, timestamp=at
    )


def test_the_profile_of_a_transaction_overrules_the_default_until_it_ends() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)))
    started(record, 2)
    install(record, 3, profile((0, 10), id=2, purpose="TxProfile", transactionId="T1"))
    composite(record, 100, (0, 10.0))
    assert accused(record) == []
    composite(record, 101, (0, 16.0))
    assert accused(record) == ["16 A"]
    record.event(200, event_type="Ended", transaction_id="T1", timestamp=190)
    composite(record, 195, (0, 16.0))  # reported before, ended or not
    composite(record, 210, (0, 10.0))
    assert accused(record) == ["16 A", "10 A"]


def test_the_profile_of_an_unknown_transaction_is_not_certain() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6), purpose="TxProfile", transactionId="T1"))
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


def test_the_profile_of_a_transaction_is_not_certain_after_a_reboot() -> None:
    record = cleared(StationRecord())
    started(record, 2)
    install(record, 3, profile((0, 6), purpose="TxProfile", transactionId="T1"))
    station = {"model": "M", "vendorName": "V"}
    answer = {"currentTime": stamp(50), "interval": 30, "status": "Accepted"}
    record.request(50, "BootNotification", {"reason": "PowerUp", "chargingStation": station}, answer)
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


def test_the_profile_of_a_remote_start_counts_from_its_transaction_on() -> None:
    record = cleared(StationRecord())
    record.asked(
        1,
        "RequestStartTransaction",
        remoteStartId=5,
        evseId=1,
        idToken={"idToken": "A", "type": "Central"},
        chargingProfile=profile((0, 6), purpose="TxProfile"),
    )
    composite(record, 2, (0, 16.0))
    record.event(3, event_type="Started", info={"remoteStartId": 5}, evse={"id": 1, "connectorId": 1})
    composite(record, 100, (0, 10.0))
    assert accused(record) == ["10 A"]


def test_only_limits_of_the_station_count_for_evse_0() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)), evse_id=0)
    composite(record, 100, (0, 12.0), evse_id=0)
    assert accused(record) == []
    install(record, 101, profile((0, 10), id=2, purpose="ChargingStationMaxProfile"))
    composite(record, 102, (0, 12.0), evse_id=0)
    assert accused(record) == ["12 A"]


def test_profiles_of_another_evse_do_not_count() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)), evse_id=2)
    composite(record, 100, (0, 16.0))
    assert accused(record) == []


def test_limits_in_another_unit_do_not_count() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 4140), unit="W"))
    composite(record, 100, (0, 16.0))
    assert accused(record) == []
    composite(record, 101, (0, 11_040.0), unit="W")
    assert accused(record) == ["11040 W"]


def test_the_current_of_direct_current_is_not_judged() -> None:
    record = install(cleared(StationRecord()), 1, profile((0, 6)))
    composite(record, 100, (0, 16.0))
    assert accused(record, product="reference-dc") == []
    assert accused(record) == ["16 A"]


def test_profiles_are_kept_from_one_case_to_the_next() -> None:
    rule = composite_limits()
    first = install(cleared(StationRecord()), 1, profile((0, 6)))
    assert violations(rule, first, product="reference-ac") == []
    second = StationRecord()
    for _ in first.frames:
        second.status(50, "Available")
    composite(second, 100, (0, 16.0))
    assert [each.actual for each in violations(rule, second, product="reference-ac")] == ["16 A"]
