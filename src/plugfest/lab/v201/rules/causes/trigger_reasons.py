"""Every transaction event has a cause: its triggerReason fits what has happened before."""

from collections.abc import Iterator, Mapping

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.connector_history import BOTH_ENDS, StatusPeriod
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.causes.known_causes import (
    DISCONNECTED,
    ENERGY_LIMITS,
    FAULTS,
    PLUGGED_IN,
    POWER,
    PRESENTED,
    PROFILES,
    REMOTE_STARTS,
    RESETS,
    Causes,
    acts,
    any_of,
    arrivals,
    other_transactions,
    refusals_of_tokens,
    requests,
    signed_data,
    stop_requests,
    trigger_messages,
)
from plugfest.lab.v201.rules.charging_states import charging_state
from plugfest.lab.v201.rules.connectors import V201ConnectorHistory
from plugfest.lab.v201.rules.energy import STATES_WITH_OFFER
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_time, seen_transactions, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

ONCE: Mapping[str, Causes] = {
    "Authorized": any_of(PRESENTED, REMOTE_STARTS),
    "StopAuthorized": any_of(PRESENTED, acts(ActionKind.EV_STOP)),  # E07.FR.01, E15.FR.04
    "RemoteStart": REMOTE_STARTS,
    "CablePluggedIn": any_of(PLUGGED_IN, acts(ActionKind.CLEAR_FAULT, ActionKind.POWER_OFF), RESETS),
    "EVCommunicationLost": DISCONNECTED,
    "EVDetected": any_of(arrivals, POWER, RESETS),
    "EVDeparted": DISCONNECTED,
    "Trigger": trigger_messages,
    "RemoteStop": stop_requests,
    "UnlockCommand": requests(m.UnlockConnectorRequest),
    "ResetCommand": RESETS,
}
"""The causes of the trigger reasons that one cause explains once in a transaction."""

REPEATED: Mapping[str, Causes] = {"Deauthorized": refusals_of_tokens}
"""The causes of trigger reasons that one cause may explain several times."""

RECOMMENDED: Mapping[str, Causes] = {
    "AbnormalCondition": any_of(FAULTS, POWER),
    "ChargingRateChanged": any_of(
        requests(m.SetChargingProfileRequest, m.ClearChargingProfileRequest, m.RequestStartTransactionRequest),
        acts(ActionKind.EXTERNAL_LIMIT),  # K11.FR.04, K13.FR.03
        other_transactions,
    ),
    "EnergyLimitReached": ENERGY_LIMITS,
    "TimeLimitReached": PROFILES,
    "SignedDataReceived": signed_data,
}
"""The causes of trigger reasons that may also have one that the lab does not know."""

AUTHORIZATIONS = ("Authorized", "StopAuthorized")


