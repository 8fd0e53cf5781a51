"""When the station could send a request: connected, accepted by the CSMS, and not waiting for an answer."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf
from typing import NamedTuple

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence, once


class Interval(NamedTuple):
    """From one loop time in seconds up to another one, which is not included."""

    start: float
    end: float

    def contains(self, at: float) -> bool:
        return self.start <= at < self.end


class ConnectionTimeline:
    """The connections during a case, and what else kept the station from sending. Times are loop times in seconds."""

    def __init__(self, evidence: Evidence) -> None:
        self._requests = evidence.recent_station_requests
        self._connected = list(_connected(evidence))
        self._blocked = [*self._disconnected(), *self._not_accepted(), *self._awaiting_answer()]

    def sendable_seconds(self, since: float, until: float, also_blocked: Iterable[Interval] = ()) -> float:
        """For how many seconds between two moments the station could have sent a request.

        `also_blocked` are further intervals in which it could not.
        """
        seconds, reached = 0.0, since
        for blocked in sorted([*self._blocked, *also_blocked]):
            if blocked.start >= until:
                break
            seconds += max(0.0, blocked.start - reached)
            reached = max(reached, blocked.end)
        return seconds + max(0.0, until - reached)

    def is_connected(self, at: float, *, margin: float) -> bool:
        """Whether one connection lasted from `margin` seconds before this moment until `margin` seconds after it."""
        return any(one.contains(at - margin) and one.contains(at + margin) for one in self._connected)

    def is_disconnected(self, at: float, *, margin: float) -> bool:
        """Whether there was no connection at this moment nor within `margin` seconds of it."""
        return not any(one.start <= at + margin and at - margin < one.end for one in self._connected)

    def _disconnected(self) -> Iterator[Interval]:
        connections = [Interval(-inf, -inf), *self._connected, Interval(inf, inf)]
        return (Interval(before.end, after.start) for before, after in pairwise(connections))

    def _not_accepted(self) -> Iterator[Interval]:
        """From the start of the connection with a BootNotification until the CSMS has accepted it (B02, B03)."""
        since: float | None = None
        for exchange in self._requests:
            if exchange.action == "BootNotification":
                since = self._start_of_connection(exchange.at) if since is None else since
                if exchange.answered_at is not None and getattr(exchange.response, "status", None) == "Accepted":
                    yield Interval(since, exchange.answered_at)
                    since = None
        if since is not None:
            yield Interval(since, inf)

    def _start_of_connection(self, at: float) -> float:
        """When the connection at this moment began."""
        return max((one.start for one in self._connected if one.start <= at), default=at)

    def _awaiting_answer(self) -> Iterator[Interval]:
        """While a request awaits its answer; without one until the next request shows that the station timed out."""
        for exchange, following in pairwise([*self._requests, None]):
            if exchange is not None:
                timed_out = inf if following is None else following.at
                yield Interval(exchange.at, timed_out if exchange.answered_at is None else exchange.answered_at)


connection_timeline = once(ConnectionTimeline)


def awaiting_retry(exchanges: Iterable[Exchange]) -> Iterator[Interval]:
    """While messages that are sent in order wait because one had no response (E13), until the next attempt."""
    for exchange, following in pairwise([*exchanges, None]):
        if exchange is not None and exchange.response is None:
            yield Interval(exchange.at, inf if following is None else following.at)


def _connected(evidence: Evidence) -> Iterator[Interval]:
    """The connections. They end with a network or power loss at the station, which the lab may detect later."""
    losses = [action.began for action in evidence.actions_of(ActionKind.NETWORK_DOWN, ActionKind.POWER_OFF)]
    for period in evidence.connection_periods:
        ended = inf if period.ended is None else period.ended
        yield Interval(period.began, min([ended, *(loss for loss in losses if period.began <= loss < ended)]))
