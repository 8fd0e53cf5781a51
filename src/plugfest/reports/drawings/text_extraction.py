"""Separates the text of a drawing from its shapes for the PDF.

typst sets text four times as fast as text within SVG, and finds more fonts for it.
"""

from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree

import msgspec

SVG: Final = "http://www.w3.org/2000/svg"
TEXT: Final = f"{{{SVG}}}text"
INHERITED_ATTRIBUTES: Final = ("fill", "font-size", "font-weight", "text-anchor")

ElementTree.register_namespace("", SVG)

Style = Mapping[str, str]


class TextRun(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a line with one style. `size` is in units of the drawing."""

    text: str
    size: float
    bold: bool


class TextLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of text. `anchor` is the point of its baseline at `x`, `y`: start, middle or end."""

    x: float
    y: float
    anchor: str
    fill: str
    runs: tuple[TextRun, ...]


class ExtractedDrawing(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing in two parts: its shapes as SVG without text, and its lines of text."""

    width: float
    height: float
    shapes: str
    lines: tuple[TextLine, ...]


def extract_text(svg: str) -> ExtractedDrawing:
    """Separate the text of a drawing made by `reports.drawings.svg`."""
    root = ElementTree.fromstring(svg)
    lines = tuple(_lines(root, {}))
    for parent in root.iter():
        for text in parent.findall(TEXT):
            parent.remove(text)
    return ExtractedDrawing(
        width=float(root.attrib["width"]),
        height=float(root.attrib["height"]),
        shapes=ElementTree.tostring(root, encoding="unicode"),
        lines=lines,
    )


def _lines(element: ElementTree.Element, inherited: Style) -> Iterator[TextLine]:
    style = _style(element, inherited)
    if element.tag == TEXT:
        yield TextLine(
            x=float(element.attrib["x"]),
            y=float(element.attrib["y"]),
            anchor=style.get("text-anchor", "start"),
            fill=style["fill"],
            runs=tuple(_runs(element, style)),
        )
    for child in element:
        yield from _lines(child, style)


def _runs(text: ElementTree.Element, style: Style) -> Iterator[TextRun]:
    pieces = [(text.text, style)]
    for span in text:
        pieces += [(span.text, _style(span, style)), (span.tail, style)]
    for piece, piece_style in pieces:
        if piece:
            bold = piece_style.get("font-weight") == "600"
            yield TextRun(text=piece, size=float(piece_style["font-size"]), bold=bold)


def _style(element: ElementTree.Element, inherited: Style) -> Style:
    return {**inherited, **{name: element.attrib[name] for name in INHERITED_ATTRIBUTES if name in element.attrib}}
