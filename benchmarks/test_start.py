"""How soon the command line answers, against the start of Python with the libraries that every command needs."""

import os
import subprocess
import sys
import time
from statistics import median

import pytest
from benchmarks.test_campaign import Figures

from plugfest.cli.main import COMMANDS

ROUNDS = 9

PEER = [sys.executable, "-c", "import click, rich.console"]

LIMIT = 3.0
"""As a ratio to the peer."""

LIMIT_S = 0.15

CALLS = {f"plugfest {words}": (words.split(), {}) for words in ("--help", "--version")}
CALLS |= {f"plugfest {name} --help": ([name, "--help"], {}) for name in COMMANDS}
CALLS |= {
    "a wrong option": (["certify", "--nonsense"], {}),
    "the completion of a shell": (
        [],
        {"_PLUGFEST_COMPLETE": "bash_complete", "COMP_WORDS": "plugfest certify --or", "COMP_CWORD": "2"},
    ),
}
"""Each with its arguments and environment variables."""


def seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=environment, capture_output=True, check=False)
    return time.perf_counter() - started


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Installed packages have their bytecode; environments of developers may forbid to write it."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(tmp_path_factory.mktemp("bytecode"))}


@pytest.mark.parametrize("name", CALLS)
def test_the_start_of_a_command(name: str, environment: dict[str, str], figure: Figures) -> None:
    words, variables = CALLS[name]
    command, ours_in = [sys.executable, "-m", "plugfest", *words], {**environment, **variables}
    seconds(command, ours_in)
    seconds(PEER, environment)
    ours, peers = zip(*((seconds(command, ours_in), seconds(PEER, environment)) for _ in range(ROUNDS)), strict=True)
    figure(f"{name} / click and rich", median(ours) / median(peers), LIMIT, "")
    figure(name, median(ours), LIMIT_S, "s")
