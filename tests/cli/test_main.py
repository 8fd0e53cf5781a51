"""The command line as a whole."""

import subprocess
import sys

import pytest

from plugfest.cli.main import COMMANDS, main


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


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("plugfest ")


@pytest.mark.parametrize("arguments", [["nonsense"], ["cases"], ["cases", "--product"], ["--nonsense"]])
def test_a_wrong_call_is_one_line_and_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("plugfest: ")
    assert printed.err.count("\n") == 1
