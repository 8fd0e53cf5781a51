"""Building blocks of the drawings: SVG text that fits its place, and layers of equal style.

Colours are plain attributes, so that a drawing is complete by itself; a page may override them by class.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from plugfest.reports.hidden_characters import name_hidden

BACKGROUND, TEXT_COLOUR, MUTED, BORDER = "#ffffff", "#1e2022", "#5f6264", "#c9c5ba"
BAND: Final = "#ece9e1"
STATION, LAB, FAILURE, RECOMMENDATION = "#1d5b6b", "#5a4a86", "#b3291f", "#7a5500"
FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

_CONTROL: Final = dict.fromkeys((*range(32), *range(127, 160), 0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")


def escaped(text: str) -> str:
    """Text for SVG: on one line, without characters that XML forbids, hidden characters named."""
    return escape(name_hidden(text.translate(_CONTROL)))


def coordinate(value: float) -> str:
    """A coordinate with one decimal."""
    return f"{value:.1f}".removesuffix(".0")


class Layer:
    """Elements that share the attributes in `style`."""

    def __init__(self, name: str, style: str) -> None:
        self.name = name
        self.style = style
        self._elements: list[str] = []
        self._path: list[str] = []

    def text(self, x: float, y: float, text: str, attributes: str = "", bold: str = "") -> None:
        """A line of text with its baseline at `x`, `y`. `bold` is a bold beginning."""
        beginning = f'<tspan font-size="12" font-weight="600">{escaped(bold)}</tspan>' if bold else ""
        content = f"{beginning} {escaped(text)}" if bold and text else beginning or escaped(text)
        self._elements.append(f'<text x="{coordinate(x)}" y="{coordinate(y)}"{attributes}>{content}</text>')

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
        elements = "".join(self._elements)
        return f'<g class="{self.name}" {self.style}>{path}{elements}</g>' if path or elements else ""


def svg_document(
    css_class: str, width: float, height: float, title: str, description: str, layers: Iterable[Layer]
) -> str:
    """A drawing. Title and description are its text for screen readers."""
    return "".join(_svg_elements(css_class, width, height, title, description, layers))


def _svg_elements(
    css_class: str, width: float, height: float, title: str, description: str, layers: Iterable[Layer]
) -> Iterator[str]:
    w, h = coordinate(width), coordinate(height)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="{css_class}" role="img"'
    yield f' viewBox="0 0 {w} {h}" width="{w}" height="{h}" font-family="{FONT}" font-size="11">'
    yield f"<title>{escaped(title)}</title><desc>{escaped(description)}</desc>"
    for layer in layers:
        yield layer.svg()
    yield "</svg>"
