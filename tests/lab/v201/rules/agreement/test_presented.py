"""Messages agree with what was presented and plugged in."""

import pytest
from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Token
from plugfest.lab.v201.rules.agreement.presented import (
    KNOWN_EVSES,
    ONE_TRANSACTION,
    PRESENTED_TOKENS,
    SAME_EVSE,
    TOKEN_THAT_STOPPED,
    USED_EVSE,
)

CARD, OTHER_CARD = Token("AA01", "ISO14443"), Token("BB02", "ISO14443")


PRESENTED = action(ActionKind.PRESENT_TOKEN, at=1.0, token=CARD)
PLUGGED_IN = action(ActionKind.PLUG_IN, at=1.0)


def id_token(value: str = "AA01", kind: str = "ISO14443") -> dict[str, object]:
    return {"idToken": {"idToken": value, "type": kind}}


# idToken


@pytest.mark.parametrize(
    "reason", ["Authorized", "ChargingStateChanged", "MeterValuePeriodic", "EVConnectTimeout", "EVCommunicationLost"]
)
def test_every_id_token_was_presented(reason: str) -> None:
    record = StationRecord()
    record.event(2, reason, event_type="Started", **id_token())
    assert violating_frames(PRESENTED_TOKENS, record, PRESENTED) == []
    record.event(3, reason, seq_no=1, **id_token("CC03"))
    assert violating_frames(PRESENTED_TOKENS, record, PRESENTED) == [2]


def test_id_tokens_are_case_insensitive() -> None:
    record = StationRecord()
    record.event(2, "Authorized", event_type="Started", **id_token("aa01"))
    assert violating_frames(PRESENTED_TOKENS, record, PRESENTED) == []


def test_another_type_is_another_token() -> None:
    record = StationRecord()
    record.event(2, "Authorized", event_type="Started", **id_token(kind="KeyCode"))
    assert violating_frames(PRESENTED_TOKENS, record, PRESENTED) == [0]


@pytest.mark.parametrize("kind", ["NoAuthorization", "MacAddress", "eMAID", "Local"])
def test_a_token_of_the_ev_or_of_the_station_is_not_presented(kind: str) -> None:
    record = StationRecord()
    record.event(2, "Authorized", event_type="Started", **id_token("", kind))
    assert violating_frames(PRESENTED_TOKENS, record) == []


def test_the_token_of_a_remote_start_need_not_be_presented() -> None:
    record = StationRecord()
    record.asked(1, "RequestStartTransaction", remoteStartId=1, **id_token("APP", "Central"))
    record.event(2, "RemoteStart", event_type="Started", **id_token("APP", "Central"))
    assert violating_frames(PRESENTED_TOKENS, record) == []


def test_a_token_that_is_presented_later_does_not_count() -> None:
    record = StationRecord()
    record.event(2, "Authorized", event_type="Started", **id_token())
    assert violating_frames(
        PRESENTED_TOKENS, record, action(ActionKind.PRESENT_TOKEN, at=9.0, frame=2, token=CARD)
    ) == [0]


def test_an_authorize_request_has_a_presented_token() -> None:
    record = StationRecord()
    record.request(2, "Authorize", id_token("CC03"), {"idTokenInfo": {"status": "Invalid"}})
    assert violating_frames(PRESENTED_TOKENS, record, PRESENTED) == [0]


def test_a_transaction_of_an_earlier_case_is_not_judged() -> None:
    record = StationRecord()
    record.event(2, "StopAuthorized", event_type="Ended", **id_token("CC03"))
    assert violating_frames(PRESENTED_TOKENS, record, known_transactions=frozenset({"T1"})) == []


def stopped_by(value: str) -> StationRecord:
    record = StationRecord()
    record.event(2, "Authorized", event_type="Started", **id_token())
    record.event(23, "StopAuthorized", event_type="Ended", seq_no=1, timestamp=20, **id_token(value))
    return record


def test_the_token_that_stops_is_the_last_one_presented() -> None:
    stopping = action(ActionKind.PRESENT_TOKEN, at=20.0, frame=2, token=OTHER_CARD)
    assert violating_frames(TOKEN_THAT_STOPPED, stopped_by("BB02"), PRESENTED, stopping) == []
    assert violating_frames(TOKEN_THAT_STOPPED, stopped_by("AA01"), PRESENTED, stopping) == [2]


