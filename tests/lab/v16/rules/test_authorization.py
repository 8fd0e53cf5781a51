"""Authorize, and what has to happen before a transaction of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import action
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.settings import Token
from plugfest.lab.v16.rules.authorization import (
    AUTHORIZE_AFTER_REMOTE_START,
    AUTHORIZE_AT_STOP,
    CABLE_FIRST,
    authorize_id_tag,
    start_authorized,
)


def presented(at: float, frame: int = 0, id_tag: str = "A") -> OperatorAction:
    return action(ActionKind.PRESENT_TOKEN, at, frame, token=Token(id_tag, "ISO14443"))


def authorize(record: StationRecord, at: float, id_tag: str = "A", status: str = "Accepted") -> None:
    record.request(at, "Authorize", {"idTagInfo": {"status": status}}, idTag=id_tag)


def remote_start(record: StationRecord, at: float, status: str = "Accepted", **fields: object) -> None:
    record.asked(at, "RemoteStartTransaction", status, **({"idTag": "A"} | fields))


# The idTag of an Authorize


def test_the_id_tag_of_an_authorize_was_presented_before() -> None:
    record = StationRecord()
    authorize(record, 10)
    assert violating_frames(authorize_id_tag(), record, presented(9)) == []
    assert violating_frames(authorize_id_tag(), record, presented(9, id_tag="a")) == []
    assert violating_frames(authorize_id_tag(), record, presented(9, id_tag="B")) == [0]
    assert violating_frames(authorize_id_tag(), record, presented(10, frame=1)) == [0]


def test_the_id_tag_of_an_authorize_may_be_remotely_started_or_reserved() -> None:
    record = StationRecord()
    remote_start(record, 5, "Rejected")
    authorize(record, 10)
    assert violating_frames(authorize_id_tag(), record) == []
    record = StationRecord()
    reservation = {"connectorId": 1, "idTag": "A", "reservationId": 1, "expiryDate": "2026-01-01T01:00:00Z"}
    record.asked(5, "ReserveNow", **reservation)
    authorize(record, 10)
    assert violating_frames(authorize_id_tag(), record) == []


def test_an_id_tag_of_the_case_before_may_still_be_pending() -> None:
    rule, before, record = authorize_id_tag(), StationRecord(), StationRecord()
    authorize(before, 10)
    authorize(record, 20)
    assert violating_frames(rule, before, presented(9)) == []
    assert violating_frames(rule, record) == []
    assert violating_frames(rule, record) == [0]


# StartTransaction


def started(authorize_status: str | None = "Accepted", at: float = 12) -> StationRecord:
    record = StationRecord()
    if authorize_status is not None:
        authorize(record, 10, status=authorize_status)
    record.start(at)
    return record


def test_a_transaction_starts_with_an_authorized_id_tag() -> None:
    for status, frames in (("Accepted", []), ("ConcurrentTx", []), ("Invalid", [2]), ("Blocked", [2])):
        assert violating_frames(start_authorized(), started(status), presented(9)) == frames
    # A cached or listed idTag needs no Authorize.
    assert violating_frames(start_authorized(), started(None), presented(9)) == []


def test_a_transaction_does_not_start_before_the_act() -> None:
    assert violating_frames(start_authorized(), started(None)) == [0]
    assert violating_frames(start_authorized(), started(None), presented(12, frame=1)) == [0]
    assert violating_frames(start_authorized(), started(None), presented(9, id_tag="B")) == [0]


def test_a_transaction_does_not_start_before_its_authorize() -> None:
    record = StationRecord()
    record.start(10)
    authorize(record, 11)
    assert violating_frames(start_authorized(), record, presented(9)) == [0]
    assert violating_frames(start_authorized(), record, presented(9), presented(10.5, frame=2)) == []


def test_offline_and_with_a_known_id_tag_the_authorize_may_come_later() -> None:
    record = StationRecord()
    record.start(60, timestamp=10)
    authorize(record, 61)
    offline = (ConnectionPeriod(0.0, 5.0), ConnectionPeriod(55.0))
    assert violating_frames(start_authorized(), record, presented(9), connection_periods=offline) == []
    record = StationRecord()
    entry = {"idTag": "A", "idTagInfo": {"status": "Accepted"}}
    record.asked(5, "SendLocalList", listVersion=1, updateType="Full", localAuthorizationList=[entry])
    record.start(10)
    authorize(record, 11)
    assert violating_frames(start_authorized(), record, presented(9, frame=2)) == []


@pytest.mark.parametrize(("fields", "frames"), [({}, []), ({"connectorId": 1}, []), ({"connectorId": 2}, [2])])
def test_a_remote_start_is_for_its_connector(fields: dict[str, object], frames: list[int]) -> None:
    record = StationRecord()
    remote_start(record, 5, **fields)
    record.start(10)
    assert violating_frames(start_authorized(), record) == frames


def test_a_rejected_remote_start_starts_nothing() -> None:
    record = StationRecord()
    remote_start(record, 5, "Rejected")
    record.start(10)
    assert violating_frames(start_authorized(), record) == [2]


def test_an_act_starts_one_transaction() -> None:
    record = StationRecord()
    record.start(10)
    record.stop(20, reason="EVDisconnected")
    record.start(30, transaction_id=8)
    assert violating_frames(start_authorized(), record, presented(9)) == [4]
    assert violating_frames(start_authorized(), record, presented(9), presented(29, frame=4)) == []


def test_an_act_that_stopped_a_transaction_starts_none() -> None:
    record = StationRecord()
    record.start(10)
    record.stop(20, idTag="A", reason="Local")
    record.start(30, transaction_id=8)
    assert violating_frames(start_authorized(), record, presented(9), presented(19, frame=2)) == [4]


def test_a_retry_is_the_same_transaction() -> None:
    record = StationRecord()
    record.station(10, "StartTransaction", connectorId=1, idTag="A", meterStart=0, timestamp="2026-01-01T00:00:10Z")
    record.start(20, timestamp=10)
    assert violating_frames(start_authorized(), record, presented(9)) == []


def test_two_remote_starts_start_two_transactions_at_two_connectors() -> None:
    record = StationRecord()
    remote_start(record, 5, connectorId=1)
    remote_start(record, 6, connectorId=2)
    record.start(10, connector_id=2)
    record.start(11, transaction_id=8)
    assert violating_frames(start_authorized(), record) == []


# The cable


def test_a_transaction_starts_at_a_connector_with_a_cable() -> None:
    record = started(None)
    plugged_in = action(ActionKind.PLUG_IN, 11)
    assert violating_frames(CABLE_FIRST, record, plugged_in) == []
    assert violating_frames(CABLE_FIRST, record) == [0]
    assert violating_frames(CABLE_FIRST, record, action(ActionKind.PLUG_IN, 11, evse_id=2)) == [0]
    assert violating_frames(CABLE_FIRST, record, action(ActionKind.PLUG_IN, 12, frame=1)) == [0]


# No Authorize


def test_no_authorize_to_stop_with_the_id_tag_that_started() -> None:
    for id_tag, frames in (("A", [2]), ("B", [])):
        record = StationRecord()
        record.start(10)
        authorize(record, 20, id_tag)
        record.stop(21, idTag=id_tag)
        acts = presented(9), presented(19, frame=2, id_tag=id_tag)
        assert violating_frames(AUTHORIZE_AT_STOP, record, *acts) == frames


def test_an_authorize_before_a_remote_stop_is_no_violation() -> None:
    record = StationRecord()
    record.start(10)
    authorize(record, 20)
    record.stop(21, reason="Remote")
    assert violating_frames(AUTHORIZE_AT_STOP, record, presented(9), presented(19, frame=2)) == []


@pytest.mark.parametrize(("value", "frames"), [("false", [4]), ("true", [])])
def test_no_authorize_for_a_remote_start_that_is_not_authorized(value: str, frames: list[int]) -> None:
    record = StationRecord()
    asked = record.lab(1, "GetConfiguration", key=["AuthorizeRemoteTxRequests"])
    key = {"key": "AuthorizeRemoteTxRequests", "readonly": False, "value": value}
    record.answers(1.1, asked, configurationKey=[key])
    remote_start(record, 5)
    authorize(record, 6)
    assert violating_frames(AUTHORIZE_AFTER_REMOTE_START, record) == frames
    assert violating_frames(AUTHORIZE_AFTER_REMOTE_START, record, presented(5.5, frame=4)) == []
