"""What a campaign measured, as pictures: how fast the station answered, and what it metered."""

import math
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Final

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.reports.drawings.svg import BAD, INK, LAB, QUIET, RULE, STATION, Layer, picture, width
from plugfest.reports.evidence.meter_values import Quantity, Sample, samples
from plugfest.reports.model.report import Report

BREADTH: Final = 440
LEFT, RIGHT = 8.0, 432.0
SIZE: Final = 11
MIDDLE, END = ' text-anchor="middle"', ' text-anchor="end"'

QUICKEST: Final = 1e-4  # seconds: what is less is drawn there, for a logarithm has no zero
STRIP: Final = 38.0  # the height of an action's row

PANEL: Final = 130.0
AXIS: Final = 44.0  # left of a panel, for its numbers
SERIES: Final = (STATION, LAB, "#8f5a00", "#2d7a4b", "#a0356b", "#4a4f55")
DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "1 2.5", "10 4")
QUANTITIES: Final[tuple[tuple[Quantity, str], ...]] = (("energy", "Energy, kWh"), ("power", "Power, kW"))


def response_times(report: Report) -> str:
    """How long the station took to answer, as a strip per action of the lab on a logarithmic axis; the slowest on top.

    Empty where the clock was simulated: then nothing was measured.
    """
    if report.run.clock != "real":
        return ""
    times = sorted(_response_times(report).items(), key=lambda one: (-median(one[1]), one[0]))
    return _strips(times, _limit(report)) if times else ""


def _response_times(report: Report) -> dict[str, list[float]]:
    """Seconds from each request of the lab to the station's answer, by action."""
    asked: dict[str, tuple[str, float]] = {}
    found: dict[str, list[float]] = {}
    for frame in report.frames:
        message = parsed(frame.text)
        if isinstance(message, wire.Call) and frame.direction == "lab":
            asked[message.message_id] = message.action, frame.at
        elif message is not None and frame.direction == "station" and message.message_id in asked:
            action, since = asked.pop(message.message_id)
            found.setdefault(action, []).append(frame.at - since)
    return found


def _limit(report: Report) -> float | None:
    return next((one.limit for one in report.performance if one.key == "response"), None)


def _strips(times: Sequence[tuple[str, Sequence[float]]], limit: float | None) -> str:
    every = [max(one, QUICKEST) for _, some in times for one in some]
    low = math.floor(math.log10(min(every)))
    high = max(math.ceil(math.log10(max(*every, limit or 0))), low + 1)

    def x(seconds: float) -> float:
        return LEFT + 20 + (math.log10(max(seconds, QUICKEST)) - low) / (high - low) * (RIGHT - LEFT - 40)

    bottom = 20 + STRIP * len(times)
    grid, lines = Layer("line rule", f'stroke="{RULE}"'), Layer("line bad", f'stroke="{BAD}" stroke-dasharray="4 3"')
    dots = Layer("fill station", f'fill="{STATION}" fill-opacity=".45"')
    medians = Layer("line ink", f'stroke="{INK}" stroke-width="2"')
    ink, quiet, bad = _texts()
    for power in range(low, high + 1):
        grid.stroke("M", x(10.0**power), 18, "V", bottom)
        for y in (12.0, bottom + 14):
            quiet.text(x(10.0**power), y, _duration(10.0**power), MIDDLE)
    if limit is not None:
        lines.stroke("M", x(limit), 18, "V", bottom)
        bad.text(x(limit), bottom + 28, f"limit {_duration(limit)}", END)
    for place, (action, some) in enumerate(times):
        y = 20 + STRIP * place
        ink.text(LEFT, y + 13, _summary(some), "", action)
        for one in some:
            dots.circle(x(one), y + 25, 3)
        medians.stroke("M", x(median(some)), y + 19.5, "V", y + 30.5)
    said = "; ".join(f"{action} {_summary(some)}" for action, some in times)
    title = "Response times of the station by message"
    return picture("chart", BREADTH, bottom + 34, title, f"{said}.", (grid, lines, dots, medians, ink, quiet, bad))


def _summary(times: Sequence[float]) -> str:
    if len(times) == 1:
        return f"once, {_duration(times[0])}"
    return f"{len(times)} times, median {_duration(median(times))}, most {_duration(max(times))}"


