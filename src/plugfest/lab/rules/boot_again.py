"""A station that stays connected introduces itself once, and again only if the CSMS lets it wait or asks for it."""

from collections.abc import Iterator
from itertools import pairwise

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule

TRIGGERS = ("TriggerMessage", "ExtendedTriggerMessage")

EARLY = 1.0
"""Seconds that a station may count otherwise than the lab: from its request on, or without fractions."""


def boot_again(clause: str) -> Rule:
    """No second BootNotification on a connection, but after the interval of an answer that was no yes."""
    return Rule("BootNotification again when it is time", clause, _judge)


def _judge(evidence: Evidence) -> Iterator[Breach]:
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


def _reconnected(evidence: Evidence, before: Exchange, one: Exchange) -> bool:
    return any(before.at < span.began <= one.at for span in evidence.spans)


def _triggered(evidence: Evidence, before: Exchange, one: Exchange) -> bool:
    return any(
        asked.action in TRIGGERS
        and before.at <= asked.at <= one.at
        and getattr(asked.request, "requested_message", None) == "BootNotification"
        for asked in evidence.asked
    )
