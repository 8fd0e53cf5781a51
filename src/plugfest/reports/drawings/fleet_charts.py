"""The charts of a fleet over time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from plugfest.fleet.results import Second
from plugfest.reports.drawings.line_chart import Line, LineChart

MOST_POINTS: Final = 600
"""Points of a line: more than these are averaged."""

_Value = Callable[[Second], float | None]


def connections_chart(seconds: Sequence[Second]) -> str:
    """How many stations are connected and accepted, and how many connections are opened a second, as SVG."""
    return _chart(
        "Connections",
        seconds,
        {
            "Stations": {"connected": lambda one: one.connected, "accepted": lambda one: one.accepted},
            "Connections opened a second": {"": lambda one: one.connection_rate},
        },
    )


def messages_chart(seconds: Sequence[Second]) -> str:
    """How many messages are exchanged a second, and the errors until then, as SVG."""
    return _chart(
        "Messages",
        seconds,
        {
            "Messages a second": {"": lambda one: one.message_rate},
            "Errors until then": {"": lambda one: one.errors},
        },
    )


def latency_chart(seconds: Sequence[Second]) -> str:
    """The latencies of each second, and the lag of the fleet itself, as SVG."""
    return _chart(
        "Latencies",
        seconds,
        {
            "Latency, ms": {"p50": lambda one: one.p50, "p90": lambda one: one.p90, "p99": lambda one: one.p99},
            "Lag of the fleet itself, ms": {"": lambda one: one.lag},
        },
    )


CHARTS: Final[Mapping[str, Callable[[Sequence[Second]], str]]] = {
    "connections": connections_chart,
    "messages": messages_chart,
    "latency": latency_chart,
}
"""The charts by their names."""


def _chart(title: str, seconds: Sequence[Second], panels: Mapping[str, Mapping[str, _Value]]) -> str:
    chart = LineChart(seconds[-1].at if seconds else 1.0, dots=False)
    for name, values in panels.items():
        lines = {each: _line(seconds, value) for each, value in values.items()}
        chart.add(name, {each: line for each, line in lines.items() if line} or {"": ((0.0, 0.0),)}, from_zero=True)
    return chart.svg(title)


def _line(seconds: Sequence[Second], value: _Value) -> Line:
    points = [(one.at, found) for one in seconds if (found := value(one)) is not None]
    size = -(-len(points) // MOST_POINTS) or 1
    return [_mean(points[first : first + size]) for first in range(0, len(points), size)]


def _mean(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(at for at, _ in points) / len(points), sum(value for _, value in points) / len(points)
