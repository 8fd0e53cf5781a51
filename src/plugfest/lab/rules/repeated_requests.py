"""Rules about requests that a station repeats: transaction-related messages and BootNotification."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from plugfest.lab.csms.registration import BOOT
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import Request

DeliveryKey = Callable[[Request[Any]], str | None]
"""Identifies a message that is retried until it is answered; None for any other message."""

TRIGGERS = ("TriggerMessage", "ExtendedTriggerMessage")

EVENT_FIELDS = ("timestamp", "event_type", "trigger_reason")
"""What a retry has in common with the message that it repeats."""

BOOT_INTERVAL_TOLERANCE = 1.0
"""Seconds: a station may measure the interval from its request, or in whole seconds."""


def no_retry_after_answer(clause: str, delivery_key: DeliveryKey) -> Rule:
    """No message is sent again on the same connection after it was answered."""
    return Rule("no retry after an answer", clause, partial(_judge_retries, delivery_key))


def _judge_retries(delivery_key: DeliveryKey, evidence: Evidence) -> Iterator[Violation]:
    sent: dict[str, Exchange] = {}
    for exchange in evidence.station_requests:
        key = None if exchange.request is None else delivery_key(exchange.request)
        if key is None:
            continue
        previous = sent.get(key)
        if previous is None or not _same_event(previous, exchange):
            pass  # another event with the same key is no retry: the rules about sequence numbers judge it
        elif _delivered(previous, exchange) and not _reconnected(evidence, previous, exchange):
            yield Violation(
                f"{exchange.action}Request {key} not sent again after it was answered", "sent again", exchange.frame
            )
        sent[key] = exchange


def _same_event(previous: Exchange, repeated: Exchange) -> bool:
    return all(
        getattr(previous.request, field, None) == getattr(repeated.request, field, None) for field in EVENT_FIELDS
    )


def _delivered(previous: Exchange, retry: Exchange) -> bool:
    """Whether the lab had answered before the retry; a CALLERROR is no delivery (E13.FR.02, 1.6 section 3.7.1)."""
    return previous.response is not None and previous.answered_in is not None and previous.answered_in < retry.frame


def repeated_boot_notification(clause: str) -> Rule:
    """No second BootNotification on a connection, except one for each trigger and after the interval of a response.

    Only a response that is not Accepted has such an interval.
    """
    return Rule("repeated BootNotification", clause, _judge_repeated_boot)


def _judge_repeated_boot(evidence: Evidence) -> Iterator[Violation]:
    previous: Exchange | None = None
    triggers = 0  # that no BootNotification has followed yet
    for exchange in evidence.exchanges:
        triggers += _is_trigger(exchange)
        if exchange.by is not Direction.FROM_STATION or exchange.action != BOOT:
            continue
        if previous is not None and not _reconnected(evidence, previous, exchange):
            expected = _expected_before_boot(previous, exchange)
            if expected is not None and not triggers:
                seconds = exchange.at - previous.at
                yield Violation(
                    expected, f"BootNotificationRequest {seconds:.1f} s after the previous request", exchange.frame
                )
            triggers -= expected is not None and triggers > 0
        previous = exchange


def _expected_before_boot(previous: Exchange, boot: Exchange) -> str | None:
    """What was to come before this BootNotification; None if the previous one failed or the interval is over."""
    if previous.answered_at is None or previous.response is None:
        return None
    status = getattr(previous.response, "status", None)
    if status == "Accepted":
        return "no BootNotificationRequest on the same connection after status Accepted"
    interval = float(getattr(previous.response, "interval", 0))
    if boot.at >= previous.answered_at + interval - BOOT_INTERVAL_TOLERANCE:
        return None
    return f"the next BootNotificationRequest {interval:g} s after the response with status {status}"


def _is_trigger(exchange: Exchange) -> bool:
    is_request = exchange.by is Direction.FROM_LAB and exchange.action in TRIGGERS
    return is_request and getattr(exchange.request, "requested_message", None) == BOOT


def _reconnected(evidence: Evidence, previous: Exchange, repeated: Exchange) -> bool:
    """Whether the station reconnected between the two requests, so that the first answer may be lost."""
    return any(previous.frame < period.first_frame <= repeated.frame for period in evidence.connection_periods)
