"""What is sent until it is answered is sent again when it was not delivered, and only then."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.message import Request

Delivery = Callable[[Request[Any]], str | None]
"""What names a message that is sent until it is answered; None for any other message."""


def retries(clause: str, delivery: Delivery) -> Rule:
    """No message that was answered comes again over the same connection."""
    return Rule("nothing again that was answered", clause, partial(_judge_retries, delivery))


def _judge_retries(delivery: Delivery, evidence: Evidence) -> Iterator[Breach]:
    sent: dict[str, Exchange] = {}
    for one in evidence.said:
        name = None if one.request is None else delivery(one.request)
        if name is None:
            continue
        before = sent.get(name)
        if before and _delivered(before, one) and not _reconnected(evidence, before, one):
            yield Breach(f"{one.action}Request {name} once: it was answered", "sent again", one.frame)
        sent[name] = one


def _delivered(before: Exchange, again: Exchange) -> bool:
    """Whether the lab had taken it when it came again; with a CALLERROR it did not (E13.FR.02, 1.6 section 3.7.1)."""
    return before.response is not None and before.answered_in is not None and before.answered_in < again.frame


def _reconnected(evidence: Evidence, before: Exchange, again: Exchange) -> bool:
    """Whether the answer may have been on its way when the connection broke, and never have arrived."""
    return any(before.at < span.began <= again.at for span in evidence.spans)


TRIGGERS = ("TriggerMessage", "ExtendedTriggerMessage")

EARLY = 1.0
"""Seconds that a station may count otherwise than the lab: from its request on, or without fractions."""


def boot_again(clause: str) -> Rule:
    """No second BootNotification on a connection, but after the interval of an answer that was no yes."""
    return Rule("BootNotification again when it is time", clause, _judge_repeated_boot)


def _judge_repeated_boot(evidence: Evidence) -> Iterator[Breach]:
    for before, one in pairwise(one for one in evidence.said if one.action == "BootNotification"):
        if not _reconnected(evidence, before, one) and not _triggered(evidence, before, one):
            expected = _too_early(before, one)
            if expected is not None:
                yield Breach(expected, f"after {one.at - before.at:.1f} s", one.frame)


def _too_early(before: Exchange, one: Exchange) -> str | None:
    """What was to be waited for. A request that nobody answered, or that was refused, may be tried again."""
    if before.answered_at is None or before.response is None:
        return None
    if getattr(before.response, "status", None) == "Accepted":
        return "no BootNotificationRequest of a station that is accepted and has stayed connected"
    interval = float(getattr(before.response, "interval", 0))
    if one.at >= before.answered_at + interval - EARLY:
        return None
    return f"the next BootNotificationRequest {interval:g} s after the answer to the one before it"


def _triggered(evidence: Evidence, before: Exchange, one: Exchange) -> bool:
    return any(
        asked.action in TRIGGERS
        and before.at <= asked.at <= one.at
        and getattr(asked.request, "requested_message", None) == "BootNotification"
        for asked in evidence.asked
    )
