"""The checks of the power cuts accuse a station that loses, doubles or changes a message, and no other."""

from typing import Any

import pytest
from tools.power_cuts.checks import problems_of_v16, problems_of_v201
from tools.power_cuts.csms import Received
from tools.power_cuts.world import Kept


def event(number: int, kind: str = "Updated", register: float = 0.0, id: str = "T", **others: Any) -> dict[str, Any]:
    sampled = {"value": register, "measurand": "Energy.Active.Import.Register"}
    meter_value = [{"timestamp": "2030-01-01T00:00:00Z", "sampledValue": [sampled]}]
    return {
        "transactionInfo": {"transactionId": id},
        "seqNo": number,
        "eventType": kind,
        "meterValue": meter_value,
        **others,
    }


STARTED, UPDATED, ENDED = event(0, "Started", 1.0), event(1, "Updated", 2.0), event(2, "Ended", 3.0)


def received(*events: tuple[int, dict[str, Any]]) -> list[Received]:
    """Transaction events after the number of their connection."""
    return [Received(connection, "TransactionEvent", payload) for connection, payload in events]


def test_a_complete_transaction_has_no_problems() -> None:
    assert problems_of_v201(received((1, STARTED), (1, UPDATED), (2, ENDED))) == []


def test_an_event_may_be_repeated_on_the_next_connection_if_its_answer_may_have_been_lost() -> None:
    repeated = {**UPDATED, "offline": True}
    assert problems_of_v201(received((1, STARTED), (1, UPDATED), (2, repeated), (2, ENDED))) == []


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        (received((1, STARTED), (1, ENDED)), "T: the seqNo are [0, 2]"),
        (received((1, STARTED), (1, UPDATED)), "T: the events are ['Started', 'Updated']"),
        (received((1, STARTED), (1, UPDATED), (1, ENDED), (2, UPDATED)), "T: event 1 is repeated without a reason"),
        (received((1, STARTED), (1, UPDATED), (1, UPDATED), (1, ENDED)), "T: event 1 is repeated without a reason"),
        (
            received((1, STARTED), (1, UPDATED), (2, event(1, "Updated", 2.5)), (2, ENDED)),
            "T: two different events with seqNo 1",
        ),
        (received((1, STARTED), (1, event(1, "Updated", 9.0)), (1, ENDED)), "the register goes back"),
        (
            received(
                (1, STARTED),
                (1, UPDATED),
                (1, ENDED),
                (1, event(0, "Started", 0.5, "U")),
                (1, event(1, "Ended", 9.0, "U")),
            ),
            "the register goes back",
        ),
    ],
)
def test_a_lost_doubled_or_changed_event_is_found(events: list[Received], problem: str) -> None:
    assert problems_of_v201(events) == [problem]


START: dict[str, Any] = {"connectorId": 1, "idTag": "A", "meterStart": 5, "timestamp": "2030-01-01T00:00:00Z"}
STOP: dict[str, Any] = {"transactionId": 1, "meterStop": 7, "timestamp": "2030-01-01T00:10:00Z"}


def messages(*each: tuple[int, dict[str, Any]]) -> list[Received]:
    return [
        Received(connection, "StartTransaction" if "meterStart" in payload else "StopTransaction", payload)
        for connection, payload in each
    ]


def sampled(register: float, transaction: int = 1) -> Received:
    values = [{"timestamp": "2030-01-01T00:05:00Z", "sampledValue": [{"value": str(register)}]}]
    return Received(1, "MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": values})


def test_a_transaction_of_16_may_have_repeated_messages() -> None:
    assert problems_of_v16(messages((1, START), (2, START), (2, STOP), (3, STOP))) == []


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (messages((1, START)), "1 transactions have started, 0 have ended"),
        (messages((1, START), (1, STOP), (1, STOP)), "StopTransaction 1 is repeated without a reason"),
        (messages((1, START), (1, STOP), (2, {**STOP, "meterStop": 8})), "StopTransaction 1: two different ones"),
        (messages((1, START), (1, {**STOP, "meterStop": 3})), "the register goes back"),
        ([*messages((1, START)), sampled(9.0), *messages((2, STOP))], "the register goes back"),
        ([*messages((1, START)), sampled(6.0, 2), *messages((1, STOP))], "MeterValues of transaction 2, which is"),
        ([*messages((1, START), (1, STOP)), sampled(7.0)], "MeterValues of transaction 1, which is not ongoing"),
        (messages((1, START), (1, {**STOP, "transactionId": -7})), "StopTransaction of transaction -7, which is not"),
    ],
)
def test_a_wrong_transaction_of_16_is_found(found: list[Received], problem: str) -> None:
    (found_problem,) = problems_of_v16(found)
    assert found_problem.startswith(problem)


def test_what_is_kept_is_what_was_acknowledged_or_may_have_been() -> None:
    kept = Kept(1)
    kept.possible.append(2)
    assert kept.agrees(2)
    assert kept.agrees(2)
    assert not kept.agrees(1)
