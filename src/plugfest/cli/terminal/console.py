"""The console of every command: no text that it prints can control the terminal or is read as markup."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from plugfest.cli.terminal.standard_output import safe


class TerminalConsole(Console):
    """Rich's console. Texts of stations, clients and files are printed as text."""

    def __init__(self, *, stderr: bool = False, **options: Any) -> None:
        super().__init__(stderr=stderr, markup=False, highlight=False, emoji=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of a renderable. Those that Rich itself uses to control the terminal stay as they are."""
        for segment in super().render(_safe(renderable), options):
            yield segment if segment.control else Segment(safe(segment.text), segment.style)


def _safe(renderable: RenderableType) -> RenderableType:
    """A text is replaced before it is wrapped: a character that is replaced has another width."""
    match renderable:
        case str():
            return safe(renderable)
        case Text() if not renderable.plain.isprintable():
            copy = renderable.copy()
            copy.plain = safe(renderable.plain)
            return copy
    return renderable
