"""Meter values of one moment are sent once, in one event or in several."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.metering.energy_registers import DEFAULT_MEASURAND
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.metering.meter_values import METER_VALUE_REASONS
from plugfest.lab.v201.rules.transactions import Event, transactions
from plugfest.ocpp.message import given

Sample = tuple[object, ...]
"""What distinguishes the samples of a transaction, except the value."""


def _judge_repeated_events(evidence: Evidence) -> Iterator[Violation]:
    """An event that sends nothing but samples of earlier events. A split sends others (J02.FR.14)."""
    for transaction in transactions(evidence):
        sent: set[Sample] = set()
        for event in transaction.events:
            if event.message.trigger_reason not in METER_VALUE_REASONS or event.message.event_type != "Updated":
                continue
            samples = set(_samples(event))
            if samples and samples <= sent:
                yield Violation(
                    f"one TransactionEventRequest with triggerReason {event.message.trigger_reason} for each sample",
                    f"the samples of {event.message.timestamp.isoformat()} again",
                    event.frame,
                )
            sent |= samples


def _samples(event: Event) -> Iterator[Sample]:
    for value in given(event.message.meter_value) or ():
        for sample in value.sampled_value:
            yield (
                event.message.trigger_reason,
                event.message.timestamp,
                value.timestamp,
                given(sample.measurand) or DEFAULT_MEASURAND,
                given(sample.phase),
                given(sample.location) or "Outlet",
                given(sample.context) or "Sample.Periodic",
                given(sample.signed_meter_value) is None,
            )


REPEATED_EVENTS = Rule("each sample in one event", "J02.FR.11, J02.FR.14, J01.FR.22", _judge_repeated_events)
