"""Tokens and remote starts of OCPP 2.0.1."""

from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import Token, Tokens
from plugfest.lab.v201.rules.authorization import REMOTE_START, STOPPING_TOKEN, TOKEN_AFTER_PRESENTATION
from plugfest.lab.verdict import Level

VALID, SECOND, MASTER = Tokens().valid, Tokens().second, Tokens().master_pass


HERE = {"evse": {"id": 1, "connectorId": 1}}


def told(token: Token) -> dict[str, object]:
    return {"idToken": {"idToken": token.id_token, "type": token.type}}


def shown(at: float, token: Token = VALID, frame: int = 0) -> OperatorAction:
    return action(ActionKind.PRESENT_TOKEN, at, frame, token=token)


def asked(record: StationRecord, at: float, token: Token = VALID, status: str = "Accepted") -> None:
    record.said(at, "Authorize", told(token), {"idTokenInfo": {"status": status}})


def test_the_first_event_after_the_authorization_names_the_token() -> None:
    record = StationRecord()
    asked(record, 1)
    record.event(2, "Authorized", event_type="Started", **told(VALID))
    record.event(3, "CablePluggedIn", seq_no=1, **HERE)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, shown(1)) == []


def test_an_event_that_does_not_name_it_is_found() -> None:
    record = StationRecord()
    asked(record, 1)
    record.event(2, "CablePluggedIn", event_type="Started", **HERE)
    record.event(3, seq_no=1, **told(VALID))
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, shown(1)) == [2]


def test_another_token_is_found() -> None:
    record = StationRecord()
    asked(record, 1)
    record.event(2, "Authorized", event_type="Started", **told(SECOND), **HERE)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, shown(1)) == [2]


def test_an_authorization_without_a_token_is_found_also_where_nobody_was_asked() -> None:
    record = StationRecord()
    record.event(2, "Authorized", event_type="Started", **HERE)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record) == [0]


def test_a_token_that_was_refused_begins_nothing() -> None:
    record = StationRecord()
    asked(record, 1, status="Invalid")
    record.event(2, "CablePluggedIn", event_type="Started", **HERE)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, shown(1)) == []


def test_a_master_pass_begins_nothing() -> None:
    record = StationRecord()
    asked(record, 1, MASTER)
    record.event(2, "CablePluggedIn", event_type="Started", **HERE)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, shown(1, MASTER)) == []


def test_whoever_comes_while_somebody_charges_is_not_told() -> None:
    record = StationRecord()
    record.event(1, "Authorized", event_type="Started", **told(VALID), **HERE)
    asked(record, 5, SECOND)
    record.event(6, "MeterValuePeriodic", seq_no=1)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, shown(5, SECOND, frame=2)) == []


def test_an_authorization_that_has_timed_out_is_not_told() -> None:
    record = StationRecord()
    asked(record, 1)
    record.event(60, "CablePluggedIn", event_type="Started", **HERE)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, shown(1)) == []


def test_whose_turn_it_is_next_is_another_matter() -> None:
    record = StationRecord()
    asked(record, 1)
    asked(record, 5, SECOND)
    record.event(6, "Authorized", event_type="Started", **told(SECOND), **HERE)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, shown(1), shown(5, SECOND, frame=2)) == []


SHOWN = action(ActionKind.PRESENT_TOKEN, at=1.0, token=VALID)


def stopped(**fields: object) -> StationRecord:
    record = StationRecord()
    record.event(2, "StopAuthorized", **fields)
    return record


def test_it_is_only_recommended() -> None:
    assert STOPPING_TOKEN.level is Level.SHOULD


def test_a_stop_with_its_token_is_right() -> None:
    assert (
        violating_frames(STOPPING_TOKEN, stopped(idToken={"idToken": VALID.id_token, "type": VALID.type}), SHOWN) == []
    )


def test_a_stop_without_its_token_is_found() -> None:
    assert violating_frames(STOPPING_TOKEN, stopped(), SHOWN) == [0]


def test_a_stop_by_a_button_has_no_token() -> None:
    assert violating_frames(STOPPING_TOKEN, stopped()) == []


def remote_start(status: str = "Accepted") -> StationRecord:
    record = StationRecord()
    record.asked(
        1,
        "RequestStartTransaction",
        status=status,
        remoteStartId=7,
        idToken={"idToken": "10000001", "type": "ISO14443"},
    )
    return record


def test_the_first_event_says_so() -> None:
    record = remote_start()
    record.event(2, "RemoteStart", event_type="Started", info={"remoteStartId": 7})
    record.event(3, seq_no=1)
    assert violating_frames(REMOTE_START, record) == []


def test_another_reason_is_found() -> None:
    record = remote_start()
    record.event(2, "Authorized", event_type="Started", info={"remoteStartId": 7})
    assert violating_frames(REMOTE_START, record) == [2]


def test_an_id_that_comes_later_is_found() -> None:
    record = remote_start()
    record.event(2, "RemoteStart", event_type="Started")
    record.event(3, seq_no=1, info={"remoteStartId": 7})
    assert violating_frames(REMOTE_START, record) == [2]


def test_what_was_told_before_it_is_another_matter() -> None:
    record = StationRecord()
    record.event(0, "CablePluggedIn", event_type="Started")
    record.asked(1, "RequestStartTransaction", remoteStartId=7, idToken={"idToken": "1", "type": "ISO14443"})
    record.event(2, "RemoteStart", seq_no=1, info={"remoteStartId": 7})
    assert violating_frames(REMOTE_START, record) == []


def test_a_remote_start_that_was_rejected_sets_nothing_off() -> None:
    record = remote_start("Rejected")
    record.event(2, "Authorized", event_type="Started", info={"remoteStartId": 7})
    assert violating_frames(REMOTE_START, record) == []
