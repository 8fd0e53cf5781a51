"""A station waits for the answer to its request before it sends the next one."""

from collections.abc import Iterator
from itertools import pairwise

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule

PATIENCE = 2.0
"""Seconds. After more than that the station may have given up on the answer, and may go on."""


def one_call_at_a_time(clause: str) -> Rule:
    """No request while an earlier one was waiting for its answer, which it then got."""
    return Rule("one request at a time", clause, _judge)


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for before, one in pairwise(evidence.said):
        if _overtaken(before, one):
            yield Breach(f"{one.action}Request after the answer to the request before it", "before it", one.frame)


def _overtaken(before: Exchange, one: Exchange) -> bool:
    return one.at - before.at < PATIENCE and before.answered_in is not None and before.answered_in > one.frame
