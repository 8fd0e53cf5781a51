"""Transactions of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import stamp
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.v16.rules.every_case import rules


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
