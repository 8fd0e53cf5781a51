"""Text in a drawing that has no space for wider fonts has a fixed width."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.reports.drawings.svg import FONT_SIZE, WIDEST, Layer, svg_document
from plugfest.reports.drawings.text_fitting import text_width

WIDTH = 600.0
ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}


def fixed(*texts: tuple[float, float, str, str]) -> list[float | None]:
    """The fixed width of each text, None if it has none."""
    layer = Layer("text", 'fill="#000"')
    for x, y, text, anchor in texts:
        layer.text(x, y, text, f' text-anchor="{anchor}"')
    svg = svg_document("chart", WIDTH, 400, "title", "description", [layer])
    found = re.findall(r'<text [^>]*?(?: textLength="([^"]*)" [^>]*)?>', svg)
    return [float(one) if one else None for one in found]


def test_text_with_space_has_the_width_of_the_font_of_the_reader() -> None:
    assert (
        fixed((10, 20, "Accepted", "start"), (590, 20, "frame 3", "end"), (10, 40, "Heartbeat", "start")) == [None] * 3
    )


def test_text_beside_other_text_has_a_fixed_width() -> None:
    width = text_width("Accepted", FONT_SIZE)
    beside = (12 + width, 20, "Heartbeat", "start")
    widths = fixed((10, 20, "Accepted", "start"), beside, (10, 60, "below", "start"))
    assert widths == [pytest.approx(width, abs=0.1), pytest.approx(text_width("Heartbeat", FONT_SIZE), abs=0.1), None]


def test_text_at_the_edge_has_a_fixed_width() -> None:
    assert None not in fixed((WIDTH - text_width("Heartbeat", FONT_SIZE), 20, "Heartbeat", "start"))


words = st.text("abcil mW", min_size=1, max_size=40)
places = st.tuples(st.floats(0, WIDTH), st.floats(10, 100), words, st.sampled_from(list(ANCHORS)))


@given(st.lists(places, max_size=12))
def test_text_without_a_fixed_width_has_space_in_every_font(texts: list[tuple[float, float, str, str]]) -> None:
    boxes = []
    for (x, y, text, anchor), width in zip(texts, fixed(*texts), strict=True):
        wide = text_width(text, FONT_SIZE) * WIDEST
        left = x - ANCHORS[anchor] * wide
        boxes.append((left, left + wide, y, width))
    for index, (left, right, y, width) in enumerate(boxes):
        assert width is not None or (left >= 0 and right <= WIDTH)
        for other_left, other_right, other_y, other_width in boxes[index + 1 :]:
            is_over = left < other_right and other_left < right and abs(y - other_y) < FONT_SIZE
            assert not is_over or (width is not None and other_width is not None)
