"""What is imported before a command runs: its help, a wrong call and the completion of a shell answer at once.

Options and help texts may need modules of this list only. What a command does is in `plugfest.cli.execution`, which is
imported when it is called; a default or a choice that both need is in a module that imports nothing else.
"""

import functools
import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from plugfest.cli.main import COMMANDS, plugfest

OURS = (
    "plugfest.campaigns.order",
    "plugfest.cli.calling",
    "plugfest.cli.commands",
    "plugfest.cli.interruption",
    "plugfest.cli.main",
    "plugfest.cli.options",
    "plugfest.cli.start",
    "plugfest.cli.terminal.standard_output",
    "plugfest.environment_variables",
    "plugfest.fleet",  # the package alone
    "plugfest.garbage_collection",
    "plugfest.lab.defaults",
    "plugfest.lab.operator.capabilities",
)
"""With the packages that they are in."""

FOLDERS = ("plugfest.cli.commands.", "plugfest.cli.options.")

OTHERS = {"click"}

SLOW = {"asyncio", "concurrent", "dataclasses", "email", "http", "json", "logging", "multiprocessing", "socket"}
SLOW |= {"sqlite3", "ssl", "subprocess", "tempfile", "tomllib", "unittest", "xml", "zipfile"}
"""Of the standard library."""

PROGRAM = """
import sys
before = set(sys.modules)
from plugfest.cli.start import main
try:
    main()
finally:
    print("\\n", *sorted(set(sys.modules) - before))
"""


def calls(command: click.Command, *words: str) -> Iterator[tuple[str, ...]]:
    """The words of a command, and of its sub-commands."""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from calls(found, *words, name)


CALLS = list(calls(plugfest))


@functools.cache
def modules(*words: str, completed: str = "") -> frozenset[str]:
    """The modules that a call imports beside those that Python has at its start."""
    position = str(completed.count(" "))
    variables = {"_PLUGFEST_COMPLETE": "bash_complete", "COMP_WORDS": completed, "COMP_CWORD": position}
    ended = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.argv[0] = 'plugfest'\n{PROGRAM}", *words],
        env={**os.environ, **(variables if completed else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    return frozenset(ended.stdout.splitlines()[-1].split())


def is_light(name: str) -> bool:
    owner = name.partition(".")[0]
    if owner == "plugfest":
        return name.startswith(FOLDERS) or any(one == name or one.startswith(f"{name}.") for one in OURS)
    return owner in OTHERS or (owner in sys.stdlib_module_names and owner not in SLOW)


def heavy(found: frozenset[str]) -> list[str]:
    return sorted(name for name in found if not is_light(name))


def test_every_command_is_looked_at() -> None:
    assert {words[0] for words in CALLS if words} == set(COMMANDS)
    assert ("firmware", "build") in CALLS


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_help_imports_nothing_that_the_command_needs_only_when_it_is_called(words: tuple[str, ...]) -> None:
    found = modules(*words, "--help")
    assert "plugfest.cli.main" in found
    assert heavy(found) == []


@pytest.mark.parametrize("words", [each for each in CALLS if each], ids=" ".join)
def test_an_unknown_option_imports_no_more(words: tuple[str, ...]) -> None:
    assert heavy(modules(*words, "--nonsense")) == []


@pytest.mark.parametrize(
    "words", ["certify", "certify chargepoint-ct4000 --order nonsense", "certify --clock real", "station", "cases"]
)
def test_a_wrong_call_imports_no_more(words: str) -> None:
    assert heavy(modules(*words.split())) == []


@pytest.mark.parametrize("line", ["plugfest ", "plugfest cert", "plugfest certify --or", "plugfest certify --order "])
def test_completion_imports_no_more(line: str) -> None:
    assert heavy(modules(completed=line)) == []


@pytest.mark.parametrize("command", ["certify nonsense", "cases nonsense.toml", "selftest nonsense"])
def test_a_product_that_does_not_exist_is_an_error_before_the_lab_is_imported(command: str) -> None:
    found = modules(*command.split())
    assert "plugfest.products" in found
    assert not found & {"asyncio", "plugfest.cli.execution", "plugfest.lab.engine"}


def test_a_heavy_module_is_found() -> None:
    found = {"click", "enum", "plugfest", "plugfest.lab", "plugfest.cli.commands.certify"}
    assert heavy(frozenset({*found, "asyncio", "msgspec", "plugfest.lab.engine", "plugfest.fleet.plan"})) == [
        "asyncio",
        "msgspec",
        "plugfest.fleet.plan",
        "plugfest.lab.engine",
    ]
