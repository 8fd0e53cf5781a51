"""The stoppedReason of a transaction fits what has happened before."""

from collections.abc import Iterator, Mapping

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.rules.causes.known_causes import (
    DISCONNECTED,
    ENERGY_LIMITS,
    FAULTS,
    POWER,
    PRESENTED,
    PROFILES,
    REMOTE_STARTS,
    RESETS,
    Causes,
    any_of,
    boots,
    energy_offered,
    master_passes,
    own_events,
    refusals_of_tokens,
    requests,
    stop_requests,
)
from plugfest.lab.v201.rules.causes.trigger_reasons import events_before, is_connected
from plugfest.lab.v201.rules.transactions import Event, Transaction, transactions
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

FAULT_CAUSES = any_of(FAULTS, POWER, own_events("AbnormalCondition"))  # E06.FR.16: the fault has an event

STOP_REASONS: Mapping[str, Causes] = {
    "Local": PRESENTED,
    "MasterPass": master_passes,
    "Remote": stop_requests,
    "EVDisconnected": DISCONNECTED,
    "DeAuthorized": refusals_of_tokens,
    "ImmediateReset": RESETS,
    "PowerLoss": POWER,
    "StoppedByEV": energy_offered,
    "Timeout": own_events("EVConnectTimeout"),
    "EmergencyStop": FAULT_CAUSES,
    "GroundFault": FAULT_CAUSES,
    "OvercurrentFault": FAULT_CAUSES,
    "PowerQuality": FAULT_CAUSES,
}
"""The causes of the reasons that the lab knows all causes of."""

OTHER_STOP_REASONS: Mapping[str, Causes] = {
    "EnergyLimitReached": any_of(ENERGY_LIMITS, own_events("EnergyLimitReached")),
    "LocalOutOfCredit": own_events("EnergyLimitReached", "TimeLimitReached"),
    "Other": FAULT_CAUSES,
    "Reboot": any_of(POWER, RESETS, requests(m.UpdateFirmwareRequest), boots),
    "SOCLimitReached": own_events("EnergyLimitReached"),
    "TimeLimitReached": any_of(PROFILES, own_events("TimeLimitReached")),
}
"""The causes of the reasons that may also have one that the lab does not know."""

REQUESTED_STOPS = frozenset({"StopAuthorized", "RemoteStop", "Deauthorized", "ResetCommand"})
"""The trigger reasons of a stop that decides on the reason (Part 6 section 2.1, F03.FR.03, E05.FR.10, B12.FR.04)."""

STOPPING = REQUESTED_STOPS | {"EVCommunicationLost", "EVConnectTimeout"}
"""The trigger reasons of events with which a transaction begins to stop."""

STARTS = frozenset({"Authorized", "RemoteStart"})
"""The trigger reasons of an authorization, which may also come after a stop."""


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
                yield _unfit(event)


def _unfit(event: Event) -> Violation:
    return Violation(
        "TransactionEventRequest.transactionInfo.stoppedReason that fits what has happened",
        f"stoppedReason {given(event.message.transaction_info.stopped_reason)}",
        event.frame,
    )


def _fits(evidence: Evidence, transaction: Transaction, event: Event, reason: str) -> bool:
    """Whether a reason may be the right one, as far as the lab knows."""
    stop = _requested_stop(transaction, event)
    if reason in OTHER_STOP_REASONS:
        return stop is None or _has_cause(evidence, transaction, event, OTHER_STOP_REASONS[reason])
    if reason == "Timeout" and is_connected(evidence, transaction, event):
        return False
    if reason == "Local":
        return _is_stopped_locally(evidence, transaction, event)
    if reason == "StoppedByEV" and stop is not None:
        # E15.FR.04: the EV may stop with StopAuthorized, without a token.
        local = _is_stopped_locally(evidence, transaction, event)
        return stop.message.trigger_reason == "StopAuthorized" and not local
    return _has_cause(evidence, transaction, event, STOP_REASONS[reason])


def _requested_stop(transaction: Transaction, event: Event) -> Event | None:
    """The first stop on request, up to an event, that no new authorization has followed."""
    stop: Event | None = None
    for each in (*events_before(transaction, event), event):
        if each.message.trigger_reason in STARTS:
            stop = None
        elif stop is None and each.message.trigger_reason in REQUESTED_STOPS:
            stop = each
    return stop


def _has_cause(evidence: Evidence, transaction: Transaction, event: Event, causes: Causes) -> bool:
    return any(frame <= event.frame for frame in causes(evidence, transaction))


def _is_stopped_locally(evidence: Evidence, transaction: Transaction, event: Event) -> bool:
    """Whether a token was presented; not only the one that has started the transaction."""
    presented = sum(frame <= event.frame for frame in PRESENTED(evidence, transaction))
    if transaction.has_own_token:
        return presented > 0
    started = sum(frame <= event.frame for frame in REMOTE_STARTS(evidence, transaction))
    return presented > 0 and presented + started > 1


STOP_REASON = Rule("stoppedReason and what has happened", "E06.FR.08, ReasonEnumType", _judge_stop_reasons)


def _judge_other_stop_reasons(evidence: Evidence) -> Iterator[Violation]:
    for transaction in transactions(evidence):
        for event in transaction.events:
            causes = OTHER_STOP_REASONS.get(given(event.message.transaction_info.stopped_reason) or "")
            if (
                causes is not None
                and event.message.event_type == "Ended"
                and _requested_stop(transaction, event) is None
                and not _has_cause(evidence, transaction, event, causes)
            ):
                yield _unfit(event)


KNOWN_STOP_REASON = Rule(
    "a stoppedReason with a cause that the lab knows", "E07.FR.06", _judge_other_stop_reasons, Level.SHOULD
)
