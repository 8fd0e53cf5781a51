"""The rules for every case of OCPP 2.0.1."""

import pytest
from tests.lab.rules.evidence import stamp, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.v201.rules.every_case import rules
from plugfest.lab.verdict import Level

SCHEDULE_PERIODS = schedule_periods("K01.FR.31")


def test_every_rule_has_a_unique_name_and_a_requirement() -> None:
    all_rules = rules()
    assert len({rule.name for rule in all_rules}) == len(all_rules)
    assert all(rule.requirement for rule in all_rules)


def test_requirements_that_are_recommendations() -> None:
    recommended = {rule.requirement for rule in rules() if rule.level is Level.SHOULD}
    assert recommended == {
        "ChargingStationType",
        "E02.FR.13",
        "E02.FR.18",
        "E06.FR.11, E06.FR.12",
        "E02.FR.17",
        "E03.FR.12",
        "E07.FR.02",
        "E07.FR.06",
        "G01.FR.08",
        "G02.FR.05",
        "J02.FR.17",
        "L01.FR.30",
        "L01.FR.02, L01.FR.03",
        "M03.FR.02, M03.FR.04",
        "N01.FR.10",
        "N07.FR.05",
        "Part 2 Appendix 2",
        "Part 2 F01, F03, B11, B12, G03, G04",
        "Part 6 section 2.1",
        "SecurityEventNotificationRequest",
        "TransactionEventRequest",
        "VariableAttributeType, B07.FR.11",
        "VariableCharacteristicsType, VariableAttributeType, B07.FR.08",
    }


# Charging schedules


def composite(*starts: int) -> StationRecord:
    record = StationRecord()
    periods = [{"startPeriod": start, "limit": 16.0} for start in starts]
    schedule = {
        "evseId": 1,
        "duration": 60,
        "scheduleStart": stamp(0),
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": periods,
    }
    record.answers(
        1, record.lab(0, "GetCompositeSchedule", duration=60, evseId=1), status="Accepted", schedule=schedule
    )
    return record


def test_periods_in_chronological_order_conform() -> None:
    assert violating_frames(SCHEDULE_PERIODS, composite(0, 10, 20)) == []


@pytest.mark.parametrize("starts", [(0, 20, 10), (0, 10, 10), (5, 10)])
def test_periods_that_do_not_start_at_0_or_do_not_increase_are_violations(starts: tuple[int, ...]) -> None:
    assert violating_frames(SCHEDULE_PERIODS, composite(*starts)) == [1]


def test_reported_charging_profiles_are_judged_too() -> None:
    record = StationRecord()
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 9, "limit": 1.0}]}
    profile = {
        "id": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [schedule],
    }
    record.request(
        1,
        "ReportChargingProfiles",
        {"requestId": 1, "chargingLimitSource": "CSO", "evseId": 1, "chargingProfile": [profile]},
        {},
    )
    assert violating_frames(SCHEDULE_PERIODS, record) == [0]
