"""A timestamp that says "now" is now, give or take the tolerance of the laboratory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connection_timeline import Interval, Line, undelivered
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.repeated_requests import Delivery
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request


class Stamp(NamedTuple):
    """Where a message says when that happened which it tells, or when it was made.

    `of_old`: it may tell of what has long been so, and only the future is out of the question.
    """

    name: str
    read: Callable[[Any], Sequence[datetime]]
    of_old: bool = False


Stamps = Mapping[type[Request[Any]], Stamp]


def time_of_now(clause: str, stamps: Stamps, delivery: Delivery, level: Level = Level.SHALL) -> Rule:
    """The time of every message of these kinds. What has a `delivery` waits for what is delivered before it."""
    return Rule("the time of what happens now", clause, partial(_judge, stamps, delivery), level)


def _judge(stamps: Stamps, delivery: Delivery, evidence: Evidence) -> Iterator[Breach]:
    line = Line(evidence)
    delayed = list(undelivered(one for one in evidence.said if _name(delivery, one) is not None))
    for one in _first_sent(evidence, delivery):
        stamp = stamps.get(type(one.request)) if one.request is not None else None
        if stamp is not None:
            waits = delayed if _name(delivery, one) is not None else ()
            yield from _misses(one, stamp, line, waits, evidence.settings.time_tolerance)


def _misses(one: Exchange, stamp: Stamp, line: Line, waits: Sequence[Interval], tolerance: float) -> Iterator[Breach]:
    for moment in stamp.read(one.request):
        at = one.loop_time(moment)
        if at > one.at + tolerance or (not stamp.of_old and line.free(at, one.at, waits) > tolerance):
            yield Breach(
                f"{one.action}Request.{stamp.name} within {tolerance:g} s of {one.time.isoformat()}, when it was sent"
                " and could have been",
                moment.isoformat(),
                one.frame,
            )


def _first_sent(evidence: Evidence, delivery: Delivery) -> Iterator[Exchange]:
    """Every request but those that are tried again, which are as old as they were (E13)."""
    sent = set[str]()
    for one in evidence.said:
        name = _name(delivery, one)
        if name is None or name not in sent:
            yield one
        if name is not None:
            sent.add(name)


def _name(delivery: Delivery, one: Exchange) -> str | None:
    return None if one.request is None else delivery(one.request)
