"""A case as a sequence diagram: people look rather than read.

An arrow a frame between two lifelines, with the words that tell most; answers are dashed, what did not pass is red.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from plugfest.reports.drawings.svg import (
    ADVICE,
    BAD,
    BAND,
    INK,
    LAB,
    PAPER,
    QUIET,
    RULE,
    STATION,
    Layer,
    fitted,
    picture,
    width,
    wrapped,
)
from plugfest.reports.evidence.sequence import (
    PREPARATION,
    Folded,
    Kind,
    LeftOut,
    Part,
    Row,
    Said,
    Silence,
    Step,
    Unplaced,
    rows,
)
from plugfest.reports.model.report import CaseEntry, FindingEntry, Report

BREADTH: Final = 440
LEFT, RIGHT = 58.0, 418.0
"""Where the lifelines of the station and of the lab are."""

CLOCK: Final = 46.0  # the right edge of the times
MARGIN: Final = 10.0  # between a lifeline and words
ROOM: Final = RIGHT - LEFT - 2 * MARGIN
HEAD: Final = 26.0
SIZE, BIG = 11, 12
LINE: Final = 14.0  # from one line of text to the next
LINES_OF_WORDS, LINES_OF_A_FINDING = 2, 5

_LINE: Final = 'fill="none" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"'
_DASHES: Final = 'stroke-dasharray="4 3.5"'
STYLES: Final[Mapping[str, str]] = {
    "shade": f'fill="{INK}" fill-opacity=".05"',
    "life": f'fill="none" stroke="{RULE}" stroke-width="1.5"',
    "life gap": f'fill="none" stroke="{RULE}" stroke-width="1.5" stroke-dasharray="1.5 4"',
    "band": f'fill="{BAND}"',
    "shade bad": f'fill="{BAD}" fill-opacity=".09"',
    "shade advice": f'fill="{ADVICE}" fill-opacity=".1"',
    "line station": f'{_LINE} stroke="{STATION}"',
    "line lab": f'{_LINE} stroke="{LAB}"',
    "line bad": f'{_LINE} stroke="{BAD}"',
    "line advice": f'{_LINE} stroke="{ADVICE}"',
    "line station dashed": f'{_LINE} {_DASHES} stroke="{STATION}"',
    "line lab dashed": f'{_LINE} {_DASHES} stroke="{LAB}"',
    "line bad dashed": f'{_LINE} {_DASHES} stroke="{BAD}"',
    "line advice dashed": f'{_LINE} {_DASHES} stroke="{ADVICE}"',
    "fill station": f'fill="{STATION}"',
    "fill lab": f'fill="{LAB}"',
    "paper": f'fill="{PAPER}" font-size="{BIG}" font-weight="600" text-anchor="middle"',
    "ink": f'fill="{INK}"',
    "quiet": f'fill="{QUIET}"',
    "fill bad": f'fill="{BAD}"',
    "fill advice": f'fill="{ADVICE}"',
}
"""The layers from the lowest to the highest. Their names are their classes in a page."""

NO_ANSWER: Final = "not answered in this case"
LONG: Final = 30
SEPARATOR: Final = "\N{NO-BREAK SPACE}· "
TEXT: Final[Mapping[Kind, str]] = {"call": "ink", "answer": "quiet", "error": "fill advice", "noise": "fill advice"}
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
    said = [f"{one.requirement}: {one.expected} was expected, and the fact is: {one.actual}." for one in case.findings]
    return " ".join([f"{end - begin} frames between the station, left, and the lab, right. {case.verdict}.", *said])


class _Drawing:
    """Grows downwards row by row. `_y` is where the next row begins."""

    def __init__(self) -> None:
        self._layers = {name: Layer(name, style) for name, style in STYLES.items()}
        self._y = HEAD + 8
        self._alive_from = HEAD
        self._told_time = ""
        self._preparing_from: float | None = None
        for layer, x, name in (("fill station", LEFT, "Station"), ("fill lab", RIGHT, "Lab")):
            half = 30.0 if layer == "fill station" else 22.0
            self._layers[layer].box(x - half, 2, 2 * half, HEAD - 2, radius=4)
            self._layers["paper"].text(x, 18.5, name)

    def add(self, row: Row) -> None:
        """Draw a row below the others."""
        match row:
            case Said():
                self._say(row)
                for finding in row.findings:
                    self._find(finding)
            case Part(title):
                self._begin_part(title)
            case Step():
                self._begin(row)
            case Silence(seconds):
                self._break(f"{seconds:.1f} s of silence")
            case Folded(exchanges):
                self._break("1 exchange like this" if exchanges == 1 else f"{exchanges} exchanges like this")
            case LeftOut(frames):
                self._break(f"{frames} frames are not shown")
            case Unplaced(finding):
                self._find(finding)

    def svg(self, title: str, description: str) -> str:
        """All of it."""
        self._end_preparation()
        self._live(self._y + 4)
        return picture("sequence", BREADTH, self._y + 8, title, description, self._layers.values())

    def _live(self, until: float) -> None:
        """Draw the lifelines down to there."""
        for x in (LEFT, RIGHT):
            self._layers["life"].stroke("M", x, self._alive_from, "V", until)

    def _break(self, words: str) -> None:
        """Interrupt the lifelines, and say why."""
        self._live(self._y)
        for x in (LEFT, RIGHT):
            self._layers["life gap"].stroke("M", x, self._y + 2, "V", self._y + 22)
        self._layers["quiet"].text((LEFT + RIGHT) / 2, self._y + 16, words, MIDDLE)
        self._y += 24
        self._alive_from = self._y

    def _begin_part(self, title: str) -> None:
        self._end_preparation()
        if title == PREPARATION:
            self._preparing_from = self._y
        self._live(self._y)  # no line goes through the title
        self._layers["ink"].text(8, self._y + 16, "", "", title)
        self._y += 22
        self._alive_from = self._y

    def _end_preparation(self) -> None:
        """Shade what was said before the scenario."""
        if self._preparing_from is not None:
            self._layers["shade"].box(0, self._preparing_from, BREADTH, self._y + 4 - self._preparing_from, radius=3)
            self._y += 8
        self._preparing_from = None

    def _begin(self, step: Step) -> None:
        """A band across the drawing with what begins."""
        self._layers["band"].box(0, self._y + 2, BREADTH, 20, radius=3)
        name = f"{'Step' if len(step.names) == 1 else 'Steps'} {', '.join(step.names)}"
        name = fitted(name, 200, SIZE)
        checks = "1 check" if step.checks == 1 else f"{step.checks} checks"
        self._layers["ink"].text(8, self._y + 16, "", "", name)
        self._layers["quiet"].text(BREADTH - 8, self._y + 16, checks, END)
        begin = 8 + width(name, BIG) + 10
        room = BREADTH - 8 - width(checks, SIZE) - 10 - begin
        self._layers["quiet"].text(begin, self._y + 16, _requirements(step.requirements, room))
        self._y += 26

    def _say(self, said: Said) -> None:
        """The words of a frame, the arrow below them, and the time where it went on."""
        colour = _colour(said)
        for strong, words in _lines(said):
            x, anchor = (LEFT + MARGIN, "") if said.from_station else (RIGHT - MARGIN, END)
            self._layers[TEXT[said.content.kind]].text(x, self._y + 12, words, anchor, strong)
            self._y += LINE
        self._y += 6
        self._arrow(said, colour)
        time = _time(said.after)
        if time != self._told_time:
            self._layers["quiet"].text(CLOCK, self._y + 4, time, END)
            self._told_time = time
        self._y += 8

    def _arrow(self, said: Said, colour: str) -> None:
        begin, end = (LEFT, RIGHT) if said.from_station else (RIGHT, LEFT)
        back = -1 if said.from_station else 1  # from the tip to the sender
        y, kind = self._y, said.content.kind
        line = self._layers[f"line {colour}{' dashed' if kind in ('answer', 'error') else ''}"]
        tip = self._layers[f"fill {colour}" if kind == "call" else f"line {colour}"]
        if kind == "error":
            line.stroke("M", begin, y, "H", end + 12 * back)
            for slope in (-1, 1):
                tip.stroke("M", end + 12 * back, y - 4 * slope, "L", end + 4 * back, y + 4 * slope)
            return
        line.stroke("M", begin, y, "H", end + 2 * back)
        tip.stroke("M", end + 8 * back, y - 4, "L", end + back, y, "L", end + 8 * back, y + 4)

    def _find(self, finding: FindingEntry) -> None:
        """What was not as it should be, in a box."""
        colour = "advice" if finding.recommended else "bad"
        self._y += 3
        top = self._y
        self._y += 5
        mark = "Recommendation" if finding.recommended else "\N{MULTIPLICATION SIGN}"
        self._finding_line(colour, f"{mark} {finding.requirement}".rstrip(), finding.step)
        for name, text in (("Expected", finding.expected), ("Actual", finding.actual)):
            lines = wrapped(f"{name}: {text}", ROOM - 8, SIZE, LINES_OF_A_FINDING)
            for line in lines:
                self._finding_line(colour, "", line)
        self._layers[f"shade {colour}"].box(LEFT + 6, top, RIGHT - LEFT - 12, self._y + 7 - top, radius=4)
        self._y += 13

    def _finding_line(self, colour: str, strong: str, words: str) -> None:
        self._layers[f"fill {colour}"].text(LEFT + 14, self._y + 10, fitted(words, ROOM - 8, SIZE), "", strong)
        self._y += LINE


def _time(seconds: float) -> str:
    """Seconds, or from a minute on minutes and seconds: the column is narrow."""
    if seconds < 59.995:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{minutes:.0f}:{rest:04.1f}"


def _colour(said: Said) -> str:
    if any(not one.recommended for one in said.findings):
        return "bad"
    if said.content.kind in ("error", "noise") or said.findings:
        return "advice"
    return "station" if said.from_station else "lab"


def _lines(said: Said) -> list[tuple[str, str]]:
    """What stands above an arrow, line by line: a strong beginning, and the words behind it."""
    content = said.content
    words = SEPARATOR.join(map(_unbroken, content.words if said.answered else (*content.words, NO_ANSWER)))
    if content.kind == "answer":
        return [("", line) for line in wrapped(words, ROOM, SIZE, LINES_OF_WORDS) if line]
    name = f"CALLERROR to {content.action}" if content.kind == "error" else content.action
    first, *others = wrapped(words, ROOM, SIZE, LINES_OF_WORDS, indent=width(name, BIG) + 6)
    return [(name, first), *(("", line) for line in others)]


def _unbroken(words: str) -> str:
    """A few words that stay in one line."""
    return words.replace(" ", "\N{NO-BREAK SPACE}") if len(words) < LONG else words


def _requirements(every: Sequence[str], room: float) -> str:
    """As many requirements as there is room for, and how many more there are."""
    for count in range(len(every), 0, -1):
        rest = f" + {len(every) - count}" if count < len(every) else ""
        text = ", ".join(every[:count]) + rest
        if width(text, SIZE) <= room:
            return text
    return fitted(every[0], room, SIZE) if every else ""