def _judge_triggers(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        yield from _judge_repeated(evidence, transaction, REPEATED)
        for reason, causes in ONCE.items():
            events = [each for each in transaction.received if each.message.trigger_reason == reason]
            if events and not (reason == "Authorized" and transaction.has_own_token):
                yield from _judge_count(events, sorted(causes(evidence, transaction)))
        if not transaction.has_own_token:
            events = [each for each in transaction.received if each.message.trigger_reason in AUTHORIZATIONS]
            yield from _judge_count(events, sorted(ONCE["Authorized"](evidence, transaction)), of_one_reason=False)


def _judge_count(events: list[Event], causes: list[int], *, of_one_reason: bool = True) -> Iterator[Violation]:
    """The events beyond the number of causes that came before them.

    `of_one_reason` False: only where each reason by itself has enough causes.
    """
    for number, event in enumerate(events, 1):
        reason = event.message.trigger_reason
        before = sum(frame <= event.frame for frame in causes)
        alone = [each for each in events[:number] if each.message.trigger_reason == reason]
        if number > before and (of_one_reason or len(alone) <= before):
            yield _without_cause(event)


def _judge_repeated(evidence: Evidence, transaction: Transaction, table: Mapping[str, Causes]) -> Iterator[Violation]:
    for event in transaction.received:
        causes = table.get(event.message.trigger_reason)
        if causes is not None and not any(frame <= event.frame for frame in causes(evidence, transaction)):
            yield _without_cause(event)


def _without_cause(event: Event) -> Violation:
    reason = event.message.trigger_reason
    return Violation(
        f"TransactionEventRequest with triggerReason {reason} only after something that causes it",
        f"triggerReason {reason} without a cause",
        event.frame,
    )


CAUSE_OF_EVENT = Rule("a cause of every transaction event", "E02.FR.15, E02.FR.17, E03.FR.12", _judge_triggers)


def _judge_recommended(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        yield from _judge_repeated(evidence, transaction, RECOMMENDED)


KNOWN_CAUSE_OF_EVENT = Rule("a cause that the lab knows", "E02.FR.17", _judge_recommended, Level.SHOULD)


def _judge_late_detection(evidence: Evidence) -> Iterator[Violation]:
    """An EV to which the station has offered energy was detected before; another one arrives after it."""
    for transaction in transactions(evidence):
        offered: int | None = None  # the frame of the newest event before
        for event in transaction.events:
            causes = ONCE["EVDetected"](evidence, transaction)
            if (
                event.message.trigger_reason == "EVDetected"
                and offered is not None
                and not any(offered < frame <= event.frame for frame in causes)
            ):
                yield _without_cause(event)
            if charging_state(event) in STATES_WITH_OFFER:
                offered = event.frame


NO_LATE_DETECTION = Rule("EVDetected when an EV arrives", "E03.FR.12", _judge_late_detection, Level.SHOULD)


# Changes of the charging state, and the time-out


def _judge_state_changes(evidence: Evidence) -> Iterator[Violation]:
    tolerance = evidence.settings.time_tolerance
    for transaction in seen_transactions(evidence):
        reported: Event | None = None  # the newest event with a charging state
        for event in transaction.events:
            state = given(event.message.transaction_info.charging_state)
            if event.message.trigger_reason == "ChargingStateChanged":
                before = None if reported is None else given(reported.message.transaction_info.charging_state)
                if state is None:
                    yield Violation(
                        "TransactionEventRequest.transactionInfo.chargingState with triggerReason ChargingStateChanged",
                        "omitted",
                        event.frame,
                    )
                elif reported is not None and state == before and _is_repeated(reported, event, tolerance):
                    yield Violation(
                        f"TransactionEventRequest with triggerReason ChargingStateChanged only if the charging state is"
                        f" no longer {before}",
                        f"chargingState {state}",
                        event.frame,
                    )
            reported = reported if state is None else event


def _is_repeated(reported: Event, event: Event, tolerance: float) -> bool:
    """Whether an event repeats a charging state, and is not the second one about the same moment."""
    same_reason = reported.message.trigger_reason == event.message.trigger_reason
    return same_reason or event_time(event) > event_time(reported) + tolerance


STATE_CHANGES = Rule("a change of the charging state", "E02.FR.13, E02.FR.17", _judge_state_changes)


def _judge_timeout(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        for event in transaction.received:
            if event.message.trigger_reason == "EVConnectTimeout" and is_connected(evidence, transaction, event):
                yield Violation(
                    "no TransactionEventRequest with triggerReason EVConnectTimeout while the cable is plugged in",
                    "EVConnectTimeout",
                    event.frame,
                )


def is_connected(evidence: Evidence, transaction: Transaction, event: Event) -> bool:
    """Whether the EV was certainly connected at the time of an event."""
    facts, period = (
        V201ConnectorHistory(evidence),
        StatusPeriod(min(event.at, event_time(event)), event.at, event.frame),
    )
    plugged_in = any(
        facts.cable((evse.id, connector.id), period) == {BOTH_ENDS}
        for evse in evidence.product.evses
        if evse.id == transaction.evse_id
        for connector in evse.connectors
    )
    disconnected = any(frame <= event.frame for frame in DISCONNECTED(evidence, transaction))
    return plugged_in or (not disconnected and any(_reports_ev(each) for each in events_before(transaction, event)))


def events_before(transaction: Transaction, event: Event) -> list[Event]:
    """The events of the transaction with a lower seqNo."""
    return [each for each in transaction.events if each.message.seq_no < event.message.seq_no]


def _reports_ev(event: Event) -> bool:
    return given(event.message.transaction_info.charging_state) not in (None, "Idle")


NO_TIMEOUT_WITH_CABLE = Rule("EVConnectTimeout only without a cable", "E03.FR.05", _judge_timeout)
