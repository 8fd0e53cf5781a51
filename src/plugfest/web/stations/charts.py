"""Charts of a charging session: one for each quantity, as the coordinates that the template draws."""

import math
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from plugfest.reports.model.wording import duration
from plugfest.station.control.samples import Sample

WIDTH: Final = 320.0
TOP, BOTTOM, HEIGHT = 8.0, 88.0, 104.0
RIGHT: Final = 280.0
"""Where the lines end; the values of the axis are beside it."""

_TOLERANCE: Final = 0.3
"""A point is left out if the line without it passes so close."""


class Line(msgspec.Struct, frozen=True):
    """`path` is that of SVG; `style` the class of the line."""

    style: str
    path: str


class Chart(msgspec.Struct, frozen=True):
    """`title` and `value` (the present one) are above the chart, `description` is for screen readers.

    `ticks` are pairs of y and text, `ends` is the text at the end of the time axis.
    """

    title: str
    value: str
    description: str
    ticks: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...]
    ends: str


class Quantity(msgspec.Struct, frozen=True):
    """What a chart shows: the values of each of its lines, in its unit, at a sample."""

    title: str
    unit: str
    digits: int
    values: Callable[[Sample], Sequence[float | None]]
    styles: Sequence[str]
    limit: Callable[[Sample], float] | None = None
    highest: float | None = None
    """The end of the axis; None: as the values need it."""


_PHASES: Final = ("series-1", "series-2", "series-3")

_POWER: Final = Quantity(
    "Power", "kW", 2, lambda one: (one.power / 1000,), ("series-1",), lambda one: one.offered / 1000
)
_CURRENT: Final = Quantity("Current", "A", 1, lambda one: one.currents, _PHASES)
_VOLTAGE: Final = Quantity("Voltage", "V", 0, lambda one: one.voltages, _PHASES)
_CHARGE: Final = Quantity("State of charge", "%", 1, lambda one: (one.state_of_charge,), ("series-4",), None, 100.0)
_ENERGY: Final = Quantity("Energy", "kWh", 3, lambda one: (one.energy / 1000,), ("series-3",))
QUANTITIES: Final = (_POWER, _CURRENT, _VOLTAGE, _CHARGE, _ENERGY)


def charts(samples: Sequence[Sample]) -> list[Chart]:
    """The charts of a session; none without samples."""
    return [_chart(quantity, samples) for quantity in QUANTITIES] if samples else []


def _chart(quantity: Quantity, samples: Sequence[Sample]) -> Chart:
    newest = quantity.values(samples[-1])
    by_line = [_points(samples, quantity, index) for index in range(len(newest))]
    limits = [] if quantity.limit is None else [(each.at, quantity.limit(each)) for each in samples]
    highest = quantity.highest or _round_up(max((value for line in [*by_line, limits] for _, value in line), default=0))
    seconds = max(samples[-1].at, 1.0)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        at, value = point
        return at / seconds * RIGHT, BOTTOM - min(value / highest, 1.0) * (BOTTOM - TOP)

    lines = [Line("limit", _path([place(one) for one in limits]))] if limits else []
    lines += [
        Line(style, _path([place(one) for one in line]))
        for style, line in zip(quantity.styles, by_line, strict=False)
        if line
    ]
    shown = " · ".join("-" if one is None else f"{one:.{quantity.digits}f}" for one in newest)
    return Chart(
        title=f"{quantity.title}, 3 phases" if len(newest) == len(_PHASES) else quantity.title,
        value=f"{shown} {quantity.unit}",
        description=f"{quantity.title} during {duration(seconds)}: now {shown} {quantity.unit}",
        ticks=tuple((BOTTOM - share * (BOTTOM - TOP), f"{highest * share:g}") for share in (0.0, 0.5, 1.0)),
        lines=tuple(lines),
        ends=duration(seconds),
    )


def _points(samples: Sequence[Sample], quantity: Quantity, index: int) -> list[tuple[float, float]]:
    return [
        (each.at, value) for each in samples for value in quantity.values(each)[index : index + 1] if value is not None
    ]


def _round_up(value: float) -> float:
    """The end of an axis: 1, 2, 2.5 or 5 times a power of ten, or ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10) if factor * power >= value * 0.9999)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _thinned(points))


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points without those that a straight line passes within the tolerance."""
    kept, last = [points[0]], points[0]
    low, high = -math.inf, math.inf  # the slopes from the last kept point that pass all later ones
    for point in points[1:]:
        if not low <= _slope(kept[-1], point) <= high:
            kept.append(last)
            low, high = -math.inf, math.inf
        low = max(low, _slope(kept[-1], point, -_TOLERANCE))
        high = min(high, _slope(kept[-1], point, _TOLERANCE))
        last = point
    return [*kept, last] if len(points) > 1 else kept


def _slope(start: tuple[float, float], end: tuple[float, float], above: float = 0.0) -> float:
    return (end[1] + above - start[1]) / max(end[0] - start[0], 1e-9)
