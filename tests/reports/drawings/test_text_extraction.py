"""The text of a drawing is separated from its shapes."""

import pytest
from tests.reports import campaigns

from plugfest.reports.drawings.sequence_diagram import diagram
from plugfest.reports.drawings.text_extraction import ExtractedDrawing, TextLine, TextRun, extract_text

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="440" height="99.5" font-size="11"><g fill="#ff0000">'
    '<path d="M 0 0"/><text x="8" y="16.5">1 &lt; 2</text></g><g fill="#00ff00" text-anchor="end" font-weight="600">'
    '<text x="9" y="1"><tspan font-size="12">big</tspan> small</text></g></svg>'
)


@pytest.fixture(scope="module")
def drawing() -> ExtractedDrawing:
    return extract_text(SVG)


def test_its_lines_have_position_and_style(drawing: ExtractedDrawing) -> None:
    assert drawing.lines == (
        TextLine(x=8, y=16.5, anchor="start", fill="#ff0000", runs=(TextRun(text="1 < 2", size=11, bold=False),)),
        TextLine(
            x=9,
            y=1,
            anchor="end",
            fill="#00ff00",
            runs=(TextRun(text="big", size=12, bold=True), TextRun(text=" small", size=11, bold=True)),
        ),
    )


def test_the_shapes_have_no_text(drawing: ExtractedDrawing) -> None:
    assert (drawing.width, drawing.height) == (440, 99.5)
    assert "<text" not in drawing.shapes
    assert drawing.shapes.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert '<path d="M 0 0"' in drawing.shapes


def test_every_text_of_a_sequence_diagram_is_extracted() -> None:
    report = campaigns.report()
    svg = diagram(report, report.cases[1])
    drawing = extract_text(svg)
    assert len(drawing.lines) == svg.count("<text ")
    assert all(line.runs for line in drawing.lines)
