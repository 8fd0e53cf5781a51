"""The sampled values of OCPP 2.0.1: context, measurand, unit, location and phase."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence, SentRequest, once
from plugfest.lab.rules.metering.energy_registers import DEFAULT_MEASURAND
from plugfest.lab.rules.metering.samples import (
    DEFAULT_LOCATION,
    UNITS,
    Sample,
    omitted_units,
    other_places,
    wrong_units,
)
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.transactions import Event, Transaction, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

BEGIN, END, PERIODIC, CLOCK, TRIGGER = (
    "Transaction.Begin",
    "Transaction.End",
    "Sample.Periodic",
    "Sample.Clock",
    "Trigger",
)

CONTEXTS = {
    "MeterValuePeriodic": frozenset({PERIODIC, CLOCK}),
    "MeterValueClock": frozenset({PERIODIC, CLOCK}),
    "Trigger": frozenset({TRIGGER}),
}
"""The contexts of the samples in an event with eventType Updated that is sent for them, by its trigger reason."""

REQUIRED_CONTEXTS = {"MeterValuePeriodic": PERIODIC, "MeterValueClock": CLOCK}
"""The context of at least one sample in such an event."""


def _judge_contexts(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        begun = False
        for event in transaction.events:
            contexts = {sample.context for sample in samples_of_event(transaction, event)}
            if contexts:
                yield from _judge_contexts_of(event, contexts, begun)
            begun = begun or BEGIN in contexts


def _judge_contexts_of(event: Event, contexts: set[str], begun: bool) -> Iterator[Violation]:
    message = event.message
    what = f"context of the meter values with eventType {message.event_type}"
    actual = ", ".join(sorted(contexts))
    match message.event_type:
        case "Started":
            if contexts != {BEGIN}:  # E01.FR.09
                yield Violation(f"{what}: {BEGIN}", actual, event.frame)
        case "Ended":
            if END not in contexts and contexts != {CLOCK}:  # E06.FR.11; J01: only aligned data may be configured
                yield Violation(f"{what}: {END} in at least one", actual, event.frame)
        case "Updated":
            if END in contexts or (begun and BEGIN in contexts):  # E01.FR.17: only if the EVSE was not known before
                yield Violation(f"{what}: neither {BEGIN} a second time nor {END}", actual, event.frame)
            yield from _judge_solicited(event, contexts, what)


def _judge_solicited(event: Event, contexts: set[str], what: str) -> Iterator[Violation]:
    """The contexts in an event that is sent for meter values."""
    reason = event.message.trigger_reason
    permitted, required = CONTEXTS.get(reason), REQUIRED_CONTEXTS.get(reason)
    actual = ", ".join(sorted(contexts))
    if permitted is not None and not contexts <= permitted | {BEGIN}:
        expected = " or ".join(sorted(permitted))
        yield Violation(f"{what} and triggerReason {reason}: {expected}", actual, event.frame)
    elif required is not None and required not in contexts:
        yield Violation(f"{what} and triggerReason {reason}: {required} in at least one", actual, event.frame)
    elif permitted is None and TRIGGER in contexts:
        yield Violation(f"{what} and triggerReason {reason}: not {TRIGGER}", actual, event.frame)


CONTEXT = Rule("context of meter values", "E01.FR.09, E06.FR.11, ReadingContextEnumType", _judge_contexts)


@once
def _samples(evidence: Evidence) -> list[Sample]:
    """The samples of every EVSE, in events and in MeterValuesRequests."""
    events = [(transaction, event) for transaction in transactions(evidence) for event in transaction.events]
    return [
        *(sample for transaction, event in events for sample in samples_of_event(transaction, event)),
        *(sample for sent in evidence.sent(m.MeterValuesRequest) for sample in samples_of_request(sent)),
    ]


def samples_of_request(sent: SentRequest[m.MeterValuesRequest]) -> Iterator[Sample]:
    """The samples of a MeterValuesRequest."""
    yield from _of(sent.message.meter_value, f"EVSE {sent.message.evse_id}", sent.frame)


def samples_of_event(transaction: Transaction, event: Event) -> Iterator[Sample]:
    """The samples of an event."""
    scope = f"transaction {transaction.id}" if transaction.evse_id is None else f"EVSE {transaction.evse_id}"
    yield from _of(given(event.message.meter_value) or [], scope, event.frame)


def _of(values: list[t.MeterValueType], scope: str, frame: int) -> Iterator[Sample]:
    for value in values:
        for sample in value.sampled_value:
            unit = given(sample.unit_of_measure)
            yield Sample(
                scope=scope,
                at=value.timestamp,
                measurand=given(sample.measurand) or DEFAULT_MEASURAND,
                context=given(sample.context) or PERIODIC,
                location=given(sample.location) or DEFAULT_LOCATION,
                phase=given(sample.phase),
                unit=None if unit is None else given(unit.unit),
                frame=frame,
            )


ALL_UNITS = (*UNITS, ("Frequency", ("Hz",)))
"""Those of Part 2 Appendix 2."""

UNIT = Rule("unit of meter values", "UnitOfMeasureType", lambda evidence: wrong_units(_samples(evidence), ALL_UNITS))

OMITTED_UNIT = Rule(
    "omitted unit of meter values",
    "Part 2 Appendix 2",
    lambda evidence: omitted_units(_samples(evidence), ALL_UNITS),
    Level.SHOULD,  # UnitOfMeasureType gives a default only for energy
)

LOCATIONS_AND_PHASES = Rule(
    "locations and phases of meter values", "Part 2 J section 2.3", lambda evidence: other_places(_samples(evidence))
)
