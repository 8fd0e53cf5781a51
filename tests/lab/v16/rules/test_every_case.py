"""The rules for every case of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import action
from tests.lab.v16.rules.station_record import StationRecord, reading, violating_frames

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.schedule_periods import schedule_periods
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.ledger import Ledger
from plugfest.lab.v16.rules.every_case import rules

VALID = Tokens().valid


def test_every_rule_has_a_unique_name_and_a_requirement() -> None:
    all_rules = rules(Ledger())
    assert len({rule.name for rule in all_rules}) == len(all_rules)
    assert all(rule.requirement for rule in all_rules)


def test_a_conforming_transaction_violates_no_rule() -> None:
    record = StationRecord()
    record.start(10, VALID.id_token)
    record.meter(15, reading(15, 1), transactionId=7)
    record.stop(20, reason="Other")
    actions = action(ActionKind.PLUG_IN, at=5.0), action(ActionKind.PRESENT_TOKEN, at=9.0, token=VALID)
    assert [rule.name for rule in rules(record.ledger) if violating_frames(rule, record, *actions)] == []


@pytest.mark.parametrize(("starts", "frames"), [((0, 10), []), ((0, 10, 5), [1]), ((5,), [1]), ((), [1])])
def test_the_periods_of_a_composite_schedule_start_at_0_and_increase(
    starts: tuple[int, ...], frames: list[int]
) -> None:
    record = StationRecord()
    periods = [{"startPeriod": start, "limit": 16.0} for start in starts]
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    asked = record.lab(0, "GetCompositeSchedule", connectorId=1, duration=60)
    record.answers(1, asked, status="Accepted", connectorId=1, chargingSchedule=schedule)
    assert violating_frames(schedule_periods("section 7.14"), record) == frames
