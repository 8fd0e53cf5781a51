"""The figures of a fleet over time, and the result that is made of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from plugfest.fleet.figures import Figures, most_frequent
from plugfest.fleet.histogram import Histogram
from plugfest.fleet.worker import WorkerReport

Phase: TypeAlias = Literal["preparing", "running", "ended"]

FORMAT_VERSION = 1


class FleetDescription(msgspec.Struct, frozen=True, kw_only=True):
    """How a fleet was started. `products`: how many stations are of each; `workers`: processes, on `where`.

    `rate`: connections a second; `duration` in seconds, None: until it is stopped; `sources`: source addresses.
    """

    software: str
    started_at: datetime
    csms_url: str
    stations: int
    products: Mapping[str, int]
    identity: str
    rate: float
    seed: int
    scenario: str | None
    misbehaving: tuple[str, ...]
    sources: tuple[str, ...]
    workers: int
    where: str
    duration: float | None


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution of durations in milliseconds; None if there is none."""

    count: int
    p50: float | None
    p90: float | None
    p99: float | None
    longest: float | None


class Second(msgspec.Struct, frozen=True, kw_only=True):
    """The fleet at one moment: `at` seconds after the first station was permitted to connect.

    `prepared` to `received` as in Figures and WorkerReport; `errors`: all until now. The rest is about the time since
    the line before: `connection_rate` and `message_rate` a second, quantiles of the latency in milliseconds, and the
    `lag` of the fleet itself, by which latencies may be too long, in milliseconds.
    """

    at: float
    prepared: int
    stations: int
    connected: int
    accepted: int
    connections: int
    lost: int
    sent: int
    received: int
    errors: int
    connection_rate: float
    message_rate: float
    p50: float | None
    p90: float | None
    p99: float | None
    lag: float


class FleetResult(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a fleet. `now`: the newest second; `fastest_connecting` and `most_messages`: the highest rates.

    `opening`: how long connections took to open. `latencies`: from a request of a station to its answer, by action.
    `errors`: by reason, the most frequent one first. `reason`: why the fleet has ended; empty while it runs.
    """

    format_version: int = msgspec.field(name="format", default=FORMAT_VERSION)
    fleet: FleetDescription
    phase: Phase
    reason: str = ""
    now: Second
    fastest_connecting: float
    most_messages: float
    opening: Latency
    latency: Latency
    latencies: Mapping[str, Latency]
    errors: Mapping[str, int]

    @property
    def all_accepted(self) -> bool:
        """Whether the CSMS has accepted every station, and each has a connection."""
        return self.now.accepted >= self.fleet.stations


class History:
    """Makes seconds and results of reports, one after the other."""

    def __init__(self, fleet: FleetDescription) -> None:
        self.fleet = fleet
        self._before_at = 0.0
        self._before = Figures()
        self._before_latency = Histogram()
        self._fastest_connecting = self._most_messages = 0.0

    def add(self, report: WorkerReport, at: float, phase: Phase, reason: str = "") -> FleetResult:
        """The result up to this report."""
        second = self._second(report, at)
        self._fastest_connecting = max(self._fastest_connecting, second.connection_rate)
        self._most_messages = max(self._most_messages, second.message_rate)
        figures = report.figures
        return FleetResult(
            fleet=self.fleet,
            phase=phase,
            reason=reason,
            now=second,
            fastest_connecting=self._fastest_connecting,
            most_messages=self._most_messages,
            opening=latency_of(figures.opening),
            latency=latency_of(self._before_latency),
            latencies={action: latency_of(each) for action, each in sorted(figures.latencies.items())},
            errors=dict(most_frequent(figures.errors)),
        )

    def _second(self, report: WorkerReport, at: float) -> Second:
        figures, before = report.figures, self._before
        latency = figures.latency()
        new = latency_of(latency.since(self._before_latency))
        seconds = at - self._before_at
        second = Second(
            at=round(at, 3),
            prepared=report.prepared,
            stations=figures.stations,
            connected=figures.connected,
            accepted=figures.accepted,
            connections=figures.connections,
            lost=figures.lost,
            sent=figures.sent,
            received=figures.received,
            errors=figures.failures,
            connection_rate=_rate(figures.connections - before.connections, seconds),
            message_rate=_rate(figures.messages - before.messages, seconds),
            p50=new.p50,
            p90=new.p90,
            p99=new.p99,
            lag=round(report.lag * 1000, 1),
        )
        self._before_at, self._before, self._before_latency = at, figures, latency
        return second


def latency_of(histogram: Histogram) -> Latency:
    """The quantiles of a histogram."""
    return Latency(
        count=histogram.count,
        p50=_milliseconds(histogram.quantile(0.5)),
        p90=_milliseconds(histogram.quantile(0.9)),
        p99=_milliseconds(histogram.quantile(0.99)),
        longest=_milliseconds(histogram.longest if histogram.counts else None),
    )


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


def _rate(count: int, seconds: float) -> float:
    return round(count / seconds, 1) if seconds > 0 else 0.0
