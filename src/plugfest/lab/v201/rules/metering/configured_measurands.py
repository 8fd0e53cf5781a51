"""Meter values have the measurands that the variables of SampledDataCtrlr and AlignedDataCtrlr configure."""

from collections.abc import Callable, Collection, Iterator
from math import inf

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.metering.energy_registers import DEFAULT_MEASURAND
from plugfest.lab.rules.metering.samples import Sample
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.charging_states import charging_state
from plugfest.lab.v201.rules.metering.sampled_values import BEGIN, samples_of_event, samples_of_request
from plugfest.lab.v201.rules.transactions import Event, event_time, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

Members = Callable[[str], Collection[str]]
"""The members of a list variable; empty if the lab does not know them."""

STARTED = "SampledDataCtrlr.TxStartedMeasurands"
ENDED = "SampledDataCtrlr.TxEndedMeasurands"
ALIGNED = "AlignedDataCtrlr.Measurands"

VARIABLES = {
    "Started": (STARTED,),
    "Updated": ("SampledDataCtrlr.TxUpdatedMeasurands", ALIGNED),
    "Ended": (ENDED, "AlignedDataCtrlr.TxEndedMeasurands"),
}
"""The variables that configure the meter values of an event, by its eventType (TransactionEventRequest.meterValue)."""

RESOLUTION = 1.0
"""Seconds: the timestamp of many stations is in whole seconds."""

COMPONENTS = ("SampledDataCtrlr", "AlignedDataCtrlr")


def measurand_rules(members: Members) -> tuple[Rule, ...]:
    """The rules for one campaign; `members` gives the present values."""
    return (
        Rule(
            "configured measurands",
            "TransactionEventRequest.meterValue, J01.FR.14, F06.FR.06",
            lambda evidence: _judge_measurands(evidence, members),
        ),
        Rule("meter values at the start", "E01.FR.09", lambda evidence: _judge_register(evidence, members, "Started")),
        Rule("late meter values of the start", "E01.FR.17", lambda evidence: _judge_late_start(evidence, members)),
        Rule(
            "meter values at the end",
            "E06.FR.11, E06.FR.12",
            lambda evidence: _judge_register(evidence, members, "Ended"),
            Level.SHOULD,  # E06.FR.12: a station that is low on memory may drop them
        ),
    )


def _judge_measurands(evidence: Evidence, members: Members) -> Iterator[Violation]:
    configured_at = _configured_at(evidence)
    for transaction in transactions(evidence):
        for event in transaction.events:
            if event_time(event) > configured_at:
                yield from _judge_event(samples_of_event(transaction, event), event, members)
    for sent in evidence.sent(m.MeterValuesRequest):
        if min(sent.exchange.loop_time(value.timestamp) for value in sent.message.meter_value) > configured_at:
            yield from _judge_samples(samples_of_request(sent), _union((ALIGNED,), members), "MeterValuesRequest")


def _judge_event(samples: Iterator[Sample], event: Event, members: Members) -> Iterator[Violation]:
    event_type = event.message.event_type
    configured, at_start = _union(VARIABLES[event_type], members), _union((STARTED,), members)
    for sample in samples:
        permitted = configured | at_start if sample.context == BEGIN and configured else configured  # E01.FR.17
        yield from _judge_samples(iter((sample,)), permitted, f"TransactionEventRequest with eventType {event_type}")


def _judge_samples(samples: Iterator[Sample], configured: frozenset[str], what: str) -> Iterator[Violation]:
    for sample in samples:
        if configured and sample.measurand not in configured:
            expected = f"measurand of {what}: {' or '.join(sorted(configured))}"
            yield Violation(expected, sample.measurand, sample.frame)


def _judge_register(evidence: Evidence, members: Members, event_type: str) -> Iterator[Violation]:
    """The energy register of an event, where it is configured; E01.FR.09: if the EVSE is known."""
    variable = VARIABLES[event_type][0]
    if DEFAULT_MEASURAND not in members(variable) or "false" in members("SampledDataCtrlr.Enabled"):
        return
    configured_at = _configured_at(evidence)
    for transaction in transactions(evidence):
        for event in transaction.events:
            if (
                event.message.event_type != event_type
                or event_time(event) <= configured_at
                or transaction.evse_id is None
            ):
                continue
            if event_type == "Started" and given(event.message.evse) is None:
                continue
            if DEFAULT_MEASURAND not in {sample.measurand for sample in samples_of_event(transaction, event)}:
                expected = f"{DEFAULT_MEASURAND} in the event with eventType {event_type}, which {variable} contains"
                yield Violation(expected, "no such meter value", event.frame)


def _judge_late_start(evidence: Evidence, members: Members) -> Iterator[Violation]:
    """The measurands of the start, at the latest when charging starts, if the EVSE was not known before."""
    if DEFAULT_MEASURAND not in members(STARTED) or "false" in members("SampledDataCtrlr.Enabled"):
        return
    configured_at = _configured_at(evidence)
    for transaction in transactions(evidence):
        first = transaction.events[0]
        started_without_evse = first.message.event_type == "Started" and given(first.message.evse) is None
        charging = next((each for each in transaction.events if charging_state(each) == "Charging"), None)
        if not started_without_evse or charging is None or event_time(first) <= configured_at:
            continue
        until = event_time(charging) + RESOLUTION  # E03.FR.09: split into several events with one timestamp
        if not any(
            sample.context == BEGIN
            for event in transaction.events
            if event.message.event_type != "Ended" and event_time(event) <= until
            for sample in samples_of_event(transaction, event)
        ):
            yield Violation(
                f"meter values with context {BEGIN} at the latest when charging starts: {STARTED} contains"
                f" {DEFAULT_MEASURAND}, and the first event had no EVSE",
                "none",
                charging.frame,
            )


def _configured_at(evidence: Evidence) -> float:
    """The loop time of the last answer to a SetVariablesRequest about meter values; what is older may arrive later."""
    return max(
        (exchange.answered_at or exchange.at for exchange in evidence.lab_requests if _configures(exchange.request)),
        default=-inf,
    )


def _configures(request: object) -> bool:
    return isinstance(request, m.SetVariablesRequest) and any(
        data.component.name in COMPONENTS for data in request.set_variable_data
    )


def _union(variables: Collection[str], members: Members) -> frozenset[str]:
    return frozenset(member for variable in variables for member in members(variable))
