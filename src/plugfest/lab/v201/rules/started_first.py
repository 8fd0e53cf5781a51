"""A transaction begins with Started, once."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import transactions


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for transaction in transactions(evidence):
        for number, event in enumerate(transaction.events, 1):
            if (event.message.event_type == "Started") != (number == 1):
                yield Breach(
                    "eventType Started in the first event of a transaction and only there",
                    f"{event.message.event_type} as number {number}",
                    event.frame,
                )


STARTED_FIRST = Rule("Started in the first event", "Part 6 section 2.1", _judge)
