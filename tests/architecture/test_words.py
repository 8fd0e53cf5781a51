"""Names and texts use the terms of the field: retired metaphors and quaint words do not come back."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.source import ROOT, TESTS, files, parsed

REPOSITORY = TESTS.parent
CODE = (ROOT, TESTS, REPOSITORY / "tools")
GENERATED = ("ocpp/v16", "ocpp/v201")

FORMER_WORDS = """
crew deed deeds doors glyphs grain gullible hands heard honest keyholder lettering manners nobody papers passage
patience reception shelf somebody stranger teller telling told undo untold upkeep usual visit voice whoever wish wishes
"""
RETIRED = frozenset(FORMER_WORDS.split())
"""Words of former names; the glossary has the terms that replaced them."""

QUAINT = re.compile(
    r"\b(anybody|crew|deeds?|everybody|for ever|hands|has the last word|he|heard?|hers?|him|himself|his|honest|nobody"
    r"|of its own affair|said|says?|she|somebody|stays in the scenario|strangers?|tells?|told|untold|whoever)\b",
    re.IGNORECASE,
)

KEPT = {
    "hands": "the operator, in the JSON of reports",
    "told": "whether a status was reported, in the stores of stations",
}
"""Keys that keep their names for users."""

QUOTED_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def words(identifier: str) -> set[str]:
    """The words of a name in snake_case or CamelCase, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)}


def visitor_methods(tree: ast.Module) -> set[str]:
    """The names that `ast.NodeVisitor` gives to the methods of its subclasses."""
    return {
        method.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any("NodeVisitor" in ast.unparse(base) for base in node.bases)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name.startswith("visit")
    }


def tokens(path: Path, kind: int) -> Iterator[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == kind:
            yield token.start[0], token.string


def retired_names(path: Path) -> Iterator[str]:
    allowed = visitor_methods(parsed(path))
    for line, name in tokens(path, tokenize.NAME):
        if name not in allowed and words(name) & RETIRED:
            yield f"{path.relative_to(REPOSITORY)}:{line}: {name}"


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The string literals and comments of a module, with their lines."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in KEPT:
            yield node.lineno, node.value
    yield from tokens(path, tokenize.COMMENT)


def quaint_words(text: str) -> list[str]:
    """The quaint words of a text. Code in backticks is not part of it."""
    return [found.group() for found in QUAINT.finditer(QUOTED_CODE.sub("", text))]


def test_no_name_has_a_retired_word() -> None:
    modules = [path for folder in CODE for path in files(folder)]
    assert [name for path in modules for name in retired_names(path)] == []


def test_no_text_has_a_quaint_word() -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{line}: {word}"
        for path in files(ROOT, but=GENERATED)
        for line, text in texts(path)
        for word in quaint_words(text)
    ]
    documents = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
    found += [
        f"{path.relative_to(REPOSITORY)}: {word}"
        for path in documents
        for word in quaint_words(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("name", ["the_crew", "NobodyThere", "_hands", "WISHES", "test_whoever_comes"])
def test_a_retired_word_is_found_in_a_name(name: str) -> None:
    assert words(name) & RETIRED


def test_a_retired_word_within_another_word_is_not_one() -> None:
    assert not words("undone_invisible_handshake") & RETIRED


def test_a_quaint_word_is_found_in_a_text_but_not_in_code() -> None:
    assert quaint_words("The station says `hands`: He has the last word.") == ["says", "He", "has the last word"]


def test_every_kept_key_is_still_used() -> None:
    literals = {
        node.value
        for path in files(ROOT)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value in KEPT
    }
    assert literals == set(KEPT)
