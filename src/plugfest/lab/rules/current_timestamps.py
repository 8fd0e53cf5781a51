"""A timestamp that means the current time is the time of sending, within the tolerance of the lab."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.connection_timeline import Interval, awaiting_retry, connection_timeline
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


def current_timestamps(clause: str, fields: TimestampFields, delivery_key: DeliveryKey) -> Rule:
    """Every deviation from the current time, as a recommendation: the line may be slow, the clock another one."""
    judge = partial(_judge, fields, delivery_key, lambda *_: True)
    return Rule("current timestamps", clause, judge, Level.SHOULD)


def delayed_timestamps(clause: str, fields: TimestampFields, delivery_key: DeliveryKey) -> Rule:
    """Messages that took longer than the tolerance, as a recommendation: the station is not to blame for its line."""
    judge = partial(_judge, fields, delivery_key, _may_be_delayed)
    return Rule("current timestamps", clause, judge, Level.SHOULD)


def wrong_timestamps(clause: str, fields: TimestampFields, delivery_key: DeliveryKey) -> Rule:
    """Timestamps that no line explains: in the future, or older than the time that a message may take."""
    judge = partial(_judge, fields, delivery_key, lambda *deviation: not _may_be_delayed(*deviation))
    return Rule("timestamps that are possible", clause, judge)


class _Deviation(NamedTuple):
    """How many seconds a message came late; None: its timestamp is in the future."""

    violation: Violation
    late: float | None


def _may_be_delayed(evidence: Evidence, deviation: _Deviation) -> bool:
    return deviation.late is not None and deviation.late <= evidence.settings.response_timeout


def _judge(
    fields: TimestampFields,
    delivery_key: DeliveryKey,
    is_judged: Callable[[Evidence, _Deviation], bool],
    evidence: Evidence,
) -> Iterator[Violation]:
    for exchange in _first_attempts(evidence, delivery_key):
        field = fields.get(type(exchange.request)) if exchange.request is not None else None
        if field is not None:
            sendable = partial(_sendable_seconds, evidence, delivery_key, exchange)
            for deviation in _deviations(evidence, exchange, field, sendable):
                if is_judged(evidence, deviation):
                    yield deviation.violation


def _sendable_seconds(evidence: Evidence, delivery_key: DeliveryKey, exchange: Exchange, since: float) -> float:
    """For how many seconds since a moment the station could have sent this request."""
    also_blocked = [*_in_sequence(evidence), *_lost_on_the_way(evidence)]
    if _key(delivery_key, exchange) is not None:
        queued = (each for each in evidence.station_requests if _key(delivery_key, each) is not None)
        also_blocked += awaiting_retry(queued)
    return connection_timeline(evidence).sendable_seconds(since, exchange.at, also_blocked)


def _in_sequence(evidence: Evidence) -> Iterator[Interval]:
    """Between an answer and the next request, if that follows at once: it may have been queued behind the other one."""
    for earlier, later in pairwise(evidence.recent_station_requests):
        answered = earlier.answered_at
        if answered is not None and later.at - answered <= evidence.settings.time_tolerance:
            yield Interval(answered, later.at)


def _lost_on_the_way(evidence: Evidence) -> Iterator[Interval]:
    """Before the end of a connection: what the station sent then may be lost, and sent again afterwards."""
    for period in evidence.connection_periods:
        if period.ended is not None:
            yield Interval(period.ended - evidence.settings.response_timeout, period.ended)


def _deviations(
    evidence: Evidence, exchange: Exchange, field: TimestampField, sendable_seconds: Callable[[float], float]
) -> Iterator[_Deviation]:
    tolerance = evidence.settings.time_tolerance
    name, received = f"{exchange.action}Request.{field.name}", exchange.time.isoformat()
    for timestamp in field.read(exchange.request):
        at = _loop_time(evidence, exchange, timestamp)
        late: float | None = None
        if abs(exchange.at - at) <= tolerance:
            continue
        if at > exchange.at:
            expected = f"{name} not more than {tolerance:g} s after {received}, when the lab received it"
        elif field.may_be_old or (late := sendable_seconds(at)) <= tolerance:
            continue
        else:
            expected = (
                f"{name} within {tolerance:g} s of {received}, when the lab received it: nothing kept the station from"
                " sending it earlier"
            )
        delay = "" if late is None else f", {late:.1f} s before"
        yield _Deviation(Violation(expected, f"{timestamp.isoformat()}{delay}", exchange.frame), late)


def _loop_time(evidence: Evidence, exchange: Exchange, timestamp: datetime) -> float:
    """The loop time of a timestamp, by the clock of the lab or by that of its computer, whichever the station has."""
    by_lab = exchange.loop_time(timestamp)
    return min((by_lab - step for step in (0.0, *evidence.clock_steps)), key=lambda at: abs(exchange.at - at))


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
