"""Ended is the last word on a transaction."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import transactions


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        events = transaction.events
        for number, event in enumerate(events[:-1], 1):
            if event.message.event_type == "Ended":
                more = len(events) - number
                yield Breach("no TransactionEventRequest after eventType Ended", f"{more} more", event.frame)


NOTHING_AFTER_THE_END = Rule("nothing after Ended", "E06", _judge)
