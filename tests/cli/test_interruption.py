"""A signal ends a command with one line and the exit code of the signal."""

import signal
import subprocess
import sys

import pytest

SIGNALS = [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")]

IMPORTING = """
import signal
from plugfest.cli.interruption import ending_at_once
with ending_at_once():
    try:
        signal.raise_signal({number:d})
    except BaseException:
        print("an import was left in the middle")
"""

IGNORED = """
import signal
signal.signal({number:d}, signal.SIG_IGN)
from plugfest.cli.interruption import ending_at_once
with ending_at_once():
    signal.raise_signal({number:d})
"""

RUNNING = """
import signal
from plugfest.cli import main
from plugfest.cli.commands import products
products.command.callback = lambda **_: signal.raise_signal({number:d})
main.main(["products"])
"""


def ended(program: str, number: signal.Signals) -> subprocess.CompletedProcess[str]:
    text = program.format(number=int(number))
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("program", [IMPORTING, RUNNING], ids=["importing", "running"])
@pytest.mark.parametrize(("number", "code", "word"), SIGNALS)
def test_a_signal_ends_a_command_with_one_line(number: signal.Signals, code: int, word: str, program: str) -> None:
    process = ended(program, number)
    assert process.returncode == code
    assert process.stdout == ""
    assert process.stderr.strip() == f"plugfest: {word}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_the_parent_ignores_is_ignored_while_modules_are_imported(number: signal.Signals) -> None:
    process = ended(IGNORED, number)
    assert (process.returncode, process.stderr) == (0, "")
