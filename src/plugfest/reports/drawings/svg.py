"""Building blocks of the drawings: SVG text that fits its place, and layers of equal style.

Colours are plain attributes, so that a drawing is complete by itself; a page may override them by class.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Final, NamedTuple

from plugfest.reports.drawings.text_fitting import text_width
from plugfest.reports.hidden_characters import name_hidden

BACKGROUND, TEXT_COLOUR, MUTED, BORDER = "#ffffff", "#1e2022", "#5f6264", "#c9c5ba"
BAND: Final = "#ece9e1"
STATION, LAB, FAILURE, RECOMMENDATION = "#1d5b6b", "#5a4a86", "#b3291f", "#7a5500"
FONT: Final = (
    "'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans',"
    " 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)
"""Fonts that are at most as wide as DejaVu Sans. For characters that they lack, the browser takes others."""

FONT_SIZE: Final = 11.0
BOLD_SIZE: Final = 12.0

WIDEST: Final = 1.5
"""How much wider than DejaVu Sans the font of a reader may be. The width of text that has less space is fixed."""

_ANCHORS: Final[Mapping[str, float]] = {"start": 0.0, "middle": 0.5, "end": 1.0}
_FONT_SIZE: Final = re.compile(r'font-size="([\d.]+)"')
_ANCHOR: Final = re.compile(r'text-anchor="(\w+)"')

_CONTROL: Final = dict.fromkeys((*range(32), *range(127, 160), 0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")


def escaped(text: str) -> str:
    """Text for SVG: on one line, without characters that XML forbids, hidden characters named."""
    return escape(name_hidden(text.translate(_CONTROL)))


def coordinate(value: float) -> str:
    """A coordinate with one decimal."""
    return f"{value:.1f}".removesuffix(".0")


class Span(NamedTuple):
    """What a text covers in any font: from `left` to `right`, and the height of its line."""

    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "Span") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class PlacedText:
    """A line of text with its baseline at `x`, `y`. `bold` is a bold beginning. `is_tight`: its width is fixed."""

    def __init__(self, x: float, y: float, text: str, attributes: str, bold: str, style: str) -> None:
        self._x, self._y, self._attributes = x, y, attributes
        self._text, self._bold = text, bold
        self._size = float(found[1]) if (found := _FONT_SIZE.search(style)) else FONT_SIZE
        anchor = _ANCHOR.search(attributes) or _ANCHOR.search(style)
        self._anchor = _ANCHORS[anchor[1] if anchor else "start"]
        is_bold = 'font-weight="600"' in style
        self.width = text_width(bold, BOLD_SIZE, bold=True) + text_width(
            f" {text}" if bold and text else text, self._size, bold=is_bold
        )
        self.is_tight = False

    def span(self, growth: float) -> Span:
        """What it covers in a font that is so much wider."""
        width = self.width * growth
        left = self._x - self._anchor * width
        return Span(left, left + width, self._y - 0.76 * self._size, self._y + 0.24 * self._size)

    def svg(self) -> str:
        text, bold = self._text, self._bold
        beginning = f'<tspan font-size="{BOLD_SIZE:g}" font-weight="600">{escaped(bold)}</tspan>' if bold else ""
        content = f"{beginning} {escaped(text)}" if bold and text else beginning or escaped(text)
        length = ""
        if self.is_tight and self.width:
            length = f' textLength="{coordinate(self.width)}" lengthAdjust="spacingAndGlyphs"'
        place = f'x="{coordinate(self._x)}" y="{coordinate(self._y)}"'
        return f"<text {place}{self._attributes}{length}>{content}</text>"


class Layer:
    """Elements that share the attributes in `style`."""

    def __init__(self, name: str, style: str) -> None:
        self.name = name
        self.style = style
        self._elements: list[str | PlacedText] = []
        self._path: list[str] = []

    def text(self, x: float, y: float, text: str, attributes: str = "", bold: str = "") -> None:
        """A line of text with its baseline at `x`, `y`. `bold` is a bold beginning."""
        self._elements.append(PlacedText(x, y, text, attributes, bold, self.style))

    def texts(self) -> Iterator[PlacedText]:
        """Every text of the layer."""
        return (one for one in self._elements if isinstance(one, PlacedText))

    def box(self, x: float, y: float, width: float, height: float, radius: float = 0) -> None:
        """A rectangle."""
        corners = f' rx="{coordinate(radius)}"' if radius else ""
        position = f'x="{coordinate(x)}" y="{coordinate(y)}"'
        size = f'width="{coordinate(width)}" height="{coordinate(height)}"'
        self._elements.append(f"<rect {position} {size}{corners}/>")

    def circle(self, x: float, y: float, radius: float) -> None:
        """A filled circle."""
        self._elements.append(f'<circle cx="{coordinate(x)}" cy="{coordinate(y)}" r="{coordinate(radius)}"/>')

    def stroke(self, *path: str | float) -> None:
        """Add to the layer's path, as the commands and numbers of SVG."""
        self._path.append(" ".join(part if isinstance(part, str) else coordinate(part) for part in path))

    def svg(self) -> str:
        """The layer as SVG; empty if nothing was drawn in it."""
        path = f'<path d="{"".join(self._path)}"/>' if self._path else ""
        elements = "".join(one.svg() if isinstance(one, PlacedText) else one for one in self._elements)
        return f'<g class="{self.name}" {self.style}>{path}{elements}</g>' if path or elements else ""


def svg_document(
    css_class: str, width: float, height: float, title: str, description: str, layers: Iterable[Layer]
) -> str:
    """A drawing. Title and description are its text for screen readers."""
    layers = list(layers)
    _fix_widths([text for layer in layers for text in layer.texts()], width)
    return "".join(_svg_elements(css_class, width, height, title, description, layers))


def _fix_widths(texts: list[PlacedText], width: float) -> None:
    """Fix the width of each text that would leave the drawing or be over other text in the widest font."""
    spans = sorted(((one.span(WIDEST), one) for one in texts), key=lambda pair: pair[0].top)
    for index, (span, one) in enumerate(spans):
        if span.left < 0 or span.right > width:
            one.is_tight = True
        for other_span, other in spans[index + 1 :]:
            if other_span.top >= span.bottom:
                break
            if span.meets(other_span):
                one.is_tight = other.is_tight = True


def _svg_elements(
    css_class: str, width: float, height: float, title: str, description: str, layers: Iterable[Layer]
) -> Iterator[str]:
    w, h = coordinate(width), coordinate(height)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="{css_class}" role="img"'
    yield f' viewBox="0 0 {w} {h}" width="{w}" height="{h}" font-family="{FONT}" font-size="{FONT_SIZE:g}">'
    yield f"<title>{escaped(title)}</title><desc>{escaped(description)}</desc>"
    for layer in layers:
        yield layer.svg()
    yield "</svg>"
