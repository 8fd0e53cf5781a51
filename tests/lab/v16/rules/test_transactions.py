"""Transactions of OCPP 1.6."""

import pytest
from tests.lab.rules.cases import action, stamp
from tests.lab.v16.rules.talk import Talk, broken_at

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.settings import Tokens
from plugfest.lab.v16.rules.every_case import rules
from plugfest.lab.v16.rules.transactions import CONNECTOR, ID_TAG

VALID = Tokens().valid


# Transactions


@pytest.mark.parametrize(
    ("name", "stops"),
    [
        ("the id that the CSMS gave", [{"transactionId": 8, "meterStop": 5}]),
        ("a transaction stops once", [{"meterStop": 5}, {"meterStop": 6}]),
        ("the meter runs forward", [{"meterStop": -5}]),
        ("time runs forward", [{"meterStop": 5, "timestamp": stamp(-60)}]),
    ],
)
def test_what_holds_for_every_transaction(name: str, stops: list[dict[str, object]]) -> None:
    talk = Talk()
    talk.start(10)
    (rule,) = (one for one in rules(talk.ledger) if one.name == name)
    assert broken_at(rule, talk) == []
    for stop in stops:
        talk.said(20, "StopTransaction", **({"transactionId": 7, "timestamp": stamp(20)} | stop))
    assert broken_at(rule, talk) == [len(talk.frames) - 2]


def test_a_transaction_begins_for_who_was_there() -> None:
    presented = action(ActionKind.PRESENT_TOKEN, at=9.0, token=VALID)
    talk = Talk()
    talk.start(10, "stale")
    assert broken_at(ID_TAG, talk, presented) == [0]
    assert broken_at(ID_TAG, talk) == []  # nobody came: how it was authorized is another matter
    talk = Talk()
    talk.asked(5, "RemoteStartTransaction", idTag="STALE")
    talk.start(10, "stale")
    assert broken_at(ID_TAG, talk, presented) == []


def test_a_transaction_begins_where_the_cable_is() -> None:
    talk = Talk()
    talk.start(10, connector_id=2)
    assert broken_at(CONNECTOR, talk, action(ActionKind.PLUG_IN, at=5.0)) == [0]
    assert broken_at(CONNECTOR, talk, action(ActionKind.PLUG_IN, at=5.0, evse_id=2)) == []
