"""A timestamp that means the current time is the time of sending, within the tolerance of the lab."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connection_timeline import ConnectionTimeline, Interval, awaiting_retry
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.repeated_requests import DeliveryKey
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import Request


class TimestampField(NamedTuple):
    """A field with the time at which a message was made, or at which what it reports happened.

    `may_be_old`: it may report what has been so for a long time; only a time in the future is wrong.
    """

    name: str
    read: Callable[[Any], Sequence[datetime]]
    may_be_old: bool = False


TimestampFields = Mapping[type[Request[Any]], TimestampField]


def current_timestamps(
    clause: str, fields: TimestampFields, delivery_key: DeliveryKey, level: Level = Level.SHALL
) -> Rule:
    """The timestamps of these messages. Messages with a delivery key also wait for those that were queued first."""
    return Rule("current timestamps", clause, partial(_judge, fields, delivery_key), level)


def _judge(fields: TimestampFields, delivery_key: DeliveryKey, evidence: Evidence) -> Iterator[Violation]:
    timeline = ConnectionTimeline(evidence)
    queued = (exchange for exchange in evidence.station_requests if _key(delivery_key, exchange) is not None)
    retry_intervals = list(awaiting_retry(queued))
    for exchange in _first_attempts(evidence, delivery_key):
        field = fields.get(type(exchange.request)) if exchange.request is not None else None
        if field is not None:
            also_blocked = retry_intervals if _key(delivery_key, exchange) is not None else ()
            yield from _deviations(exchange, field, timeline, also_blocked, evidence.settings.time_tolerance)


def _deviations(
    exchange: Exchange,
    field: TimestampField,
    timeline: ConnectionTimeline,
    also_blocked: Sequence[Interval],
    tolerance: float,
) -> Iterator[Violation]:
    name, received = f"{exchange.action}Request.{field.name}", exchange.time.isoformat()
    for timestamp in field.read(exchange.request):
        at = exchange.loop_time(timestamp)
        if at > exchange.at + tolerance:
            expected = f"{name} not more than {tolerance:g} s after {received}, when the lab received it"
        elif not field.may_be_old and timeline.sendable_seconds(at, exchange.at, also_blocked) > tolerance:
            expected = (
                f"{name} within {tolerance:g} s of {received}, when the lab received it: nothing kept the station from"
                " sending it earlier"
            )
        else:
            continue
        yield Violation(expected, timestamp.isoformat(), exchange.frame)


def _first_attempts(evidence: Evidence, delivery_key: DeliveryKey) -> Iterator[Exchange]:
    """Every request without the retries, which keep their timestamp (E13)."""
    sent = set[str]()
    for exchange in evidence.station_requests:
        key = _key(delivery_key, exchange)
        if key is None or key not in sent:
            yield exchange
        if key is not None:
            sent.add(key)


def _key(delivery_key: DeliveryKey, exchange: Exchange) -> str | None:
    return None if exchange.request is None else delivery_key(exchange.request)
