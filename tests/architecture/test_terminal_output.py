"""Text reaches the terminal in one place, where it is made safe: it may be of a station."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, files, parsed

PLACES = ("cli/terminal/standard_output.py", "cli/terminal/console.py")
PRINTING = {"print", "click.echo", "click.secho", "click.prompt", "click.confirm", "Console", "rich.print"}


def printing(path: Path) -> Iterator[str]:
    """The calls in a module that print on their own."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in PRINTING:
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node.func)}"


def test_only_two_modules_print() -> None:
    others = [path for path in files(ROOT) if not path.as_posix().endswith(PLACES)]
    assert [call for path in others for call in printing(path)] == []
