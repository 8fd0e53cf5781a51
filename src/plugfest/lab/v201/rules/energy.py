"""Energy flows, and a charging state claims it, only with a cable, with an authorization, and before the end."""

from collections.abc import Iterator

from plugfest.lab.checks.numbers import power_of_ten
from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.connector_history import BOTH_ENDS, StatusPeriod
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.charging_states import IDLE, STATES_WITH_CABLE, charging_state, state_changes
from plugfest.lab.v201.rules.connectors import V201ConnectorHistory
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_time, seen_transactions, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

STATES_WITH_OFFER = frozenset({"Charging", "SuspendedEV"})
"""The charging states in which the EVSE offers energy."""

ENDS_CONNECTION = (ActionKind.UNPLUG, ActionKind.POWER_OFF, ActionKind.FAULT)

STOPS_AUTHORIZATION = frozenset({"StopAuthorized", "RemoteStop"})
"""The trigger reasons of events after which a driver has to be authorized again."""

ENDS_AUTHORIZATION = STOPS_AUTHORIZATION | {"Deauthorized"}
"""The trigger reasons of events after which no energy is offered."""

FLOWS = {"Power.Active.Import": 200.0, "Current.Import": 1.0}
"""Measurands of energy that flows, with the values (W, A) that a meter may show without any."""


# The cable


def _judge_cable(evidence: Evidence) -> Iterator[Violation]:
    for transaction in seen_transactions(evidence):
        for event in transaction.received:
            state = charging_state(event)
            if (
                state in STATES_WITH_CABLE
                and not evidence.is_before_lab(event_time(event))
                and not _may_be_plugged_in(evidence, transaction.evse_id, event)
            ):
                yield Violation(
                    "TransactionEventRequest.transactionInfo.chargingState Idle while no cable is plugged in",
                    str(state),
                    event.frame,
                )
        yield from _judge_idle(evidence, transaction)


def _may_be_plugged_in(evidence: Evidence, evse_id: int | None, event: Event) -> bool:
    """Whether a cable may have been plugged in to the EVSE, or to any if it is not known."""
    facts, period = (
        V201ConnectorHistory(evidence),
        StatusPeriod(min(event.at, event_time(event)), event.at, event.frame),
    )
    return any(
        BOTH_ENDS in facts.cable((evse.id, connector.id), period)
        for evse in evidence.product.evses
        if evse_id is None or evse.id == evse_id
        for connector in evse.connectors
    )


def _judge_idle(evidence: Evidence, transaction: Transaction) -> Iterator[Violation]:
    """The state Idle although an earlier event reported the EV and no cable has been unplugged since."""
    for step in state_changes(transaction):
        if step.state == IDLE and step.before is not None and step.old_state in STATES_WITH_CABLE:
            since = event_time(step.before) - evidence.settings.time_tolerance
            ends = evidence.actions_of(*ENDS_CONNECTION)
            if not any(since <= action.ended and action.frame <= step.event.frame for action in ends):
                yield Violation(
                    "TransactionEventRequest.transactionInfo.chargingState other than Idle while the cable is plugged"
                    " in",
                    IDLE,
                    step.event.frame,
                )


STATE_WITH_CABLE = Rule("charging state and cable", "E02.FR.13, ChargingStateEnumType", _judge_cable)


def _judge_flow(evidence: Evidence) -> Iterator[Violation]:
    """Power or current at an EVSE although no cable was plugged in at any time before."""
    if not evidence.began_idle:
        return
    plugged = {action.evse_id: action.frame for action in reversed(list(evidence.actions_of(ActionKind.PLUG_IN)))}
    for exchange in evidence.station_requests:
        evse_id, values = _samples(exchange.request)
        if evse_id is None or plugged.get(evse_id, exchange.frame + 1) <= exchange.frame:
            continue
        since_lab = (value for value in values if not evidence.is_before_lab(exchange.loop_time(value.timestamp)))
        for sample in (each for value in since_lab for each in value.sampled_value):
            limit = FLOWS.get(given(sample.measurand) or "")
            if limit is not None and _value(sample) > limit:
                yield Violation(
                    f"no {given(sample.measurand)} at EVSE {evse_id} before a cable is plugged in",
                    f"{sample.value:g}",
                    exchange.frame,
                )


def _samples(request: object) -> tuple[int | None, list[t.MeterValueType]]:
    """The EVSE of meter values, if the message names one, and the values."""
    if isinstance(request, m.MeterValuesRequest) and request.evse_id:
        return request.evse_id, list(request.meter_value)
    if isinstance(request, m.TransactionEventRequest):
        evse = given(request.evse)
        return None if evse is None else evse.id, list(given(request.meter_value) or ())
    return None, []


def _value(sample: t.SampledValueType) -> float:
    """The value in the unit without a prefix."""
    unit = given(sample.unit_of_measure)
    if unit is None:
        return abs(sample.value)
    kilo = 1000.0 if (given(unit.unit) or "").startswith("k") else 1.0
    return float(abs(sample.value) * kilo * power_of_ten(given(unit.multiplier) or 0))


NO_FLOW_WITHOUT_CABLE = Rule("no energy without a cable", "E01, E02", _judge_flow)


# The authorization


