"""timeSpentCharging of OCPP 2.0.1 agrees with the charging states of the transaction."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_time, transactions
from plugfest.ocpp.message import given

CHARGING = "Charging"


def _judge_charging_time(evidence: Evidence) -> Iterator[Violation]:
    tolerance = evidence.settings.time_tolerance
    for transaction in transactions(evidence):
        for event, seconds in _charging_times(transaction):
            reported = given(event.message.transaction_info.time_spent_charging)
            if reported is not None and abs(reported - seconds) > tolerance:
                expected = f"timeSpentCharging: {seconds:.0f} s with charging state Charging, within {tolerance:g} s"
                yield Violation(expected, f"{reported} s", event.frame)


def _charging_times(transaction: Transaction) -> Iterator[tuple[Event, float]]:
    """Each event with the seconds that energy has flowed until then, according to the charging states."""
    seconds, since = 0.0, None
    for event in transaction.events:
        at = event_time(event)
        flowed = seconds if since is None else seconds + at - since
        yield event, flowed
        state = given(event.message.transaction_info.charging_state)
        if state is not None and (state == CHARGING) != (since is not None):
            seconds, since = flowed, at if state == CHARGING else None


CHARGING_TIME = Rule("time spent charging", "TransactionType", _judge_charging_time)
