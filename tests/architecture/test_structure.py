"""Limits that keep the structure readable: no cycles, no crowded folders, no long files or functions."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, TESTS, files, imports, parsed

MOST_MODULES = 15
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

LISTS_OF_CASES = ("lab/v16/cases", "lab/v201/cases")
GENERATED = ("ocpp/v16", "ocpp/v201")


def module(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, modules: set[str]) -> Iterator[str]:
    """Every module of ours that a module imports by its name, for types only or not."""
    for _, name in imports(parsed(path)):
        owner = name.rpartition(".")[0]
        if name in modules or owner in modules:
            yield name if name in modules else owner


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Every group of modules that import one another (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def explore(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in index:
                explore(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1 or node in graph[node]:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in index:
            explore(node)
    return found


def test_no_modules_import_one_another() -> None:
    modules = {module(path) for path in files(ROOT)}
    assert cycles({module(path): set(imported(path, modules)) for path in files(ROOT)}) == []


def test_a_cycle_is_found() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d"}}) == [["b", "c"], ["d"]]


def test_no_folder_is_crowded() -> None:
    counts: dict[str, int] = {}
    for path in [*files(ROOT, but=LISTS_OF_CASES), *files(TESTS)]:
        if path.name not in ("__init__.py", "conftest.py"):
            counts[path.parent.as_posix()] = counts.get(path.parent.as_posix(), 0) + 1
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_no_file_is_long() -> None:
    long = {
        path.name: lines
        for path in [*files(ROOT, but=GENERATED), *files(TESTS)]
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_function_is_long() -> None:
    long = {
        f"{path.name}:{node.name}": lines
        for path in [*files(ROOT), *files(TESTS)]
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}
