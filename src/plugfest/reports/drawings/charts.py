"""Charts of a campaign: the station's response times, and the energy and power that it metered."""

import math
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Final

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.reports.drawings.svg import (
    BORDER,
    FAILURE,
    LAB,
    MUTED,
    STATION,
    TEXT_COLOUR,
    Layer,
    svg_document,
    text_width,
)
from plugfest.reports.evidence.meter_values import Quantity, Sample, samples
from plugfest.reports.model.report import Report

WIDTH: Final = 440
LEFT, RIGHT = 8.0, 432.0
FONT_SIZE: Final = 11
MIDDLE, END = ' text-anchor="middle"', ' text-anchor="end"'

MIN_RESPONSE_TIME: Final = 1e-4  # seconds; faster responses are drawn here, as a logarithmic axis has no zero
ROW_HEIGHT: Final = 38.0  # of an action

PANEL_HEIGHT: Final = 130.0
AXIS: Final = 44.0  # x of the vertical axis
SERIES_COLOURS: Final = (STATION, LAB, "#8f5a00", "#2d7a4b", "#a0356b", "#4a4f55")
SERIES_DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "1 2.5", "10 4")
QUANTITIES: Final[tuple[tuple[Quantity, str], ...]] = (("energy", "Energy, kWh"), ("power", "Power, kW"))
TIME_UNITS: Final = (("h", 3600.0), ("min", 60.0), ("s", 1.0))


def response_times(report: Report) -> str:
    """The station's response times as SVG: a row per action on a logarithmic axis, the slowest action on top.

    Empty if the clock was simulated: then nothing was measured.
    """
    if report.run.clock != "real":
        return ""
    times = sorted(_response_times(report).items(), key=lambda item: (-median(item[1]), item[0]))
    return _response_time_chart(times, _limit(report)) if times else ""


def _response_times(report: Report) -> dict[str, list[float]]:
    """Seconds from each request of the lab to the station's answer, by action."""
    requests: dict[str, tuple[str, float]] = {}
    found: dict[str, list[float]] = {}
    for frame in report.frames:
        message = parsed(frame.text)
        if isinstance(message, wire.Call) and frame.direction == "lab":
            requests[message.message_id] = message.action, frame.at
        elif message is not None and frame.direction == "station" and message.message_id in requests:
            action, sent_at = requests.pop(message.message_id)
            found.setdefault(action, []).append(frame.at - sent_at)
    return found


def _limit(report: Report) -> float | None:
    return next((indicator.limit for indicator in report.performance if indicator.key == "response"), None)


def _response_time_chart(times: Sequence[tuple[str, Sequence[float]]], limit: float | None) -> str:
    every = [max(seconds, MIN_RESPONSE_TIME) for _, action_times in times for seconds in action_times]
    low = math.floor(math.log10(min(every)))
    high = max(math.ceil(math.log10(max(*every, limit or 0))), low + 1)

    def x(seconds: float) -> float:
        return LEFT + 20 + (math.log10(max(seconds, MIN_RESPONSE_TIME)) - low) / (high - low) * (RIGHT - LEFT - 40)

    bottom = 20 + ROW_HEIGHT * len(times)
    grid = Layer("line grid", f'stroke="{BORDER}"')
    limit_line = Layer("line failure", f'stroke="{FAILURE}" stroke-dasharray="4 3"')
    dots = Layer("fill station", f'fill="{STATION}" fill-opacity=".45"')
    medians = Layer("line text", f'stroke="{TEXT_COLOUR}" stroke-width="2"')
    text, muted = Layer("text", f'fill="{TEXT_COLOUR}"'), Layer("muted", f'fill="{MUTED}"')
    limit_text = Layer("fill failure", f'fill="{FAILURE}"')
    for power in range(low, high + 1):
        grid.stroke("M", x(10.0**power), 18, "V", bottom)
        for y in (12.0, bottom + 14):
            muted.text(x(10.0**power), y, _duration(10.0**power), MIDDLE)
    if limit is not None:
        limit_line.stroke("M", x(limit), 18, "V", bottom)
        limit_text.text(x(limit), bottom + 28, f"limit {_duration(limit)}", END)
    for row, (action, action_times) in enumerate(times):
        y = 20 + ROW_HEIGHT * row
        text.text(LEFT, y + 13, _summary(action_times), "", action)
        for seconds in action_times:
            dots.circle(x(seconds), y + 25, 3)
        medians.stroke("M", x(median(action_times)), y + 19.5, "V", y + 30.5)
    description = "; ".join(f"{action} {_summary(action_times)}" for action, action_times in times)
    layers = (grid, limit_line, dots, medians, text, muted, limit_text)
    title = "Response times of the station by message"
    return svg_document("chart", WIDTH, bottom + 34, title, f"{description}.", layers)


def _summary(times: Sequence[float]) -> str:
    if len(times) == 1:
        return f"once, {_duration(times[0])}"
    return f"{len(times)} times, median {_duration(median(times))}, maximum {_duration(max(times))}"


