"""Transactions of OCPP 1.6."""

import pytest
from tests.lab.rules.evidence import stamp
from tests.lab.v16.rules.station_record import StationRecord, reading, violating_frames

from plugfest.lab.v16.rules.every_case import rules
from plugfest.lab.v16.rules.transactions import CHRONOLOGICAL_ORDER


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


# The order of the messages of a transaction


def values(record: StationRecord, at: float, sampled: float, context: str = "Sample.Periodic") -> None:
    record.meter(at, reading(sampled, context=context), transactionId=7)


def test_the_stop_comes_after_the_start() -> None:
    record = StationRecord()
    record.stop(40)
    record.start(41, timestamp=10)
    assert violating_frames(CHRONOLOGICAL_ORDER, record) == [0]


@pytest.mark.parametrize(
    ("sampled", "context", "frames"),
    [
        (20, "Sample.Periodic", [4]),
        (20, "Sample.Clock", [4]),
        (20, "Trigger", []),
        (38, "Sample.Periodic", []),
        (40, "Sample.Periodic", []),
    ],
)
def test_periodic_values_come_before_the_stop(sampled: float, context: str, frames: list[int]) -> None:
    record = StationRecord()
    record.start(10)
    record.stop(40)
    values(record, 41, sampled, context)
    assert violating_frames(CHRONOLOGICAL_ORDER, record) == frames


def test_values_before_the_start_are_not_of_the_transaction() -> None:
    record = StationRecord()
    values(record, 5, 5)
    record.start(10)
    assert violating_frames(CHRONOLOGICAL_ORDER, record) == [0]


def test_what_is_sent_again_may_come_later() -> None:
    record = StationRecord()
    record.start(10)
    values(record, 20, 20)
    record.stop(40)
    values(record, 41, 20)
    assert violating_frames(CHRONOLOGICAL_ORDER, record) == []
