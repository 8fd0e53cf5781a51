"""Lines over time: a panel for each quantity above a common time axis."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from plugfest.reports.drawings.axes import END, FONT_SIZE, LEFT, MIDDLE, RIGHT, TIME_UNITS, WIDTH, round_step
from plugfest.reports.drawings.svg import BORDER, LAB, MUTED, STATION, TEXT_COLOUR, Layer, svg_document
from plugfest.reports.drawings.text_fitting import text_width, truncated

PANEL_HEIGHT: Final = 58.0
TITLE_HEIGHT: Final = 24.0
AXIS: Final = 62.0  # x of the vertical axis
MAX_STEPS: Final = 3  # of a vertical axis
SERIES_COLOURS: Final = (STATION, LAB, "#8f5a00", "#2d7a4b", "#a0356b", "#4a4f55")
SERIES_DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "1 2.5", "10 4")

Line: TypeAlias = Sequence[tuple[float, float]]
"""The points of a line: seconds since the begin, and the value."""


class LineChart:
    """Grows downwards panel by panel. `until`: the end of the time axis in seconds; `dots`: whether points have one."""

    def __init__(self, until: float, *, dots: bool = True) -> None:
        self._until = max(until, 1.0)
        self._has_dots = dots
        self._y = 0.0  # the top of the next panel
        self._grid = Layer("line grid", f'stroke="{BORDER}"')
        self._text, self._muted = Layer("text", f'fill="{TEXT_COLOUR}"'), Layer("muted", f'fill="{MUTED}"')
        self._lines = [Layer(f"line series-{style}", _line_style(style)) for style in range(len(SERIES_COLOURS))]
        self._dots = [Layer(f"fill series-{style}", f'fill="{colour}"') for style, colour in enumerate(SERIES_COLOURS)]
        self._descriptions: list[str] = []

    def add(self, title: str, lines: Mapping[str, Line], *, from_zero: bool) -> None:
        """Draw a quantity below the others, with a line for each name. `from_zero`: its axis includes zero."""
        self._text.text(LEFT, self._y + 14, "", "", title)
        if len(lines) > 1:
            self._draw_legend([*lines], LEFT + text_width(title, 12, bold=True) + 20)
        bottom = self._y + TITLE_HEIGHT + PANEL_HEIGHT
        low, high, step = _range([value for line in lines.values() for _, value in line], from_zero=from_zero)
        for multiple in range(low, high + 1):
            y = bottom - (multiple - low) / (high - low) * PANEL_HEIGHT
            self._grid.stroke("M", AXIS, y, "H", RIGHT)
            label = truncated(f"{multiple * step:.6g}", AXIS - 6, FONT_SIZE)
            self._muted.text(AXIS - 6, y + 4, label, END)
        for style, (name, line) in enumerate(lines.items()):
            points = [(self._x(at), bottom - (value / step - low) / (high - low) * PANEL_HEIGHT) for at, value in line]
            self._draw_line(points, style % len(SERIES_COLOURS))
            self._descriptions.append(_description(title, name, line))
        self._y = bottom + 8

    def _draw_line(self, points: Sequence[tuple[float, float]], style: int) -> None:
        for begin, end in pairwise(points):
            self._lines[style].stroke("M", *begin, "L", *end)
        for point in points if self._has_dots else ():
            self._dots[style].circle(*point, 1.6)

    def _draw_legend(self, names: Sequence[str], x: float) -> None:
        for style, each in enumerate(names):
            name = truncated(each or "total", 60, FONT_SIZE)
            width = 22 + text_width(name, FONT_SIZE) + 14
            if x + width > RIGHT or style >= len(SERIES_COLOURS):
                break
            self._lines[style].stroke("M", x, self._y + 10, "H", x + 18)
            self._text.text(x + 22, self._y + 14, name)
            x += width

    def _x(self, at: float) -> float:
        return AXIS + 8 + at / self._until * (RIGHT - AXIS - 28)

    def _draw_time_axis(self) -> None:
        unit, seconds = next((one for one in TIME_UNITS if self._until >= 2 * one[1]), TIME_UNITS[-1])
        step = round_step(self._until / seconds, 5)
        for multiple in range(math.floor(self._until / seconds / step) + 1):
            x = self._x(multiple * step * seconds)
            self._muted.text(x, self._y + 8, f"{multiple * step:.6g} {unit}", MIDDLE)

    def svg(self, title: str) -> str:
        """The finished chart."""
        self._draw_time_axis()
        layers = (self._grid, *self._lines, *self._dots, self._text, self._muted)
        return svg_document("chart", WIDTH, self._y + 14, title, f"{'; '.join(self._descriptions)}.", layers)


def _range(values: Sequence[float], *, from_zero: bool) -> tuple[int, int, float]:
    """The first and the last line of the vertical axis, in multiples of the step, and the step."""
    values = [*values, 0.0] if from_zero else values
    least, most = min(values), max(values)
    step = round_step(max(most - least, abs(most) * 1e-3), MAX_STEPS)
    low = math.floor(least / step + 1e-9)
    return low, max(math.ceil(most / step - 1e-9), low + 1), step


def _description(title: str, name: str, line: Line) -> str:
    values = [value for _, value in line]
    full_name = f"{title} ({name})" if name else title
    return f"{full_name}: {len(values)} values from {min(values):.6g} to {max(values):.6g}"


def _line_style(style: int) -> str:
    dashes = f' stroke-dasharray="{SERIES_DASHES[style]}"' if SERIES_DASHES[style] else ""
    return f'fill="none" stroke="{SERIES_COLOURS[style]}" stroke-width="1.6" stroke-linejoin="round"{dashes}'
