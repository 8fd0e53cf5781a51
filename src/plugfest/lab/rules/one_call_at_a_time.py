"""A station waits for the answer to its request before it sends the next one."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from plugfest.lab.exchanges import Exchange
from plugfest.lab.record import Direction
from plugfest.lab.verdict import Finding

PATIENCE = 2.0
"""Seconds. After more than that the station may have given up on the answer, and may go on."""


def judge(record: Sequence[Exchange], clause: str) -> Iterator[Finding]:
    """A finding for each request that came while an earlier one was waiting for its answer, which it then got."""
    for before, one in pairwise(one for one in record if one.by is Direction.FROM_STATION):
        if _overtaken(before, one):
            yield Finding(
                requirement=clause,
                expected=f"{one.action}Request after the answer to the request before it",
                actual="before it",
                frame=one.frame,
            )


def _overtaken(before: Exchange, one: Exchange) -> bool:
    return one.at - before.at < PATIENCE and before.answered_in is not None and before.answered_in > one.frame
