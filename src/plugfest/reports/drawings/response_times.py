"""The chart of the response times of a station in a campaign."""

import math
from collections.abc import Sequence
from statistics import median
from typing import Final

from plugfest.lab.recording.exchanges import parsed
from plugfest.ocpp import frames as wire
from plugfest.reports.drawings.axes import END, FONT_SIZE, LARGE_FONT_SIZE, LEFT, MIDDLE, RIGHT, WIDTH
from plugfest.reports.drawings.svg import (
    BORDER,
    FAILURE,
    MUTED,
    STATION,
    TEXT_COLOUR,
    Layer,
    svg_document,
)
from plugfest.reports.drawings.text_fitting import text_width, truncated
from plugfest.reports.model.report import Report

MIN_RESPONSE_TIME: Final = 1e-4  # seconds; faster responses are drawn here, as a logarithmic axis has no zero
ROW_HEIGHT: Final = 38.0  # of an action


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
        text.text(LEFT, y + 13, *_labels(action, action_times))
        for seconds in action_times:
            dots.circle(x(seconds), y + 25, 3)
        medians.stroke("M", x(median(action_times)), y + 19.5, "V", y + 30.5)
    description = "; ".join(f"{action} {_summary(action_times)}" for action, action_times in times)
    layers = (grid, limit_line, dots, medians, text, muted, limit_text)
    title = "Response times of the station by message"
    return svg_document("chart", WIDTH, bottom + 34, title, f"{description}.", layers)


def _labels(action: str, times: Sequence[float]) -> tuple[str, str, str]:
    """The text of a row, its attributes and its bold beginning."""
    name = truncated(action, RIGHT - LEFT, LARGE_FONT_SIZE, bold=True)
    max_width = RIGHT - LEFT - text_width(name, LARGE_FONT_SIZE, bold=True) - 6
    summary = _summary(times)
    if text_width(summary, FONT_SIZE) > max_width:
        summary = f"{len(times)} times, up to {_duration(max(times))}"
    return truncated(summary, max_width, FONT_SIZE), "", name


def _summary(times: Sequence[float]) -> str:
    if len(times) == 1:
        return f"once, {_duration(times[0])}"
    return f"{len(times)} times, median {_duration(median(times))}, maximum {_duration(max(times))}"


def _duration(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 0.9995 else f"{seconds * 1000:.3g} ms"
