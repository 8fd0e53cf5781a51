"""Transaction events of OCPP 2.0.1."""

import pytest
from tests.lab.rules.evidence import action, violating_frames, violations
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v201.rules.transaction_events import (
    ENDED_LAST,
    EVSE_AFTER_PLUG_IN,
    OFFLINE_FLAG,
    SEQ_NO,
    STARTED_FIRST,
    TRANSACTION_IDS,
)


def transaction(*events: tuple[int, str]) -> StationRecord:
    """The record of a transaction: seqNo and eventType of its events in order of arrival."""
    record = StationRecord()
    for at, (seq_no, event_type) in enumerate(events):
        record.event(at, seq_no=seq_no, event_type=event_type, timestamp=seq_no)
    return record


def violated_requirements(record: StationRecord) -> list[str]:
    return [rule.requirement for rule in (SEQ_NO, STARTED_FIRST, ENDED_LAST) for _ in violations(rule, record)]


def test_events_may_arrive_in_any_order() -> None:
    assert violated_requirements(transaction((1, "Updated"), (0, "Started"), (2, "Ended"))) == []


def test_a_retried_event_counts_once() -> None:
    assert violated_requirements(transaction((0, "Started"), (1, "Updated"), (1, "Updated"), (2, "Ended"))) == []


def test_a_retry_as_offline_event_counts_once() -> None:
    record = transaction((0, "Started"), (1, "Updated"))
    record.event(2, seq_no=1, timestamp=1, offline=True)
    assert violated_requirements(record) == []


def test_a_gap_in_seq_no_is_a_violation_of_the_event_after_it() -> None:
    record = transaction((0, "Started"), (2, "Ended"))
    assert violating_frames(SEQ_NO, record) == [2]


def test_two_events_with_the_same_seq_no_are_a_violation() -> None:
    record = transaction((0, "Started"), (1, "Updated"))
    record.event(2, seq_no=1, numberOfPhasesUsed=3)
    assert violated_requirements(record) == ["E01.FR.07"]


def test_a_transaction_without_started_first_is_a_violation() -> None:
    assert violated_requirements(transaction((0, "Updated"), (1, "Started"))) == [
        "Part 6 section 2.1",
        "Part 6 section 2.1",
    ]


def test_an_event_after_ended_is_a_violation() -> None:
    assert violated_requirements(transaction((0, "Started"), (1, "Ended"), (2, "Updated"))) == ["E06"]


def test_a_transaction_that_began_before_the_case_is_not_judged() -> None:
    record = transaction((3, "Updated"), (5, "Ended"))
    assert violating_frames(SEQ_NO, record, known_transactions=frozenset({"T1"})) == []


# Transaction ids


def test_a_transaction_id_used_before_is_a_violation() -> None:
    record = StationRecord()
    record.event(1, event_type="Started")
    assert violating_frames(TRANSACTION_IDS, record) == []
    assert violating_frames(TRANSACTION_IDS, record, known_transactions=frozenset({"T1"})) == [0]


# Offline flag

GAP = (ConnectionPeriod(0, 50), ConnectionPeriod(100))


def event_at(timestamp: float, *, offline: bool) -> StationRecord:
    record = StationRecord()
    record.event(101, timestamp=timestamp, event_type="Started", **({"offline": True} if offline else {}))
    return record


def test_an_offline_event_with_the_flag_conforms() -> None:
    assert violating_frames(OFFLINE_FLAG, event_at(75, offline=True), connection_periods=GAP) == []


def test_an_offline_event_without_the_flag_is_a_violation() -> None:
    assert violating_frames(OFFLINE_FLAG, event_at(75, offline=False), connection_periods=GAP) == [0]


def test_the_flag_on_an_online_event_is_a_violation() -> None:
    assert violating_frames(OFFLINE_FLAG, event_at(101, offline=True), connection_periods=(ConnectionPeriod(0),)) == [0]
    assert violating_frames(OFFLINE_FLAG, event_at(101, offline=False), connection_periods=(ConnectionPeriod(0),)) == []


