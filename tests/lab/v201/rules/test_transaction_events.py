"""Transaction events of OCPP 2.0.1."""

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
    """A transaction with these seqNo and eventType, transaction in this order."""
    record = StationRecord()
    for at, (seq_no, event_type) in enumerate(events):
        record.event(at, seq_no=seq_no, event_type=event_type, of=seq_no)
    return record


def broken_rules(record: StationRecord) -> list[str]:
    return [rule.requirement for rule in (SEQ_NO, STARTED_FIRST, ENDED_LAST) for _ in violations(rule, record)]


def test_events_may_arrive_in_any_order() -> None:
    assert broken_rules(transaction((1, "Updated"), (0, "Started"), (2, "Ended"))) == []


def test_an_event_that_is_sent_again_counts_once() -> None:
    assert broken_rules(transaction((0, "Started"), (1, "Updated"), (1, "Updated"), (2, "Ended"))) == []


def test_an_event_that_was_queued_after_it_was_sent_is_the_same_event() -> None:
    record = transaction((0, "Started"), (1, "Updated"))
    record.event(2, seq_no=1, of=1, offline=True)
    assert broken_rules(record) == []


def test_a_number_that_is_left_out_is_found_at_the_event_after_it() -> None:
    record = transaction((0, "Started"), (2, "Ended"))
    assert violating_frames(SEQ_NO, record) == [2]


def test_two_events_with_one_number_are_found() -> None:
    record = transaction((0, "Started"), (1, "Updated"))
    record.event(2, seq_no=1, numberOfPhasesUsed=3)
    assert broken_rules(record) == ["E01.FR.07"]


def test_a_transaction_that_does_not_begin_with_its_start_is_found() -> None:
    assert broken_rules(transaction((0, "Updated"), (1, "Started"))) == ["Part 6 section 2.1", "Part 6 section 2.1"]


def test_nothing_comes_after_the_end() -> None:
    assert broken_rules(transaction((0, "Started"), (1, "Ended"), (2, "Updated"))) == ["E06"]


def test_a_transaction_that_began_before_the_case_is_nobodys_business() -> None:
    record = transaction((3, "Updated"), (5, "Ended"))
    assert violating_frames(SEQ_NO, record, known_transactions=frozenset({"T1"})) == []


# Transactions


def test_an_id_is_used_for_one_transaction() -> None:
    record = StationRecord()
    record.event(1, event_type="Started")
    assert violating_frames(TRANSACTION_IDS, record) == []
    assert violating_frames(TRANSACTION_IDS, record, known_transactions=frozenset({"T1"})) == [0]


GAP = (ConnectionPeriod(0, 50), ConnectionPeriod(100))


def happened(of: float, *, offline: bool) -> StationRecord:
    record = StationRecord()
    record.event(101, of=of, event_type="Started", **({"offline": True} if offline else {}))
    return record


def test_what_happened_without_a_connection_says_so() -> None:
    assert violating_frames(OFFLINE_FLAG, happened(75, offline=True), connection_periods=GAP) == []


def test_if_it_does_not_it_is_found() -> None:
    assert violating_frames(OFFLINE_FLAG, happened(75, offline=False), connection_periods=GAP) == [0]


def test_what_happened_on_a_connection_must_not_say_so() -> None:
    assert violating_frames(OFFLINE_FLAG, happened(101, offline=True), connection_periods=(ConnectionPeriod(0),)) == [0]
    assert violating_frames(OFFLINE_FLAG, happened(101, offline=False), connection_periods=(ConnectionPeriod(0),)) == []


def test_at_the_border_nobody_knows() -> None:
    for moment in (48.0, 52.0, 98.0, 102.0):
        for offline in (True, False):
            assert violating_frames(OFFLINE_FLAG, happened(moment, offline=offline), connection_periods=GAP) == []


def test_what_waited_for_another_try_may_have_been_offline() -> None:
    record = StationRecord()
    record.event(10, event_type="Started", answered=False)
    record.event(40, of=10)
    record.event(41, of=20, seq_no=1, offline=True)
    assert violating_frames(OFFLINE_FLAG, record, connection_periods=(ConnectionPeriod(0),)) == []


HERE = {"evse": {"id": 1, "connectorId": 1}}


PLUG_IN = action(ActionKind.PLUG_IN, at=5.0)


def test_the_first_event_after_the_cable_names_evse_and_connector() -> None:
    record = StationRecord()
    record.event(1, "Authorized", event_type="Started")
    record.event(5, "CablePluggedIn", seq_no=1, **HERE)
    record.event(6, seq_no=2)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == []


def test_an_event_without_it_is_found() -> None:
    record = StationRecord()
    record.event(5, "CablePluggedIn", event_type="Started")
    record.event(6, seq_no=1, **HERE)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == [0]


def test_a_connector_that_is_left_out_is_found() -> None:
    record = StationRecord()
    record.event(5, "CablePluggedIn", event_type="Started", evse={"id": 1})
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == [0]


def test_another_connector_is_found() -> None:
    record = StationRecord()
    record.event(5, "CablePluggedIn", event_type="Started", evse={"id": 1, "connectorId": 2})
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == [0]


def test_what_happened_before_the_cable_need_not_know() -> None:
    record = StationRecord()
    record.event(6, "Authorized", event_type="Started", of=1, offline=True)
    record.event(6, "CablePluggedIn", of=5, seq_no=1, **HERE)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == []


def test_a_cable_that_comes_back_to_a_known_connector_is_no_news() -> None:
    record = StationRecord()
    record.event(1, "CablePluggedIn", event_type="Started", **HERE)
    record.event(5, "CablePluggedIn", seq_no=1)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN) == []


def test_a_later_session_has_a_cable_of_its_own() -> None:
    record = StationRecord()
    record.event(9, "Authorized", event_type="Started", transaction_id="T2")
    record.event(12, "CablePluggedIn", seq_no=1, transaction_id="T2", **HERE)
    plugged_out, again = action(ActionKind.UNPLUG, at=7.0), action(ActionKind.PLUG_IN, at=12.0, frame=2)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN, plugged_out, again) == []


def test_where_two_cables_are_in_nobody_knows_whose_event_it_is() -> None:
    record = StationRecord()
    record.event(6, event_type="Started")
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, PLUG_IN, action(ActionKind.PLUG_IN, at=5.0, evse_id=2)) == []


def test_a_person_may_plug_in_long_before_he_says_so() -> None:
    record = StationRecord()
    record.event(6, "Authorized", event_type="Started")
    record.event(9, "CablePluggedIn", seq_no=1, **HERE)
    assert violating_frames(EVSE_AFTER_PLUG_IN, record, action(ActionKind.PLUG_IN, at=5.0, until=20.0)) == []
