"""Transactions of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import action, stamp
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.rules.every_case import rules
from plugfest.lab.v16.rules.transactions import CONNECTOR, ID_TAG

VALID = Tokens().valid


# Transactions


@pytest.mark.parametrize(
    ("name", "stops"),
    [
        ("transaction id from the CSMS", [{"transactionId": 8, "meterStop": 5}]),
        ("one StopTransaction per transaction", [{"meterStop": 5}, {"meterStop": 6}]),
        ("meterStop not below meterStart", [{"meterStop": -5}]),
        ("stop not before start", [{"meterStop": 5, "timestamp": stamp(-60)}]),
    ],
)
def test_what_holds_for_every_transaction(name: str, stops: list[dict[str, object]]) -> None:
    record = StationRecord()
    record.start(10)
    (rule,) = (one for one in rules(record.ledger) if one.name == name)
    assert violating_frames(rule, record) == []
    for stop in stops:
        record.said(20, "StopTransaction", **({"transactionId": 7, "timestamp": stamp(20)} | stop))
    assert violating_frames(rule, record) == [len(record.frames) - 2]


def test_a_transaction_begins_for_who_was_there() -> None:
    presented = action(ActionKind.PRESENT_TOKEN, at=9.0, token=VALID)
    record = StationRecord()
    record.start(10, "stale")
    assert violating_frames(ID_TAG, record, presented) == [0]
    assert violating_frames(ID_TAG, record) == []  # nobody came: how it was authorized is another matter
    record = StationRecord()
    record.asked(5, "RemoteStartTransaction", idTag="STALE")
    record.start(10, "stale")
    assert violating_frames(ID_TAG, record, presented) == []


def test_a_transaction_begins_where_the_cable_is() -> None:
    record = StationRecord()
    record.start(10, connector_id=2)
    assert violating_frames(CONNECTOR, record, action(ActionKind.PLUG_IN, at=5.0)) == [0]
    assert violating_frames(CONNECTOR, record, action(ActionKind.PLUG_IN, at=5.0, evse_id=2)) == []
