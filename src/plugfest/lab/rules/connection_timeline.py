"""When a station could speak: connected, registered, and waiting for no answer."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf
from typing import NamedTuple

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence


class Interval(NamedTuple):
    """From one loop time to another."""

    began: float
    ended: float

    def holds(self, at: float) -> bool:
        return self.began <= at < self.ended


class Line:
    """The line from the station to the lab, as far as the evidence of a case goes. Times are loop times in seconds."""

    def __init__(self, evidence: Evidence) -> None:
        self._said = list(evidence.said)
        self.up = list(_up(evidence))
        self._blocked = [*self._down(), *self._unregistered(), *self._waiting()]

    def free(self, since: float, until: float, besides: Iterable[Interval] = ()) -> float:
        """For how many seconds between two moments the station could have sent something.

        `besides` are further intervals in which it could not.
        """
        free, reached = 0.0, since
        for blocked in sorted([*self._blocked, *besides]):
            if blocked.began >= until:
                break
            free += max(0.0, blocked.began - reached)
            reached = max(reached, blocked.ended)
        return free + max(0.0, until - reached)

    def is_up(self, at: float, *, margin: float) -> bool:
        """Whether a connection lasted from `margin` seconds before that moment until as long after it."""
        return any(one.holds(at - margin) and one.holds(at + margin) for one in self.up)

    def is_down(self, at: float, *, margin: float) -> bool:
        """Whether there was no connection at that moment nor within `margin` seconds of it."""
        return not any(one.began <= at + margin and at - margin < one.ended for one in self.up)

    def _down(self) -> Iterator[Interval]:
        borders = [Interval(-inf, -inf), *self.up, Interval(inf, inf)]
        return (Interval(before.ended, after.began) for before, after in pairwise(borders))

    def _unregistered(self) -> Iterator[Interval]:
        """From the connection on which it boots until the CSMS has accepted it (B02, B03)."""
        since: float | None = None
        for one in self._said:
            if one.action == "BootNotification":
                since = self._connected(one.at) if since is None else since
                if one.answered_at is not None and getattr(one.response, "status", None) == "Accepted":
                    yield Interval(since, one.answered_at)
                    since = None
        if since is not None:
            yield Interval(since, inf)

    def _connected(self, at: float) -> float:
        """When the connection of that moment began."""
        return max((one.began for one in self.up if one.began <= at), default=at)

    def _waiting(self) -> Iterator[Interval]:
        """While a request waits for its answer; for one that got none, until the next one shows that it gave up."""
        for one, after in pairwise([*self._said, None]):
            if one is not None:
                given_up = inf if after is None else after.at
                yield Interval(one.at, given_up if one.answered_at is None else one.answered_at)


def undelivered(events: Iterable[Exchange]) -> Iterator[Interval]:
    """While messages that are sent in order wait because one was not taken (E13), until any is sent again."""
    for one, after in pairwise([*events, None]):
        if one is not None and one.response is None:
            yield Interval(one.at, inf if after is None else after.at)


def _up(evidence: Evidence) -> Iterator[Interval]:
    """The connections. One that the hands cut at the station's end looks alive at the lab's for a while."""
    cuts = [action.began for action in evidence.done(ActionKind.CUT_NETWORK, ActionKind.CUT_POWER)]
    for span in evidence.spans:
        ended = inf if span.ended is None else span.ended
        yield Interval(span.began, min([ended, *(cut for cut in cuts if span.began <= cut < ended)]))
