"""A MkDocs hook: adds the pages of the documentation that are generated, so that none of them has to be committed.

Start page, contributing and changelog come from the files at the root, the decisions from their folder, the API
reference from the packages, and the coverage from the code and the last self-test.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = ROOT / "src"

sys.path.insert(0, str(ROOT))
from tools import coverage, foreign_station, second_reading  # noqa: E402  # MkDocs loads a hook by its path

FROM_ROOT: Final = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Files at the root of the repository, and the pages that they become."""

LINK: Final = re.compile(r"(\]\()([^)#]+)")
TITLE: Final = re.compile(r"^# (.+)$", re.MULTILINE)

WITHOUT_REFERENCE: Final = re.compile(r"plugfest\.(lab\.v\w+\.cases|ocpp\.v\w+|rig\.selftest\.behaviours)\b")
"""Lists of cases, generated messages, wrong stations: they are read in their files."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for path, text in pages():
        files.append(File.generated(config, path, content=text))
    return files


def pages() -> Iterator[tuple[str, str]]:
    """The path and the text of every generated page."""
    for name, path in FROM_ROOT.items():
        yield path, from_root((ROOT / name).read_text(encoding="utf-8"))
    yield "coverage.md", coverage.page()
    yield "second-reading.md", second_reading.page()
    yield "foreign-station.md", foreign_station.page()
    yield "adr/index.md", decisions()
    yield "reference/index.md", reference_index()
    for package, modules in packages().items():
        yield f"reference/{package}.md", reference(package, modules)


def from_root(text: str) -> str:
    """A file at the root as a page of the documentation: its links start in `docs`."""

    def moved(found: re.Match[str]) -> str:
        start, target = found.groups()
        if target in FROM_ROOT:
            return start + FROM_ROOT[target]
        if target == "docs/adr/":
            return f"{start}adr/index.md"
        return start + target.removeprefix("docs/")

    return LINK.sub(moved, text)


def decisions() -> str:
    """The list of the decisions, by their titles."""
    paths = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    titles = ((path.name, TITLE.search(path.read_text(encoding="utf-8"))) for path in paths)
    lines = [f"- [{title[1]}]({name})" for name, title in titles if title]
    return "\n".join(["# Decisions", "", "Why Plugfest is built as it is, one decision a page.", "", *lines, ""])


def packages() -> dict[str, list[str]]:
    """Every package that the reference describes, with its modules that have something public."""
    found: dict[str, list[str]] = {}
    for path in sorted((SOURCE / "plugfest").rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        if path.name != "__init__.py" and not WITHOUT_REFERENCE.match(name):
            found.setdefault(name.rpartition(".")[0], []).append(name)
    return found


def summary(package: str) -> str:
    """The first line of a package's docstring."""
    text = (SOURCE / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def reference_index() -> str:
    """All packages, each in one line."""
    rows = [f"| [{package}]({package}.md) | {summary(package)} |" for package in packages()]
    return "\n".join(["# API reference", "", "| Package | What it is |", "|---|---|", *rows, ""])


def reference(package: str, modules: list[str]) -> str:
    """The page of one package: every public class and function of its modules, from their docstrings."""
    return "\n".join([f"# {package}", "", summary(package), "", *(f"::: {module}\n" for module in modules)])