def test_events_close_to_a_connection_change_are_not_judged() -> None:
    for moment in (48.0, 52.0, 98.0, 102.0):
        for offline in (True, False):
            assert violating_frames(OFFLINE_FLAG, event_at(moment, offline=offline), connection_periods=GAP) == []


def test_an_event_that_waited_for_a_retry_may_have_the_flag() -> None:
    record = StationRecord()
    record.event(10, event_type="Started", answered=False)
    record.event(40, timestamp=10)
    record.event(41, timestamp=20, seq_no=1, offline=True)
    assert violating_frames(OFFLINE_FLAG, record, connection_periods=(ConnectionPeriod(0),)) == []


# Connector

EVSE_1 = {"evse": {"id": 1, "connectorId": 1}}
PLUG_IN = action(ActionKind.PLUG_IN, at=5.0)


def test_the_first_event_after_plug_in_contains_evse_and_connector() -> None:
    record = StationRecord()
    record.event(1, "Authorized", event_type="Started")
    record.event(5, "CablePluggedIn", seq_no=1, **EVSE_1)
    record.event(6, seq_no=2)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == []


def test_a_first_event_without_the_evse_is_a_violation() -> None:
    record = StationRecord()
    record.event(5, "CablePluggedIn", event_type="Started")
    record.event(6, seq_no=1, **EVSE_1)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == [0]


def test_an_omitted_connector_id_is_a_violation() -> None:
    record = StationRecord()
    record.event(5, "CablePluggedIn", event_type="Started", evse={"id": 1})
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == [0]


def test_another_connector_is_a_violation() -> None:
    record = StationRecord()
    record.event(5, "CablePluggedIn", event_type="Started", evse={"id": 1, "connectorId": 2})
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == [0]


def test_events_before_plug_in_need_no_evse() -> None:
    record = StationRecord()
    record.event(6, "Authorized", event_type="Started", timestamp=1, offline=True)
    record.event(6, "CablePluggedIn", timestamp=5, seq_no=1, **EVSE_1)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == []


def test_a_cable_plugged_in_again_at_the_same_connector_need_not_be_reported() -> None:
    record = StationRecord()
    record.event(1, "CablePluggedIn", event_type="Started", **EVSE_1)
    record.event(5, "CablePluggedIn", seq_no=1)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == []


def test_events_after_unplugging_belong_to_the_next_cable() -> None:
    record = StationRecord()
    record.event(9, "Authorized", event_type="Started", transaction_id="T2")
    record.event(12, "CablePluggedIn", seq_no=1, transaction_id="T2", **EVSE_1)
    unplugged, plugged_in_again = action(ActionKind.UNPLUG, at=7.0), action(ActionKind.PLUG_IN, at=12.0, frame=2)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN, unplugged, plugged_in_again) == []


@pytest.mark.parametrize(("unplugged", "frames"), [(7.1239, []), (7.126, [0])])
def test_a_timestamp_may_be_cut_off_to_milliseconds(unplugged: float, frames: list[int]) -> None:
    record = StationRecord()
    record.event(7.2, "Authorized", event_type="Started", timestamp=7.123)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN, action(ActionKind.UNPLUG, at=unplugged)) == frames


def test_with_two_cables_an_event_without_evse_is_not_judged() -> None:
    record = StationRecord()
    record.event(6, event_type="Started")
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN, action(ActionKind.PLUG_IN, at=5.0, evse_id=2)) == []


def test_the_operator_may_confirm_long_after_plugging_in() -> None:
    record = StationRecord()
    record.event(6, "Authorized", event_type="Started")
    record.event(9, "CablePluggedIn", seq_no=1, **EVSE_1)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, action(ActionKind.PLUG_IN, at=5.0, until=20.0)) == []
