"""The charging states of a transaction: reported when they change, and possible one after another."""

from collections.abc import Iterator
from typing import NamedTuple

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.transactions import Event, Transaction, event_time, seen_transactions, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given

IDLE = "Idle"

STATES_WITH_CABLE = frozenset({"EVConnected", "Charging", "SuspendedEV", "SuspendedEVSE"})

FOR_DATA = frozenset({"MeterValuePeriodic", "MeterValueClock", "Trigger"})
"""The trigger reasons of events that are sent for their data, not for a change."""

TIMESTAMP_RESOLUTION = 1.0
"""Seconds: the timestamp of many stations is in whole seconds."""


class StateChange(NamedTuple):
    """An event, and the newest earlier one with a charging state."""

    event: Event
    before: Event | None

    @property
    def state(self) -> str | None:
        """The charging state of the event."""
        return charging_state(self.event)

    @property
    def old_state(self) -> str | None:
        """The charging state before the event."""
        return None if self.before is None else charging_state(self.before)


def charging_state(event: Event) -> str | None:
    """The charging state of an event; None if it is omitted."""
    state = given(event.message.transaction_info.charging_state)
    return None if state is None else str(state)


def state_changes(transaction: Transaction) -> Iterator[StateChange]:
    """The events of a transaction in order, each with the newest charging state before it."""
    before: Event | None = None
    for event in transaction.events:
        yield StateChange(event, before)
        before = before if charging_state(event) is None else event


# A state is reported when it has changed


def _judge_omitted(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        for change in state_changes(transaction):
            expected = None if change.state is not None else _new_state(evidence, change)
            if expected is not None and not _is_reported_at_once(evidence, transaction, change.event):
                yield Violation(
                    f"TransactionEventRequest.transactionInfo.chargingState with {_what(change.event)}: it is no longer"
                    f" {change.old_state or IDLE}",
                    "omitted",
                    change.event.frame,
                )


def _new_state(evidence: Evidence, change: StateChange) -> str | None:
    """Why the state has changed with this event, whatever it is now; None if it may be the same."""
    message = change.event.message
    if message.trigger_reason == "CablePluggedIn" and change.old_state in (None, IDLE):
        return "plugged in"
    if message.event_type == "Ended" and change.old_state == "Charging":
        # Ended is sent after the energy transfer (TxStopPoint); after a loss of power the state may not be known.
        return None if any(evidence.actions_of(ActionKind.POWER_OFF)) else "ended"
    if message.trigger_reason == "EVCommunicationLost" and change.old_state in STATES_WITH_CABLE:
        unplugged = any(action.frame <= change.event.frame for action in evidence.actions_of(ActionKind.UNPLUG))
        return "unplugged" if unplugged else None
    return None


def _is_reported_at_once(evidence: Evidence, transaction: Transaction, event: Event) -> bool:
    """Whether another event about the same moment has the state: one for each trigger reason is permitted."""
    return any(
        charging_state(other) is not None
        and other.message.seq_no > event.message.seq_no
        and event_time(other) <= event_time(event) + evidence.settings.time_tolerance
        for other in transaction.events
    )


def _what(event: Event) -> str:
    message = event.message
    return "eventType Ended" if message.event_type == "Ended" else f"triggerReason {message.trigger_reason}"


STATE_REPORTED = Rule(
    "the charging state when it has changed", "E02.FR.13, TransactionType.chargingState", _judge_omitted
)


# A state changes for a reason


def _judge_reasons(evidence: Evidence) -> Iterator[Violation]:
    for transaction in seen_transactions(evidence):
        for change in state_changes(transaction):
            reason = change.event.message.trigger_reason
            if reason in FOR_DATA and None not in (change.state, change.old_state) and change.state != change.old_state:
                yield Violation(
                    f"triggerReason ChargingStateChanged, or one that is more specific, with a chargingState that is no"
                    f" longer {change.old_state}",
                    f"chargingState {change.state} with triggerReason {reason}",
                    change.event.frame,
                )


STATE_AND_REASON = Rule("the triggerReason of a new charging state", "E02.FR.17", _judge_reasons, Level.SHOULD)


# States with and without a cable


def _judge_reconnection(evidence: Evidence) -> Iterator[Violation]:
    """A state with a cable after Idle was reported for a cable that was unplugged."""
    for transaction in transactions(evidence):
        for change in state_changes(transaction):
            unplugged = _unplugged(evidence, transaction, change.event)
            if change.state in STATES_WITH_CABLE and change.before is not None and unplugged is not None:
                noticed = change.before.frame >= unplugged.frame and event_time(change.before) >= unplugged.began
                if change.old_state == IDLE and noticed:
                    yield Violation(
                        "TransactionEventRequest.transactionInfo.chargingState Idle until a cable is plugged in again",
                        str(change.state),
                        change.event.frame,
                    )


def _unplugged(evidence: Evidence, transaction: Transaction, event: Event) -> OperatorAction | None:
    """The last action at the cable of the EVSE before an event, if it has unplugged the EV."""
    actions = [
        action
        for action in evidence.actions_of(ActionKind.PLUG_IN, ActionKind.UNPLUG)
        if action.evse_id == transaction.evse_id and action.frame <= event.frame
    ]
    return actions[-1] if actions and actions[-1].kind is ActionKind.UNPLUG else None


STATE_AFTER_IDLE = Rule("no connection without a cable plugged in again", "E02.FR.13", _judge_reconnection)


def _judge_before_plug_in(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        for change in state_changes(transaction):
            plugged_in = change.event.message.trigger_reason == "CablePluggedIn"
            if plugged_in and change.before is not None and change.old_state in STATES_WITH_CABLE:
                yield Violation(
                    "TransactionEventRequest.transactionInfo.chargingState Idle before the event with triggerReason"
                    " CablePluggedIn",
                    str(change.old_state),
                    change.before.frame,
                )


# An event may report a state that it finds while the event for the cable is made.
STATE_BEFORE_PLUG_IN = Rule("the charging state before plug-in", "E02.FR.13", _judge_before_plug_in, Level.SHOULD)

STATE_RULES = (STATE_REPORTED, STATE_AND_REASON, STATE_AFTER_IDLE, STATE_BEFORE_PLUG_IN)
