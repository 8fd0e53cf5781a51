"""What every drawing of a report is made of: SVG text that fits, in layers that share one style.

Colours stand in plain attributes, so that a drawing is complete by itself; a page may change them by the class names.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from typing import Final

from plugfest.reports.hidden_characters import visible

PAPER, INK, QUIET, RULE = "#ffffff", "#1e2022", "#5f6264", "#c9c5ba"
BAND = "#ece9e1"
STATION, LAB, BAD, ADVICE = "#1d5b6b", "#5a4a86", "#b3291f", "#7a5500"
FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

_CONTROL: Final = dict.fromkeys((*range(32), *range(127, 160), 0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")
_NARROW, _WIDE = frozenset("iljtfrI.,:;'|! ()[]/-"), frozenset("mwMWQOGD@%—…")


def escaped(text: str) -> str:
    """Text as it may stand in SVG: one line, nothing that XML forbids, nothing that nobody sees."""
    return escape(visible(text.translate(_CONTROL)))


def width(text: str, size: float) -> float:
    """About how wide a text is. No font is at hand: it is measured as in a wide one."""
    return size * sum(map(_breadth, text))


@cache
def _breadth(one: str) -> float:
    return 0.37 if one in _NARROW else 0.93 if one in _WIDE else 0.7 if one.isupper() else 0.61


def fitted(text: str, room: float, size: float) -> str:
    """The beginning of a text that fits into the room, with an ellipsis where something is missing."""
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[: max(len(text) - 1 - len(text) // 8, 0)] if len(text) > 400 else text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, room: float, size: float, most: int, *, indent: float = 0) -> list[str]:
    """A text in at most so many lines, broken between words; what is too long ends in an ellipsis.

    The first line is shorter by the indent, and empty where no word fits into the rest.
    """
    lines = [""]
    words = text.split(" ")
    for place, word in enumerate(words):
        here = room - indent if len(lines) == 1 else room
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, size) <= here or (not lines[-1] and here == room):
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = fitted(" ".join([lines[-1], *words[place:]]), here, size)
            break
    return [fitted(line, room, size) for line in lines]


def number(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


class Layer:
    """Elements of one style. `style` are its attributes, which stand once for all of them."""

    def __init__(self, name: str, style: str) -> None:
        self.name = name
        self.style = style
        self._elements: list[str] = []
        self._path: list[str] = []

    def text(self, x: float, y: float, words: str, more: str = "", strong: str = "") -> None:
        """A line of text whose baseline begins there, with further attributes and a strong beginning."""
        beginning = f'<tspan font-size="12" font-weight="600">{escaped(strong)}</tspan>' if strong else ""
        whole = f"{beginning} {escaped(words)}" if strong and words else beginning or escaped(words)
        self._elements.append(f'<text x="{number(x)}" y="{number(y)}"{more}>{whole}</text>')

    def box(self, x: float, y: float, breadth: float, height: float, radius: float = 0) -> None:
        """A rectangle."""
        round_ = f' rx="{number(radius)}"' if radius else ""
        place = f'x="{number(x)}" y="{number(y)}"'
        self._elements.append(f'<rect {place} width="{number(breadth)}" height="{number(height)}"{round_}/>')

    def circle(self, x: float, y: float, radius: float) -> None:
        """A disc."""
        self._elements.append(f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>')

    def stroke(self, *path: str | float) -> None:
        """A part of the layer's one path, as the commands and numbers of SVG."""
        self._path.append(" ".join(one if isinstance(one, str) else number(one) for one in path))

    def svg(self) -> str:
        """The layer; empty if nothing was drawn in it."""
        path = f'<path d="{"".join(self._path)}"/>' if self._path else ""
        elements = "".join(self._elements)
        return f'<g class="{self.name}" {self.style}>{path}{elements}</g>' if path or elements else ""


def picture(kind: str, breadth: float, height: float, title: str, description: str, layers: Iterable[Layer]) -> str:
    """A whole drawing. Title and description are what a person hears who does not see it."""
    return "".join(_picture(kind, breadth, height, title, description, layers))


def _picture(
    kind: str, breadth: float, height: float, title: str, description: str, layers: Iterable[Layer]
) -> Iterator[str]:
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" role="img"'
    yield f' viewBox="0 0 {number(breadth)} {number(height)}" width="{number(breadth)}" height="{number(height)}"'
    yield f' font-family="{FONT}" font-size="11">'
    yield f"<title>{escaped(title)}</title><desc>{escaped(description)}</desc>"
    for layer in layers:
        yield layer.svg()
    yield "</svg>"
