"""Each command and what it does fit together, although one does not import the other."""

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from plugfest.cli import execution
from plugfest.cli.calling import executed_by
from plugfest.cli.commands import init, mcp
from plugfest.cli.main import plugfest
from plugfest.cli.options.external_station import ExternalStationOption, external_station_options
from plugfest.cli.options.run import run_options
from plugfest.cli.values.external_station import ExternalStationOptions
from plugfest.cli.values.run import RunOptions
from plugfest.products.features import FILES

DECLARED = re.compile(r'@executed_by\("([\w.]+)"(?:, "(\w+)")?.*\)\n(?:@.*\n)*def (\w+)\(')
COMMANDS = Path(inspect.getfile(init)).parent


def declared() -> Iterator[tuple[click.Command, str, str]]:
    """Each command that does something, with the module and the function that do it."""
    for file in sorted(COMMANDS.rglob("*.py")):
        name = ".".join(file.relative_to(COMMANDS).with_suffix("").parts)
        for module, function, command in DECLARED.findall(file.read_text(encoding="utf-8")):
            loaded = importlib.import_module(f"plugfest.cli.commands.{name}")
            yield getattr(loaded, command), module, function or "execute"


DECLARATIONS = list(declared())


def test_every_command_is_looked_at() -> None:
    every = {each for each in commands(plugfest) if not isinstance(each, click.Group)}
    assert every - {command for command, _, _ in DECLARATIONS} == {mcp.command}


def commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield command
        if isinstance(command, click.Group):
            yield from commands(command)


@pytest.mark.parametrize(("command", "module", "function"), DECLARATIONS, ids=[each[1] for each in DECLARATIONS])
def test_the_function_takes_the_options_of_the_command(command: click.Command, module: str, function: str) -> None:
    called = getattr(importlib.import_module(f"{execution.__name__}.{module}"), function)
    inspect.signature(called).bind(**{one.name: None for one in command.params if one.expose_value and one.name})


@pytest.mark.parametrize(
    ("add", "values"), [(external_station_options, ExternalStationOptions), (run_options, RunOptions)]
)
def test_a_struct_has_the_values_of_its_options(
    add: Callable[[Callable[[], None]], Callable[[], None]], values: type[ExternalStationOptions | RunOptions]
) -> None:
    command = click.command()(add(lambda: None))
    assert {one.name for one in command.params} == set(values.__struct_fields__)


def test_the_help_lists_each_option_for_a_station_of_the_user_as_such() -> None:
    command = click.command()(external_station_options(lambda: None))
    assert all(isinstance(one, ExternalStationOption) for one in command.params)


def test_a_pics_can_be_written_for_every_version() -> None:
    assert set(init.VERSIONS) == set(FILES)


def test_a_check_is_made_before_the_module_is_imported() -> None:
    def refuse(**values: object) -> None:
        raise click.UsageError(f"{values}")

    @executed_by("is_no_module", check=refuse)
    def command() -> None:
        """Do something."""

    with pytest.raises(click.UsageError, match="'a': 1"):
        command(a=1)
    assert command.__doc__ == "Do something."