def _duration(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 0.9995 else f"{seconds * 1000:.3g} ms"


def energy_and_power(report: Report) -> str:
    """The station's meter values over time as SVG, a line per transaction; empty if there are none."""
    every = samples(report)
    connectors = sorted({sample.connector for sample in every})
    panels = [(title, [sample for sample in every if sample.quantity == quantity]) for quantity, title in QUANTITIES]
    panels = [(title, panel_samples) for title, panel_samples in panels if panel_samples]
    if not panels:
        return ""
    chart = _MeterValueChart(connectors, until=max(sample.at for sample in every))
    for title, panel_samples in panels:
        chart.add_panel(title, panel_samples)
    return chart.svg()


class _MeterValueChart:
    """Panels below each other with the same time axis, in seconds since the campaign began."""

    def __init__(self, connectors: Sequence[str], until: float) -> None:
        self._connectors = connectors
        self._until = max(until, 1.0)
        self._grid = Layer("line grid", f'stroke="{BORDER}"')
        self._text, self._muted = Layer("text", f'fill="{TEXT_COLOUR}"'), Layer("muted", f'fill="{MUTED}"')
        styles = [index % len(SERIES_COLOURS) for index in range(len(connectors))]
        self._lines = [Layer(f"line series-{style}", _line_style(style)) for style in styles]
        self._dots = [Layer(f"fill series-{style}", f'fill="{SERIES_COLOURS[style]}"') for style in styles]
        self._descriptions: list[str] = []
        self._y = self._draw_legend()

    def _draw_legend(self) -> float:
        """Returns the y below the legend."""
        x, y = LEFT, 14.0
        for name, line in zip(self._connectors, self._lines, strict=True):
            if x + 30 + text_width(name, FONT_SIZE) > RIGHT:
                x, y = LEFT, y + 18
            line.stroke("M", x, y - 4, "H", x + 24)
            self._text.text(x + 30, y, name)
            x += 30 + text_width(name, FONT_SIZE) + 16
        return y + 10

    def add_panel(self, title: str, panel_samples: Sequence[Sample]) -> None:
        """Draw the samples of a quantity below the other panels."""
        values = [sample.value for sample in panel_samples]
        bottom = self._y + 26 + PANEL_HEIGHT
        step = _step(max(values) - min(0.0, *values), 4)
        low = min(0, math.floor(min(values) / step))
        high = max(math.ceil(max(values) / step), low + 1)

        def y(value: float) -> float:
            return bottom - (value / step - low) / (high - low) * PANEL_HEIGHT

        self._text.text(LEFT, self._y + 14, "", "", title)
        for multiple in range(low, high + 1):
            self._grid.stroke("M", AXIS, y(multiple * step), "H", RIGHT)
            self._muted.text(AXIS - 6, y(multiple * step) + 4, f"{multiple * step:.6g}", END)
        self._draw_time_axis(bottom)
        for name, line, dots in zip(self._connectors, self._lines, self._dots, strict=True):
            connector_samples = [sample for sample in panel_samples if sample.connector == name]
            for transaction in _transactions(connector_samples):
                points = [(self._x(sample.at), y(sample.value)) for sample in transaction]
                line.stroke("M", *(part for index, point in enumerate(points) for part in ("L" * (index > 0), *point)))
                for point in points:
                    dots.circle(*point, 1.6)
            if connector_samples:
                maximum = max(sample.value for sample in connector_samples)
                count = len(connector_samples)
                self._descriptions.append(f"{title}, {name}: {count} values, maximum {maximum:.6g}")
        self._y = bottom + 26

    def _draw_time_axis(self, y: float) -> None:
        unit, seconds = next(
            ((unit, seconds) for unit, seconds in TIME_UNITS if self._until >= 2 * seconds), TIME_UNITS[-1]
        )
        step = _step(self._until / seconds, 5)
        for multiple in range(math.floor(self._until / seconds / step) + 1):
            self._muted.text(self._x(multiple * step * seconds), y + 16, f"{multiple * step:g} {unit}", MIDDLE)

    def _x(self, at: float) -> float:
        return AXIS + 8 + at / self._until * (RIGHT - AXIS - 20)

    def svg(self) -> str:
        title = "Energy and power over the campaign"
        layers = (self._grid, *self._lines, *self._dots, self._text, self._muted)
        return svg_document("chart", WIDTH, self._y, title, f"{'; '.join(self._descriptions)}.", layers)


def _line_style(style: int) -> str:
    dashes = f' stroke-dasharray="{SERIES_DASHES[style]}"' if SERIES_DASHES[style] else ""
    return f'fill="none" stroke="{SERIES_COLOURS[style]}" stroke-width="1.6" stroke-linejoin="round"{dashes}'


def _transactions(connector_samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    """The samples by transaction; a sample outside of transactions stands alone. No line connects transactions."""
    found: dict[str, list[Sample]] = {}
    for sample in connector_samples:
        if sample.transaction_id is None:
            yield [sample]
        else:
            found.setdefault(sample.transaction_id, []).append(sample)
    yield from found.values()


def _step(extent: float, max_steps: int) -> float:
    """A round step (1, 2, 5 or 10 times a power of ten) of which at most `max_steps` fit into the extent."""
    minimum = max(extent, 1e-6) / max_steps
    power = 10.0 ** math.floor(math.log10(minimum))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= minimum * 0.9999)