def _judge_authorization(evidence: Evidence) -> Iterator[Violation]:
    authorizations = [action.frame for action in evidence.actions_of(ActionKind.PRESENT_TOKEN)]
    authorizations += [
        each.frame for each in evidence.lab_requests if isinstance(each.request, m.RequestStartTransactionRequest)
    ]
    for transaction in seen_transactions(evidence):
        if transaction.has_own_token:
            continue
        initially = transaction not in transactions(evidence)
        stopped: Event | None = None
        for event in transaction.events:
            if charging_state(event) in STATES_WITH_OFFER and not _may_be_authorized(
                evidence, authorizations, event, stopped, initially=initially
            ):
                yield Violation(
                    "TransactionEventRequest.transactionInfo.chargingState of an EVSE that offers no energy: the driver"
                    " is not authorized",
                    str(charging_state(event)),
                    event.frame,
                )
            if event.message.trigger_reason in STOPS_AUTHORIZATION and not evidence.is_before_lab(event_time(event)):
                stopped = event


def _may_be_authorized(
    evidence: Evidence, authorizations: list[int], event: Event, stopped: Event | None, *, initially: bool
) -> bool:
    """Whether a driver was authorized before the event, and since the authorization was stopped.

    `initially`: a driver may have been authorized before the lab had seen the station.
    """
    tolerance = evidence.settings.time_tolerance  # the energy may take a moment to stop
    if stopped is not None and event_time(event) > event_time(stopped) + tolerance:
        return any(stopped.frame < frame <= event.frame for frame in authorizations)
    return initially or any(frame <= event.frame for frame in authorizations)


OFFER_WITH_AUTHORIZATION = Rule("energy only with an authorization", "C01.FR.01, E07.FR.04", _judge_authorization)


# The end


def _judge_end(evidence: Evidence) -> Iterator[Violation]:
    """No energy flows after the end, nor is it offered after the authorization has ended (TxStopPoint)."""
    for event in evidence.sent(m.TransactionEventRequest):
        reason, state = event.message.trigger_reason, charging_state(event)
        wrong = STATES_WITH_OFFER if reason in ENDS_AUTHORIZATION else frozenset({"Charging"})
        if event.message.event_type == "Ended" and state in wrong:
            yield Violation(
                f"TransactionEventRequest.transactionInfo.chargingState other than {' or '.join(sorted(wrong))} with"
                f" eventType Ended and triggerReason {reason}",
                str(state),
                event.frame,
            )


NO_ENERGY_AT_END = Rule("no energy after the end of a transaction", "E06.FR.07, ChargingStateEnumType", _judge_end)


# Phases and cable


def _judge_phases(evidence: Evidence) -> Iterator[Violation]:
    phases = {evse.id: evse.phases for evse in evidence.product.evses if evse.current == "AC" and evse.phases}
    for transaction in seen_transactions(evidence):
        limit = phases.get(transaction.evse_id or 0)
        for step in state_changes(transaction) if limit is not None else ():
            used = given(step.event.message.number_of_phases_used)
            fewest = 1 if (step.state or step.old_state) == "Charging" else 0
            if used is not None and not fewest <= used <= (limit or 0):
                yield Violation(
                    f"TransactionEventRequest.numberOfPhasesUsed from {fewest} to {limit}, the phases of EVSE"
                    f" {transaction.evse_id}",
                    str(used),
                    step.event.frame,
                )


PHASES_OF_EVSE = Rule("phases of the EVSE", "E02.FR.18, E03.FR.13", _judge_phases)


def _judge_phases_at_start(evidence: Evidence) -> Iterator[Violation]:
    """A station that reports the phases in any event of a transaction is able to report them."""
    for transaction in transactions(evidence):
        reporting = next(
            (each for each in transaction.events if given(each.message.number_of_phases_used) is not None), None
        )
        start = next((each for each in transaction.events if charging_state(each) == "Charging"), None)
        if reporting is not None and start is not None and given(start.message.number_of_phases_used) is None:
            yield Violation(
                "TransactionEventRequest.numberOfPhasesUsed when the energy transfer starts: the station reports it in"
                " another event of the transaction",
                "omitted",
                start.frame,
            )


PHASES_AT_START = Rule("phases when the energy transfer starts", "E02.FR.18", _judge_phases_at_start, Level.SHOULD)


def _judge_cable_current(evidence: Evidence) -> Iterator[Violation]:
    for transaction in seen_transactions(evidence):
        first: int | None = None
        for event in transaction.events:
            current = given(event.message.cable_max_current)
            first = current if first is None else first
            if current is not None and (current <= 0 or current != first):
                expected = "above 0 A" if current <= 0 else f"{first} A, as in an earlier event"
                yield Violation(
                    f"TransactionEventRequest.cableMaxCurrent {expected}; omitted if it is not known",
                    str(current),
                    event.frame,
                )


CABLE_CURRENT = Rule("the current of the cable", "TransactionEventRequest", _judge_cable_current, Level.SHOULD)

ENERGY_RULES = (
    STATE_WITH_CABLE,
    NO_FLOW_WITHOUT_CABLE,
    OFFER_WITH_AUTHORIZATION,
    NO_ENERGY_AT_END,
    PHASES_OF_EVSE,
    PHASES_AT_START,
    CABLE_CURRENT,
)
