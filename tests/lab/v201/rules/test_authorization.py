"""Tokens and remote starts of OCPP 2.0.1."""

import pytest
from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import Token, Tokens
from plugfest.lab.v201.rules.authorization import REMOTE_START, STOPPING_TOKEN, TOKEN_AFTER_PRESENTATION
from plugfest.lab.verdict import Level

VALID, SECOND, MASTER = Tokens().valid, Tokens().second, Tokens().master_pass
EVSE_1 = {"evse": {"id": 1, "connectorId": 1}}


def with_token(token: Token) -> dict[str, object]:
    return {"idToken": {"idToken": token.id_token, "type": token.type}}


def presented(at: float, token: Token = VALID, frame: int = 0) -> OperatorAction:
    return action(ActionKind.PRESENT_TOKEN, at, frame, token=token)


def authorize(record: StationRecord, at: float, token: Token = VALID, status: str = "Accepted") -> None:
    record.request(at, "Authorize", with_token(token), {"idTokenInfo": {"status": status}})


def test_the_first_event_after_the_authorization_contains_the_token() -> None:
    record = StationRecord()
    authorize(record, 1)
    record.event(2, "Authorized", event_type="Started", **with_token(VALID))
    record.event(3, "CablePluggedIn", seq_no=1, **EVSE_1)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, presented(1)) == []


def test_a_first_event_without_the_token_is_a_violation() -> None:
    record = StationRecord()
    authorize(record, 1)
    record.event(2, "CablePluggedIn", event_type="Started", **EVSE_1)
    record.event(3, seq_no=1, **with_token(VALID))
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, presented(1)) == [2]


def test_another_token_is_a_violation() -> None:
    record = StationRecord()
    authorize(record, 1)
    record.event(2, "Authorized", event_type="Started", **with_token(SECOND), **EVSE_1)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, presented(1)) == [2]


def test_an_authorized_event_without_a_token_is_a_violation_even_without_an_authorize_request() -> None:
    record = StationRecord()
    record.event(2, "Authorized", event_type="Started", **EVSE_1)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record) == [0]


def test_a_rejected_token_is_not_judged() -> None:
    record = StationRecord()
    authorize(record, 1, status="Invalid")
    record.event(2, "CablePluggedIn", event_type="Started", **EVSE_1)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, presented(1)) == []


def test_a_master_pass_starts_no_transaction() -> None:
    record = StationRecord()
    authorize(record, 1, MASTER)
    record.event(2, "CablePluggedIn", event_type="Started", **EVSE_1)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, presented(1, MASTER)) == []


def test_a_token_presented_during_another_transaction_is_not_judged() -> None:
    record = StationRecord()
    record.event(1, "Authorized", event_type="Started", **with_token(VALID), **EVSE_1)
    authorize(record, 5, SECOND)
    record.event(6, "MeterValuePeriodic", seq_no=1)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, presented(5, SECOND, frame=2)) == []


def test_an_authorization_that_timed_out_is_not_judged() -> None:
    record = StationRecord()
    authorize(record, 1)
    record.event(60, "CablePluggedIn", event_type="Started", **EVSE_1)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, presented(1)) == []


def test_after_another_token_was_presented_the_first_one_is_not_judged() -> None:
    record = StationRecord()
    authorize(record, 1)
    authorize(record, 5, SECOND)
    record.event(6, "Authorized", event_type="Started", **with_token(SECOND), **EVSE_1)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, presented(1), presented(5, SECOND, frame=2)) == []


# The token that stops a transaction

PRESENTED = action(ActionKind.PRESENT_TOKEN, at=1.0, token=VALID)


def stopped(**fields: object) -> StationRecord:
    record = StationRecord()
    record.event(2, "StopAuthorized", **fields)
    return record


def test_the_stopping_token_is_a_recommendation() -> None:
    assert STOPPING_TOKEN.level is Level.SHOULD


def test_a_stop_with_its_token_conforms() -> None:
    assert (
        violating_frames(STOPPING_TOKEN, stopped(idToken={"idToken": VALID.id_token, "type": VALID.type}), PRESENTED)
        == []
    )


def test_a_stop_without_its_token_is_a_violation() -> None:
    assert violating_frames(STOPPING_TOKEN, stopped(), PRESENTED) == [0]


def test_a_stop_without_a_presented_token_needs_no_token() -> None:
    assert violating_frames(STOPPING_TOKEN, stopped()) == []


# Remote start


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


def test_the_first_event_after_a_remote_start_contains_reason_and_id() -> None:
    record = remote_start()
    record.event(2, "RemoteStart", event_type="Started", info={"remoteStartId": 7})
    record.event(3, seq_no=1)
    assert violating_frames(REMOTE_START, record) == []


def test_another_trigger_reason_is_a_violation() -> None:
    record = remote_start()
    record.event(2, "Authorized", event_type="Started", info={"remoteStartId": 7})
    assert violating_frames(REMOTE_START, record) == [2]


def test_a_remote_start_id_in_a_later_event_is_a_violation() -> None:
    record = remote_start()
    record.event(2, "RemoteStart", event_type="Started")
    record.event(3, seq_no=1, info={"remoteStartId": 7})
    assert violating_frames(REMOTE_START, record) == [2]


def test_events_before_the_remote_start_are_not_judged() -> None:
    record = StationRecord()
    record.event(0, "CablePluggedIn", event_type="Started")
    record.asked(1, "RequestStartTransaction", remoteStartId=7, idToken={"idToken": "1", "type": "ISO14443"})
    record.event(2, "RemoteStart", seq_no=1, info={"remoteStartId": 7})
    assert violating_frames(REMOTE_START, record) == []


def test_a_rejected_remote_start_is_not_judged() -> None:
    record = remote_start("Rejected")
    record.event(2, "Authorized", event_type="Started", info={"remoteStartId": 7})
    assert violating_frames(REMOTE_START, record) == []


@pytest.mark.parametrize(("plugged_in", "violations"), [(0.9, []), (1.5, [2])])
def test_the_event_of_a_plug_that_was_in_before_the_answer_may_come_after_it_without_the_token(
    plugged_in: float, violations: list[int]
) -> None:
    record = StationRecord()
    authorize(record, 1)
    record.event(2, "CablePluggedIn", event_type="Started", **EVSE_1)
    record.event(2, "Authorized", seq_no=1, **with_token(VALID))
    plug_in = action(ActionKind.PLUG_IN, plugged_in)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, plug_in, presented(1)) == violations


def test_the_event_after_that_of_the_plug_contains_the_token() -> None:
    record = StationRecord()
    authorize(record, 1)
    record.event(1, "CablePluggedIn", event_type="Started", **EVSE_1)
    record.event(2, "ChargingStateChanged", seq_no=1)
    plug_in = action(ActionKind.PLUG_IN, 0.9)
    assert violating_frames(TOKEN_AFTER_PRESENTATION, record, plug_in, presented(1)) == [4]
