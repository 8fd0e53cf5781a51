"""A station waits for the answer to its request before it sends the next one (Part 4 section 4.1.1)."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from plugfest.lab.exchanges import Exchange, exchanges
from plugfest.lab.record import Direction, Frame
from plugfest.lab.verdict import Finding
from plugfest.ocpp.versions import V201

PATIENCE = 2.0
"""Seconds. After more than that the station may have given up on the answer, and may go on."""


def judge(frames: Iterable[Frame]) -> Iterator[Finding]:
    """A finding for each request that came while an earlier one was waiting for its answer, which it then got."""
    for before, one in pairwise(one for one in exchanges(frames, V201) if one.by is Direction.FROM_STATION):
        if _overtaken(before, one):
            yield Finding(
                requirement="Part 4 section 4.1.1",
                expected=f"{one.action}Request after the answer to the request before it",
                actual="before it",
                frame=one.frame,
            )


def _overtaken(before: Exchange, one: Exchange) -> bool:
    return one.at - before.at < PATIENCE and before.answered_in is not None and before.answered_in > one.frame