def test_a_token_presented_just_after_the_stop_does_not_accuse_the_station() -> None:
    stopping = action(ActionKind.PRESENT_TOKEN, at=20.0, frame=2, token=CARD)
    later = action(ActionKind.PRESENT_TOKEN, at=22.0, frame=2, token=OTHER_CARD)
    assert violating_frames(TOKEN_THAT_STOPPED, stopped_by("AA01"), stopping, later) == []


# EVSE and connector


def at_evse(evse_id: int, connector_id: int | None = 1) -> dict[str, object]:
    return {"evse": {"id": evse_id} | ({} if connector_id is None else {"connectorId": connector_id})}


def test_the_evse_stays_the_same() -> None:
    record = StationRecord()
    record.event(1, event_type="Started", **at_evse(1, None))
    record.event(2, seq_no=1, **at_evse(1))
    record.event(3, seq_no=2)
    record.event(4, seq_no=3, **at_evse(1))
    assert violating_frames(SAME_EVSE, record, PLUGGED_IN) == []
    record.event(5, seq_no=4, **at_evse(2))
    record.event(6, seq_no=5, **at_evse(1, 2))
    assert violating_frames(SAME_EVSE, record, PLUGGED_IN) == [8, 10]


def test_the_evse_may_be_another_one_after_plug_in() -> None:
    record = StationRecord()
    record.event(1, "Authorized", event_type="Started", **at_evse(1, None))
    record.event(5, "CablePluggedIn", seq_no=1, **at_evse(2))
    assert violating_frames(SAME_EVSE, record, action(ActionKind.PLUG_IN, at=4.0, frame=2, evse_id=2)) == []


def test_a_transaction_is_at_an_evse_that_is_used() -> None:
    record = StationRecord()
    record.event(1, event_type="Started", **at_evse(2))
    assert violating_frames(USED_EVSE, record, PLUGGED_IN) == [0]
    assert violating_frames(USED_EVSE, record, action(ActionKind.PARK, at=0.0, evse_id=2)) == []


def test_the_station_selects_the_evse_of_a_remote_start_without_evse() -> None:
    record = StationRecord()
    record.asked(0, "RequestStartTransaction", remoteStartId=1, **id_token("APP", "Central"))
    record.event(1, "RemoteStart", event_type="Started", **at_evse(2))
    assert violating_frames(USED_EVSE, record, PLUGGED_IN) == []


def test_evses_and_connectors_are_in_the_pics() -> None:
    record = StationRecord()
    record.event(1, event_type="Started", **at_evse(1))
    assert violating_frames(KNOWN_EVSES, record) == []
    record.event(2, seq_no=1, **at_evse(1, 7))
    record.event(3, seq_no=2, **at_evse(9, None))
    assert violating_frames(KNOWN_EVSES, record) == [2, 4]


@pytest.mark.parametrize(("evse_id", "frames"), [(0, []), (1, []), (9, [0])])
def test_meter_values_are_of_an_evse_or_of_the_grid_meter(evse_id: int, frames: list[int]) -> None:
    record = StationRecord()
    value = {"timestamp": "2026-01-01T00:00:01Z", "sampledValue": [{"value": 1.0}]}
    record.request(1, "MeterValues", {"evseId": evse_id, "meterValue": [value]}, {})
    assert violating_frames(KNOWN_EVSES, record) == frames


def two_transactions(second_starts: float, *, evse_id: int = 1) -> StationRecord:
    record = StationRecord()
    record.event(1, event_type="Started", **at_evse(1))
    record.event(second_starts, event_type="Started", transaction_id="T2", **at_evse(evse_id))
    record.event(20, event_type="Ended", seq_no=1)
    return record


def test_the_next_transaction_of_an_evse_begins_after_the_end() -> None:
    assert violating_frames(ONE_TRANSACTION, two_transactions(10)) == [2]
    assert violating_frames(ONE_TRANSACTION, two_transactions(20)) == []


def test_each_evse_has_its_own_transaction() -> None:
    assert violating_frames(ONE_TRANSACTION, two_transactions(10, evse_id=2)) == []
