"""Transactions of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import action, stamp
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.rules.every_case import rules
from plugfest.lab.v16.rules.transactions import CONNECTOR, ID_TAG

VALID = Tokens().valid


@pytest.mark.parametrize(
    ("name", "stops"),
    [
        ("transaction id from the CSMS", [{"transactionId": 8, "meterStop": 5}]),
        ("one StopTransaction per transaction", [{"meterStop": 5}, {"meterStop": 6}]),
        ("meterStop not below meterStart", [{"meterStop": -5}]),
        ("stop not before start", [{"meterStop": 5, "timestamp": stamp(-60)}]),
    ],
)
def test_rules_of_each_transaction(name: str, stops: list[dict[str, object]]) -> None:
    record = StationRecord()
    record.start(10)
    (rule,) = (one for one in rules(record.ledger) if one.name == name)
    assert violating_frames(rule, record) == []
    for stop in stops:
        record.request(20, "StopTransaction", **({"transactionId": 7, "timestamp": stamp(20)} | stop))
    assert violating_frames(rule, record) == [len(record.frames) - 2]


def test_the_id_tag_was_presented_or_started_remotely() -> None:
    presented = action(ActionKind.PRESENT_TOKEN, at=9.0, token=VALID)
    record = StationRecord()
    record.start(10, "stale")
    assert violating_frames(ID_TAG, record, presented) == [0]
    # Without a presented token this rule does not judge how the transaction was authorized.
    assert violating_frames(ID_TAG, record) == []
    record = StationRecord()
    record.asked(5, "RemoteStartTransaction", idTag="STALE")
    record.start(10, "stale")
    assert violating_frames(ID_TAG, record, presented) == []


def test_the_transaction_starts_at_the_connector_with_the_cable() -> None:
    record = StationRecord()
    record.start(10, connector_id=2)
    assert violating_frames(CONNECTOR, record, action(ActionKind.PLUG_IN, at=5.0)) == [0]
    assert violating_frames(CONNECTOR, record, action(ActionKind.PLUG_IN, at=5.0, evse_id=2)) == []
