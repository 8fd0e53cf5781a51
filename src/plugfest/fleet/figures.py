"""What is counted of the stations of a fleet. The figures of several processes can be added."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from plugfest.fleet.histogram import Histogram

MAX_REASONS: Final = 50
"""How many reasons of errors are counted each by itself: a CSMS may put a new text into every answer."""

OTHER_REASONS: Final = "other reasons"


class Figures(msgspec.Struct, kw_only=True):
    """Counters since the start of the fleet, and how many stations are in a state now.

    `stations`: that were started; `connected`, `accepted`: with a connection, and by a BootNotification, now.
    `connections` that were opened and `lost`; `sent` and `received` messages, answers included. `opening`: how long it
    took to open a connection, until the WebSocket was open. `latencies`: from a request of a station to its answer, by
    action. `errors`: by reason.
    """

    stations: int = 0
    connected: int = 0
    accepted: int = 0
    connections: int = 0
    lost: int = 0
    sent: int = 0
    received: int = 0
    opening: Histogram = msgspec.field(default_factory=Histogram)
    latencies: dict[str, Histogram] = {}
    errors: dict[str, int] = {}

    def answered(self, action: str, seconds: float) -> None:
        """Count the latency of a request."""
        histogram = self.latencies.get(action)
        if histogram is None:
            histogram = self.latencies[action] = Histogram()
        histogram.add(seconds)

    def failed(self, reason: str, count: int = 1) -> None:
        """Count errors of this reason."""
        if reason not in self.errors and len(self.errors) >= MAX_REASONS:
            reason = OTHER_REASONS
        self.errors[reason] = self.errors.get(reason, 0) + count

    @property
    def messages(self) -> int:
        """Messages in both directions."""
        return self.sent + self.received

    @property
    def failures(self) -> int:
        """Errors of every reason."""
        return sum(self.errors.values())

    def latency(self) -> Histogram:
        """The latencies of all actions."""
        return merged(self.latencies.values())


COUNTERS: Final = ("stations", "connected", "accepted", "connections", "lost", "sent", "received")


def added(figures: Iterable[Figures]) -> Figures:
    """The sum of the figures of several processes."""
    total = Figures()
    for one in figures:
        for name in COUNTERS:
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.opening.merge(one.opening)
        for action, histogram in one.latencies.items():
            total.latencies.setdefault(action, Histogram()).merge(histogram)
        for reason, count in one.errors.items():
            total.failed(reason, count)
    return total


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """One histogram of all."""
    total = Histogram()
    for one in histograms:
        total.merge(one)
    return total


def most_frequent(errors: Mapping[str, int]) -> list[tuple[str, int]]:
    """The reasons of errors with their numbers, the most frequent one first."""
    return sorted(errors.items(), key=lambda item: (-item[1], item[0]))
