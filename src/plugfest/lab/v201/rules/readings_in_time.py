"""What an event says of the meter was read during the transaction, and not later than the event."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.v201.rules.transactions import happened, transactions
from plugfest.ocpp.message import given


def _judge(evidence: Evidence) -> Iterator[Breach]:
    tolerance = evidence.settings.time_tolerance
    for transaction in transactions(evidence):
        began = min(happened(event) for event in transaction.sent)
        for event in transaction.sent:
            for value in given(event.message.meter_value) or ():
                at = event.exchange.loop_time(value.timestamp)
                if not began - tolerance <= at <= happened(event) + tolerance:
                    yield Breach(
                        "meterValue.timestamp between the start of the transaction and the event,"
                        f" {event.message.timestamp.isoformat()}",
                        value.timestamp.isoformat(),
                        event.frame,
                    )


READINGS_IN_TIME = Rule("meter values of the time of their event", "J02.FR.10", _judge)
