"""The source files of Plugfest and of its tests, parsed: what the tests of the architecture look at."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import plugfest

ROOT = Path(plugfest.__file__).parent
TESTS = Path(__file__).parents[1]


def files(root: Path, *, but: tuple[str, ...] = ()) -> list[Path]:
    """Every Python file below a folder, without those in the folders `but`, relative to it."""
    return [
        path
        for path in sorted(root.rglob("*.py"))
        if "node_modules" not in path.parts
        and not any(path.relative_to(root).as_posix().startswith(f"{folder}/") for folder in but)
    ]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and the full name of everything that is imported, for types only or not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
