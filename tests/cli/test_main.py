"""The command line as a whole."""

import io
import os
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator

import click
import pytest
from cryptography import x509

from plugfest.cli.main import COMMANDS, main, plugfest
from plugfest.cli.terminal import standard_output

ROOT_WITH_SERIAL_NUMBER_0 = b"""-----BEGIN CERTIFICATE-----
MIIBYTCCAQigAwIBAgIBADAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARSb290MCAX
DTI2MTEyOTE4MTQyNVoYDzIxMjYxMTA1MTgxNDI1WjAPMQ0wCwYDVQQDDARSb290
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdTSOE35USFkDc14Odts1KRVV1BSH
YVegtmTGcHvuuEgnFJJSG5T/18XwSeA9zgEQc8tXOo2+KcXWkU6qSqnkRKNTMFEw
HQYDVR0OBBYEFHOHWkYtZxk/b7UEGH/u0QcybaYDMB8GA1UdIwQYMBaAFHOHWkYt
Zxk/b7UEGH/u0QcybaYDMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAw
RAIgItMnQJ495tlFWE322K2dl5yb0OcRDVaV5G9TMmvgNY8CIEe9/gf2GBar4SNS
rlT05Z1bXFId0qHdHcSaMqGYhv1h
-----END CERTIFICATE-----"""


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in COMMANDS)


def test_help_imports_no_command() -> None:
    program = """
import sys
from plugfest.cli.main import main
try:
    main(["--help"])
finally:
    print("plugfest.products" in sys.modules)
"""
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.endswith("False\n")


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("plugfest ")


def examples(command: click.Command) -> Iterator[list[str]]:
    """The arguments of each example in the help of a command."""
    for line in (command.epilog or "").splitlines():
        if line.startswith("  "):
            program, *words = shlex.split(line)
            assert program == "plugfest"
            yield words


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_examples_in_the_help_are_valid(name: str) -> None:
    command = plugfest.get_command(click.Context(plugfest), name) if name else plugfest
    assert command is not None
    assert list(examples(command))
    for words in [*examples(command), *(words for each in sub_commands(command) for words in examples(each))]:
        parse(plugfest, words)


def sub_commands(command: click.Command) -> list[click.Command]:
    return list(command.commands.values()) if isinstance(command, click.Group) else []


def parse(group: click.Group, words: list[str]) -> None:
    """Raises where a command or an option does not exist, or an argument is missing."""
    called, *arguments = words
    example = group.get_command(click.Context(group), called)
    assert example is not None
    if isinstance(example, click.Group):
        parse(example, arguments)
    else:
        example.make_context(called, arguments)


def test_an_unknown_command_suggests_a_similar_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("certfy") == 2
    assert "No such command 'certfy'. Did you mean certify?" in capsys.readouterr().err


def test_no_command_at_all_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 2
    assert capsys.readouterr().err.startswith("Usage: plugfest")


def test_a_wrong_option_suggests_a_similar_one_and_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("certify", "alpitronic-hyc-200-eu", "--shufle", "7") == 2
    printed = capsys.readouterr().err
    assert "'--shufle'" in printed
    assert "--shuffle" in printed
    assert printed.endswith(" See plugfest certify --help.\n")


@pytest.mark.parametrize("arguments", [["nonsense"], ["cases"], ["cases", "--product"], ["--nonsense"]])
def test_a_wrong_call_is_one_line_and_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("plugfest: ")
    assert printed.err.count("\n") == 1


def run_with_stdout(*arguments: str, stdout: int, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from plugfest.cli.main import main; main()", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        encoding="ascii",
        errors="strict",
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["cases", "--product", "chargepoint-ct4000"],
        ["cases", "--product", "chargepoint-ct4000", "--json"],
        ["certify", "chargepoint-ct4000", "--case", "TC_B_06"],
        ["certify", "chargepoint-ct4000", "--case", "TC_B_06", "--json", "-"],
    ],
)
def test_a_full_disk_is_one_line(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        ended = run_with_stdout(*arguments, stdout=full.fileno())
    assert ended.returncode == 2
    assert ended.stderr.endswith("plugfest: cannot write to standard output: No space left on device\n")
    assert "Traceback" not in ended.stderr


def test_a_character_that_the_terminal_lacks_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(terminal, encoding="ascii", write_through=True))
    standard_output.replace_unencodable_characters()
    sys.stdout.write("nö…\n")
    assert terminal.getvalue() == b"n??\n"


def test_the_package_runs_as_a_module() -> None:
    printed = subprocess.run([sys.executable, "-m", "plugfest", "--help"], capture_output=True, text=True, check=True)
    assert printed.stdout.startswith("Usage: plugfest ")


def test_a_serial_number_of_0_is_no_text_of_a_library_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    run("--help")
    with warnings.catch_warnings(record=True) as printed:
        x509.load_pem_x509_certificate(ROOT_WITH_SERIAL_NUMBER_0)
    assert printed == []
