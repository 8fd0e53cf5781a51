"""A case as a sequence diagram.

Each frame is an arrow between two lifelines below its main values. Answers are dashed, failures are red.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from plugfest.reports.drawings.svg import (
    BACKGROUND,
    BAND,
    BORDER,
    FAILURE,
    LAB,
    MUTED,
    RECOMMENDATION,
    STATION,
    TEXT_COLOUR,
    Layer,
    svg_document,
)
from plugfest.reports.drawings.text_fitting import text_width, truncated, wrapped
from plugfest.reports.evidence.sequence import (
    PREPARATION,
    FindingRow,
    Kind,
    MessageRow,
    OmittedRow,
    PauseRow,
    PhaseRow,
    RepetitionRow,
    Row,
    StepRow,
    rows,
)
from plugfest.reports.model.report import CaseEntry, FindingEntry, Report
from plugfest.reports.model.wording import counted

WIDTH: Final = 440
LEFT, RIGHT = 58.0, 418.0  # x of the lifelines of the station and of the lab
TIME_RIGHT: Final = 46.0  # right edge of the times
MARGIN: Final = 10.0  # between a lifeline and text
TEXT_WIDTH: Final = RIGHT - LEFT - 2 * MARGIN
HEADER_HEIGHT: Final = 26.0
FONT_SIZE, LARGE_FONT_SIZE = 11, 12
LINE_HEIGHT: Final = 14.0
MAX_MESSAGE_LINES, MAX_FINDING_LINES = 2, 5

_LINE: Final = 'fill="none" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"'
_DASHES: Final = 'stroke-dasharray="4 3.5"'
STYLES: Final[Mapping[str, str]] = {
    "shade": f'fill="{TEXT_COLOUR}" fill-opacity=".05"',
    "lifeline": f'fill="none" stroke="{BORDER}" stroke-width="1.5"',
    "lifeline gap": f'fill="none" stroke="{BORDER}" stroke-width="1.5" stroke-dasharray="1.5 4"',
    "band": f'fill="{BAND}"',
    "shade failure": f'fill="{FAILURE}" fill-opacity=".09"',
    "shade should": f'fill="{RECOMMENDATION}" fill-opacity=".1"',
    "line station": f'{_LINE} stroke="{STATION}"',
    "line lab": f'{_LINE} stroke="{LAB}"',
    "line failure": f'{_LINE} stroke="{FAILURE}"',
    "line should": f'{_LINE} stroke="{RECOMMENDATION}"',
    "line station dashed": f'{_LINE} {_DASHES} stroke="{STATION}"',
    "line lab dashed": f'{_LINE} {_DASHES} stroke="{LAB}"',
    "line failure dashed": f'{_LINE} {_DASHES} stroke="{FAILURE}"',
    "line should dashed": f'{_LINE} {_DASHES} stroke="{RECOMMENDATION}"',
    "fill station": f'fill="{STATION}"',
    "fill lab": f'fill="{LAB}"',
    "inverse": f'fill="{BACKGROUND}" font-size="{LARGE_FONT_SIZE}" font-weight="600" text-anchor="middle"',
    "text": f'fill="{TEXT_COLOUR}"',
    "muted": f'fill="{MUTED}"',
    "fill failure": f'fill="{FAILURE}"',
    "fill should": f'fill="{RECOMMENDATION}"',
}
"""The layers from the lowest to the highest, with their attributes. The names are the CSS classes."""

NO_ANSWER: Final = "not answered in this case"
MAX_UNBROKEN: Final = 30  # characters of a value that is not broken between lines
SEPARATOR: Final = "\N{NO-BREAK SPACE}· "
TEXT_LAYERS: Final[Mapping[Kind, str]] = {
    "call": "text",
    "result": "muted",
    "error": "fill should",
    "invalid": "fill should",
}
END: Final = ' text-anchor="end"'
MIDDLE: Final = ' text-anchor="middle"'


def diagram(report: Report, case: CaseEntry) -> str:
    """The case as SVG; the same bytes for the same report."""
    drawing = _Drawing()
    for row in rows(report, case):
        drawing.add(row)
    return drawing.svg(f"{case.id} {case.name}: sequence diagram", _description(case))


def _description(case: CaseEntry) -> str:
    begin, end = case.frames
    findings = [f"{one.requirement}: expected {one.expected}; actual {one.actual}." for one in case.findings]
    return " ".join(
        [f"{end - begin} frames between the station (left) and the lab (right). {case.verdict}.", *findings]
    )


class _Drawing:
    """Grows downwards row by row. `_y` is the top of the next row."""

    def __init__(self) -> None:
        self._layers = {name: Layer(name, style) for name, style in STYLES.items()}
        self._y = HEADER_HEIGHT + 8
        self._lifelines_from = HEADER_HEIGHT
        self._last_time = ""
        self._preparation_from: float | None = None
        for layer, x, name in (("fill station", LEFT, "Station"), ("fill lab", RIGHT, "Lab")):
            half = 30.0 if layer == "fill station" else 22.0
            self._layers[layer].box(x - half, 2, 2 * half, HEADER_HEIGHT - 2, radius=4)
            self._layers["inverse"].text(x, 18.5, name)

    def add(self, row: Row) -> None:
        """Draw a row below the others."""
        match row:
            case MessageRow():
                self._add_message(row)
                for finding in row.findings:
                    self._add_finding(finding)
            case PhaseRow(title):
                self._add_phase(title)
            case StepRow():
                self._add_step(row)
            case PauseRow(seconds):
                self._add_gap(f"{seconds:.1f} s without messages")
            case RepetitionRow(exchanges):
                self._add_gap(f"{counted(exchanges, 'equal exchange')} not shown")
            case OmittedRow(frames):
                self._add_gap(f"{counted(frames, 'frame')} not shown")
            case FindingRow(finding):
                self._add_finding(finding)

    def svg(self, title: str, description: str) -> str:
        """The finished drawing."""
        self._end_preparation()
        self._draw_lifelines(self._y + 4)
        return svg_document("sequence", WIDTH, self._y + 8, title, description, self._layers.values())

    def _draw_lifelines(self, until: float) -> None:
        for x in (LEFT, RIGHT):
            self._layers["lifeline"].stroke("M", x, self._lifelines_from, "V", until)

    def _add_gap(self, text: str) -> None:
        """Interrupt the lifelines, with the reason."""
        self._draw_lifelines(self._y)
        for x in (LEFT, RIGHT):
            self._layers["lifeline gap"].stroke("M", x, self._y + 2, "V", self._y + 22)
        self._layers["muted"].text((LEFT + RIGHT) / 2, self._y + 16, text, MIDDLE)
        self._y += 24
        self._lifelines_from = self._y

    def _add_phase(self, title: str) -> None:
        self._end_preparation()
        if title == PREPARATION:
            self._preparation_from = self._y
        self._draw_lifelines(self._y)  # no line crosses the title
        self._layers["text"].text(8, self._y + 16, "", "", title)
        self._y += 22
        self._lifelines_from = self._y

    def _end_preparation(self) -> None:
        """Shade the preparation."""
        if self._preparation_from is not None:
            height = self._y + 4 - self._preparation_from
            self._layers["shade"].box(0, self._preparation_from, WIDTH, height, radius=3)
            self._y += 8
        self._preparation_from = None

    def _add_step(self, step: StepRow) -> None:
        """A band across the drawing with the steps that begin."""
        self._layers["band"].box(0, self._y + 2, WIDTH, 20, radius=3)
        name = f"{'Step' if len(step.names) == 1 else 'Steps'} {', '.join(step.names)}"
        name = truncated(name, 200, LARGE_FONT_SIZE, bold=True)
        checks = counted(step.checks, "check")
        self._layers["text"].text(8, self._y + 16, "", "", name)
        self._layers["muted"].text(WIDTH - 8, self._y + 16, checks, END)
        left = 8 + text_width(name, LARGE_FONT_SIZE, bold=True) + 10
        max_width = WIDTH - 8 - text_width(checks, FONT_SIZE) - 10 - left
        self._layers["muted"].text(left, self._y + 16, _requirements(step.requirements, max_width))
        self._y += 26

    def _add_message(self, message: MessageRow) -> None:
        """The main values of a frame, its arrow below them, and its time if it differs from the last one."""
        for bold, text in _lines(message):
            x, anchor = (LEFT + MARGIN, "") if message.from_station else (RIGHT - MARGIN, END)
            self._layers[TEXT_LAYERS[message.content.kind]].text(x, self._y + 12, text, anchor, bold)
            self._y += LINE_HEIGHT
        self._y += 6
        self._draw_arrow(message, _colour(message))
        time = _time(message.after)
        if time != self._last_time:
            self._layers["muted"].text(TIME_RIGHT, self._y + 4, time, END)
            self._last_time = time
        self._y += 8

    def _draw_arrow(self, message: MessageRow, colour: str) -> None:
        begin, end = (LEFT, RIGHT) if message.from_station else (RIGHT, LEFT)
        back = -1 if message.from_station else 1  # direction from the arrowhead to the sender
        y, kind = self._y, message.content.kind
        line = self._layers[f"line {colour}{' dashed' if kind in ('result', 'error') else ''}"]
        head = self._layers[f"fill {colour}" if kind == "call" else f"line {colour}"]
        if kind == "error":
            line.stroke("M", begin, y, "H", end + 12 * back)
            for slope in (-1, 1):
                head.stroke("M", end + 12 * back, y - 4 * slope, "L", end + 4 * back, y + 4 * slope)
            return
        line.stroke("M", begin, y, "H", end + 2 * back)
        head.stroke("M", end + 8 * back, y - 4, "L", end + back, y, "L", end + 8 * back, y + 4)

    def _add_finding(self, finding: FindingEntry) -> None:
        """A finding in a box."""
        colour = "should" if finding.is_recommendation else "failure"
        self._y += 3
        top = self._y
        self._y += 5
        mark = "Recommendation" if finding.is_recommendation else "\N{MULTIPLICATION SIGN}"
        self._add_finding_line(colour, f"{mark} {finding.requirement}".rstrip(), finding.step)
        for name, text in (("Expected", finding.expected), ("Actual", finding.actual)):
            for line in wrapped(f"{name}: {text}", TEXT_WIDTH - 8, FONT_SIZE, MAX_FINDING_LINES):
                self._add_finding_line(colour, "", line)
        self._layers[f"shade {colour}"].box(LEFT + 6, top, RIGHT - LEFT - 12, self._y + 7 - top, radius=4)
        self._y += 13

    def _add_finding_line(self, colour: str, bold: str, text: str) -> None:
        bold = truncated(bold, TEXT_WIDTH - 8, LARGE_FONT_SIZE, bold=True)
        left_over = TEXT_WIDTH - 12 - text_width(bold, LARGE_FONT_SIZE, bold=True) if bold else TEXT_WIDTH - 8
        line = truncated(text, left_over, FONT_SIZE) if text else ""
        self._layers[f"fill {colour}"].text(LEFT + 14, self._y + 10, line, "", bold)
        self._y += LINE_HEIGHT


def _time(seconds: float) -> str:
    """Seconds, minutes and seconds from a minute on, hours and minutes from an hour on: the column is narrow."""
    if seconds < 59.995:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds, 1), 60)
    if minutes < 60:
        return f"{minutes:.0f}:{rest:04.1f}"
    return f"{minutes // 60:.0f} h {minutes % 60:02.0f}"


def _colour(message: MessageRow) -> str:
    if any(not finding.is_recommendation for finding in message.findings):
        return "failure"
    if message.content.kind in ("error", "invalid") or message.findings:
        return "should"
    return "station" if message.from_station else "lab"


def _lines(message: MessageRow) -> list[tuple[str, str]]:
    """The lines above an arrow: a bold beginning and the text after it."""
    content = message.content
    text = SEPARATOR.join(map(_unbroken, content.words if message.answered else (*content.words, NO_ANSWER)))
    if content.kind == "result":
        return [("", line) for line in wrapped(text, TEXT_WIDTH, FONT_SIZE, MAX_MESSAGE_LINES) if line]
    name = f"CALLERROR to {content.action}" if content.kind == "error" else content.action
    name = truncated(name, TEXT_WIDTH, LARGE_FONT_SIZE, bold=True)
    indent = text_width(name, LARGE_FONT_SIZE, bold=True) + 6
    first, *others = wrapped(text, TEXT_WIDTH, FONT_SIZE, MAX_MESSAGE_LINES, indent=min(indent, TEXT_WIDTH))
    return [(name, first), *(("", line) for line in others)]


def _unbroken(value: str) -> str:
    """A short value is not broken between lines."""
    return value.replace(" ", "\N{NO-BREAK SPACE}") if len(value) < MAX_UNBROKEN else value


def _requirements(requirements: Sequence[str], max_width: float) -> str:
    """As many requirements as fit, and the number of the others."""
    for count in range(len(requirements), 0, -1):
        rest = f" + {len(requirements) - count}" if count < len(requirements) else ""
        text = ", ".join(requirements[:count]) + rest
        if text_width(text, FONT_SIZE) <= max_width:
            return text
    return truncated(requirements[0], max_width, FONT_SIZE) if requirements else ""
