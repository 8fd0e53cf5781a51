"""Where the text of a drawing is."""

from itertools import combinations

from plugfest.reports.drawings.text_extraction import TextLine, extract_text
from plugfest.reports.drawings.text_fitting import text_width

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


def misplaced(svg: str) -> list[str]:
    """The lines of text that are over other text or outside of the drawing, as drawn in DejaVu Sans."""
    drawing = extract_text(svg)
    boxes = [(line, _box(line)) for line in drawing.lines if _text(line)]
    outside = [_text(line) for line, box in boxes if box[0] < 0 or box[2] > drawing.width or box[3] > drawing.height]
    return outside + [
        f"{_text(one)} / {_text(other)}" for (one, a), (other, b) in combinations(boxes, 2) if _meet(a, b)
    ]


def _text(line: TextLine) -> str:
    return "".join(run.text for run in line.runs)


def _box(line: TextLine) -> Box:
    width = sum(text_width(run.text, run.size, bold=run.bold) for run in line.runs)
    left = line.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[line.anchor] * width
    size = max((run.size for run in line.runs), default=0.0)
    return left, line.y - 0.76 * size, left + width, line.y + 0.24 * size


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
