"""The rules of the architecture that import-linter cannot see. Each test names every place that breaks its rule."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.source import ROOT, files, imports, parsed

BLOCKS = ROOT / "station" / "blocks"
CONVERSION = BLOCKS / "conversion"  # between the structs of a version and the model: what several blocks need

CLOCK_READERS = {
    "time": {"time", "monotonic", "perf_counter", "process_time", "sleep"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
THREADS = {"to_thread", "run_in_executor", "Thread", "ThreadPoolExecutor"}


@cache
def trees() -> dict[Path, ast.Module]:
    """Every source file, parsed."""
    return {path: parsed(path) for path in files(ROOT)}


def attributes(tree: ast.Module) -> Iterator[tuple[ast.Attribute, str]]:
    """Every `owner.name`, with the last name of its owner."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            yield (
                node,
                owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else "",
            )


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_there_is_something_to_look_at() -> None:
    assert len(trees()) > 50


def test_only_the_clock_asks_the_computer_for_the_time() -> None:
    broken = [
        place(path, node.lineno)
        for path, tree in trees().items()
        if path != ROOT / "clock.py"
        for node, owner in attributes(tree)
        if node.attr in CLOCK_READERS.get(owner, ())
    ]
    assert broken == []


def test_only_the_clock_imports_the_module_time() -> None:
    broken = [
        place(path, line)
        for path, tree in trees().items()
        if path != ROOT / "clock.py"
        for line, name in imports(tree)
        if name == "time" or name.startswith("time.")
    ]
    assert broken == []


def test_no_thread_is_started() -> None:
    """A thread works out of the loop's sight, and simulated time jumps over it."""
    broken = [
        place(path, node.lineno)
        for path, tree in trees().items()
        if path != ROOT / "clock.py"  # it overrides the loop's own
        for node, _ in attributes(tree)
        if node.attr in THREADS
    ]
    broken += [
        place(path, line)
        for path, tree in trees().items()
        if path != ROOT / "rig" / "processes.py"  # processes, from where no loop runs
        for line, name in imports(tree)
        if name.split(".")[0] in ("threading", "concurrent", "multiprocessing")
    ]
    assert broken == []


def test_blocks_of_the_station_never_import_one_another() -> None:
    broken = []
    for block in (path for path in BLOCKS.iterdir() if path.is_dir() and path != CONVERSION):
        mine = f"plugfest.station.blocks.{block.name}."
        for path, tree in trees().items():
            if path.is_relative_to(block):
                broken += [
                    place(path, line)
                    for line, name in imports(tree)
                    if name.startswith("plugfest.station.blocks.")
                    and not f"{name}.".startswith((mine, "plugfest.station.blocks.conversion."))
                ]
    assert broken == []


def test_no_station_knows_a_test_case() -> None:
    """A station that could tell a test from a charging session could cheat."""
    houses = ("station", "hardware", "link", "ocpp", "security")
    broken = [
        place(path, number)
        for path in trees()
        if path.relative_to(ROOT).parts[0] in houses
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\bTC_\w+", line)
    ]
    assert broken == []