def _duration(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 0.9995 else f"{seconds * 1000:.3g} ms"


def energy_and_power(report: Report) -> str:
    """What the station metered over the campaign, a line per connector; empty where it metered nothing."""
    every = samples(report)
    connectors = sorted({one.connector for one in every})
    panels = [(title, [one for one in every if one.quantity == quantity]) for quantity, title in QUANTITIES]
    panels = [(title, some) for title, some in panels if some]
    if not panels:
        return ""
    sheet = _Sheet(connectors, until=max(one.at for one in every))
    for title, some in panels:
        sheet.panel(title, some)
    return sheet.svg()


class _Sheet:
    """Panels below each other with one axis of time, in seconds since the campaign began."""

    def __init__(self, connectors: Sequence[str], until: float) -> None:
        self._connectors = connectors
        self._until = max(until, 1.0)
        self._grid = Layer("line rule", f'stroke="{RULE}"')
        self._ink, self._quiet = Layer("ink", f'fill="{INK}"'), Layer("quiet", f'fill="{QUIET}"')
        self._lines = [Layer(f"line series-{_style(place)}", _line(place)) for place in range(len(connectors))]
        self._dots = [
            Layer(f"fill series-{_style(place)}", f'fill="{SERIES[_style(place)]}"') for place in range(len(connectors))
        ]
        self._said: list[str] = []
        self._y = self._legend()

    def _legend(self) -> float:
        """What each line is. Returns where the drawing goes on."""
        x, y = LEFT, 14.0
        for name, line in zip(self._connectors, self._lines, strict=True):
            if x + 30 + width(name, SIZE) > RIGHT:
                x, y = LEFT, y + 18
            line.stroke("M", x, y - 4, "H", x + 24)
            self._ink.text(x + 30, y, name)
            x += 30 + width(name, SIZE) + 16
        return y + 10

    def panel(self, title: str, some: Sequence[Sample]) -> None:
        """The samples of a quantity."""
        bottom = self._y + 26 + PANEL
        step = _step(max(one.value for one in some) - min(0.0, *(one.value for one in some)), 4)
        low = min(0, math.floor(min(one.value for one in some) / step))
        high = max(math.ceil(max(one.value for one in some) / step), low + 1)

        def y(value: float) -> float:
            return bottom - (value / step - low) / (high - low) * PANEL

        self._ink.text(LEFT, self._y + 14, "", "", title)
        for place in range(low, high + 1):
            self._grid.stroke("M", AXIS, y(place * step), "H", RIGHT)
            self._quiet.text(AXIS - 6, y(place * step) + 4, f"{place * step:.6g}", END)
        self._time_axis(bottom)
        for name, line, dots in zip(self._connectors, self._lines, self._dots, strict=True):
            here = [one for one in some if one.connector == name]
            for run in _runs(here):
                points = [(self._x(one.at), y(one.value)) for one in run]
                line.stroke("M", *(part for place, point in enumerate(points) for part in ("L" * (place > 0), *point)))
                for point in points:
                    dots.circle(*point, 1.6)
            if here:
                self._said.append(f"{title}, {name}: {len(here)} values, most {max(one.value for one in here):.6g}")
        self._y = bottom + 26

    def _time_axis(self, y: float) -> None:
        unit, seconds = next(((unit, size) for unit, size in UNITS if self._until >= 2 * size), UNITS[-1])
        step = _step(self._until / seconds, 5)
        for place in range(math.floor(self._until / seconds / step) + 1):
            self._quiet.text(self._x(place * step * seconds), y + 16, f"{place * step:g} {unit}", MIDDLE)

    def _x(self, at: float) -> float:
        return AXIS + 8 + at / self._until * (RIGHT - AXIS - 20)

    def svg(self) -> str:
        title = "Energy and power over the campaign"
        layers = (self._grid, *self._lines, *self._dots, self._ink, self._quiet)
        return picture("chart", BREADTH, self._y, title, f"{'; '.join(self._said)}.", layers)


UNITS: Final = (("h", 3600.0), ("min", 60.0), ("s", 1.0))


def _style(place: int) -> int:
    return place % len(SERIES)


def _line(place: int) -> str:
    dashes = f' stroke-dasharray="{DASHES[_style(place)]}"' if DASHES[_style(place)] else ""
    return f'fill="none" stroke="{SERIES[_style(place)]}" stroke-width="1.6" stroke-linejoin="round"{dashes}'


def _runs(some: Iterable[Sample]) -> Iterator[list[Sample]]:
    """The samples of each transaction: no line leads from one to the next, for nobody knows what was between."""
    found: dict[str, list[Sample]] = {}
    for one in some:
        if one.run is None:
            yield [one]
        else:
            found.setdefault(one.run, []).append(one)
    yield from found.values()


def _step(extent: float, most: int) -> float:
    """A round distance, so that at most so many of them are in the extent."""
    least = max(extent, 1e-6) / most
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * 0.9999)


def _texts() -> tuple[Layer, Layer, Layer]:
    return Layer("ink", f'fill="{INK}"'), Layer("quiet", f'fill="{QUIET}"'), Layer("fill bad", f'fill="{BAD}"')
