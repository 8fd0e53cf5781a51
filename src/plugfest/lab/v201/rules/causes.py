"""Every transaction event has a cause: its triggerReason and its stoppedReason fit what has happened before."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connector_history import BOTH_ENDS, StatusPeriod
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.connectors import V201ConnectorHistory
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_time, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m

Causes = Callable[[Evidence, Transaction], Iterator[int]]
"""The causes of a kind for a transaction: the frames at which they began."""


def _acts(*kinds: ActionKind) -> Causes:
    return lambda evidence, transaction: (action.frame for action in evidence.actions_of(*kinds))


def _requests(*kinds: type[Request[Any]]) -> Causes:
    def causes(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
        return (each.frame for each in evidence.lab_requests if isinstance(each.request, kinds) and not _refused(each))

    return causes


def _refused(exchange: Exchange) -> bool:
    """Whether the station has refused a request. Without an answer it may have accepted it."""
    status = getattr(exchange.response, "status", None)
    return exchange.answered_at is not None and (status is None or status == "Rejected")


def _stop_requests(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.RequestStopTransactionRequest) and request.transaction_id == transaction.id:
            yield exchange.frame


def _trigger_messages(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.TriggerMessageRequest) and request.requested_message in (
            "TransactionEvent",
            "MeterValues",
        ):
            yield exchange.frame


def _refusals_of_tokens(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The responses of the lab with a status of the idToken other than Accepted."""
    for exchange in evidence.station_requests:
        response = exchange.response
        info = getattr(response, "id_token_info", None)
        status = getattr(info, "status", None)
        if status is not None and status != "Accepted" and exchange.answered_in is not None:
            yield exchange.answered_in


def _any_of(*several: Causes) -> Causes:
    return lambda evidence, transaction: chain.from_iterable(each(evidence, transaction) for each in several)


PRESENTED = _acts(ActionKind.PRESENT_TOKEN)
PLUGGED_IN = _acts(ActionKind.PLUG_IN)
DISCONNECTED = _acts(ActionKind.UNPLUG, ActionKind.LEAVE, ActionKind.FAULT, ActionKind.POWER_OFF)
POWER = _acts(ActionKind.POWER_OFF)
FAULTS = _acts(ActionKind.FAULT, ActionKind.CLEAR_FAULT, ActionKind.JAM_LOCK, ActionKind.PLUG_IN)
REMOTE_STARTS = _requests(m.RequestStartTransactionRequest)
RESETS = _requests(m.ResetRequest)

ONCE: Mapping[str, Causes] = {
    "Authorized": _any_of(PRESENTED, REMOTE_STARTS),
    "StopAuthorized": PRESENTED,
    "RemoteStart": REMOTE_STARTS,
    "CablePluggedIn": _any_of(PLUGGED_IN, _acts(ActionKind.CLEAR_FAULT, ActionKind.POWER_OFF), RESETS),
    "EVCommunicationLost": DISCONNECTED,
    "EVDetected": _acts(ActionKind.PARK, ActionKind.PLUG_IN, ActionKind.POWER_OFF),
    "EVDeparted": DISCONNECTED,
    "Trigger": _trigger_messages,
    "RemoteStop": _stop_requests,
    "UnlockCommand": _requests(m.UnlockConnectorRequest),
    "ResetCommand": RESETS,
}
"""The causes of the trigger reasons that one cause explains once in a transaction."""

REPEATED: Mapping[str, Causes] = {"Deauthorized": _refusals_of_tokens}
"""The causes of trigger reasons that one cause may explain several times."""

RECOMMENDED: Mapping[str, Causes] = {
    "AbnormalCondition": _any_of(FAULTS, POWER),
    "ChargingRateChanged": _requests(
        m.SetChargingProfileRequest, m.ClearChargingProfileRequest, m.RequestStartTransactionRequest
    ),
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


# Changes of the charging state, and the time-out


def _judge_state_changes(evidence: Evidence) -> Iterator[Violation]:
    tolerance = evidence.settings.time_tolerance
    for transaction in transactions(evidence):
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
            if event.message.trigger_reason == "EVConnectTimeout" and _is_connected(evidence, transaction, event):
                yield Violation(
                    "no TransactionEventRequest with triggerReason EVConnectTimeout while the cable is plugged in",
                    "EVConnectTimeout",
                    event.frame,
                )


def _is_connected(evidence: Evidence, transaction: Transaction, event: Event) -> bool:
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
    return plugged_in or (not disconnected and any(_reports_ev(each) for each in _before(transaction, event)))


def _before(transaction: Transaction, event: Event) -> list[Event]:
    return [each for each in transaction.events if each.message.seq_no < event.message.seq_no]


def _reports_ev(event: Event) -> bool:
    return given(event.message.transaction_info.charging_state) not in (None, "Idle")


NO_TIMEOUT_WITH_CABLE = Rule("EVConnectTimeout only without a cable", "E03.FR.05", _judge_timeout)


# The reason of the end


STOP_REASONS: Mapping[str, Causes] = {
    "Local": PRESENTED,
    "MasterPass": PRESENTED,
    "Remote": _stop_requests,
    "EVDisconnected": DISCONNECTED,
    "DeAuthorized": _refusals_of_tokens,
    "ImmediateReset": RESETS,
    "PowerLoss": POWER,
}
"""The causes of the reasons that the lab knows all causes of."""

STOPPING = frozenset(
    {"StopAuthorized", "RemoteStop", "Deauthorized", "EVCommunicationLost", "EVConnectTimeout", "ResetCommand"}
)
"""The trigger reasons of events with which a transaction begins to stop."""


def _judge_stop_reasons(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        stopping = False
        for event in transaction.events:
            stopping = stopping or event.message.trigger_reason in STOPPING
            reason = given(event.message.transaction_info.stopped_reason)
            if reason is None:
                continue
            if event.message.event_type != "Ended" and not stopping:
                yield Violation(
                    "TransactionEventRequest.transactionInfo.stoppedReason only when the transaction stops",
                    f"stoppedReason {reason} with eventType {event.message.event_type}",
                    event.frame,
                )
            elif not _fits(evidence, transaction, event, str(reason)):
                yield Violation(
                    "TransactionEventRequest.transactionInfo.stoppedReason that fits what has happened",
                    f"stoppedReason {reason}",
                    event.frame,
                )


def _fits(evidence: Evidence, transaction: Transaction, event: Event, reason: str) -> bool:
    if reason == "Timeout":
        return not _is_connected(evidence, transaction, event)
    causes = STOP_REASONS.get(reason)
    if causes is None:
        return True
    before = sum(frame <= event.frame for frame in causes(evidence, transaction))
    if reason == "Local" and not transaction.has_own_token:
        # The presentation that has started the transaction does not stop it.
        started = sum(frame <= event.frame for frame in REMOTE_STARTS(evidence, transaction))
        return before + started > 1
    return before > 0


STOP_REASON = Rule("stoppedReason and what has happened", "E06.FR.08, ReasonEnumType", _judge_stop_reasons)

CAUSE_RULES = (CAUSE_OF_EVENT, KNOWN_CAUSE_OF_EVENT, STATE_CHANGES, NO_TIMEOUT_WITH_CABLE, STOP_REASON)
