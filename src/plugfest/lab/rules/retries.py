"""What is sent until it is answered is sent again when it was not delivered, and only then."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.message import Request

Delivery = Callable[[Request[Any]], str | None]
"""What names a message that is sent until it is answered; None for any other message."""


def retries(clause: str, delivery: Delivery) -> Rule:
    """No message that was answered comes again over the same connection."""
    return Rule("nothing again that was answered", clause, partial(_judge, delivery))


def _judge(delivery: Delivery, evidence: Evidence) -> Iterator[Breach]:
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
