"""How soon the command line answers, against the start of Python with the libraries that every command needs."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest
from benchmarks.test_campaign import Figures

ROUNDS = 9

PEER = [sys.executable, "-c", "import click, rich.console"]

LIMIT_S = 0.15

COMMANDS = {
    "plugfest --help": (["--help"], 3.0),
    "plugfest --version": (["--version"], 3.0),
}
"""Each with its limit as a ratio to the peer."""


def seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=environment, capture_output=True, check=True)
    return time.perf_counter() - started


@pytest.mark.parametrize("name", COMMANDS)
def test_the_start_of_a_command(name: str, tmp_path: Path, figure: Figures) -> None:
    words, ratio = COMMANDS[name]
    # Installed packages have their bytecode; environments of developers may forbid to write it.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(tmp_path)
    command = [sys.executable, "-m", "plugfest", *words]
    seconds(command, environment)
    seconds(PEER, environment)
    ours, peers = zip(
        *((seconds(command, environment), seconds(PEER, environment)) for _ in range(ROUNDS)), strict=True
    )
    figure(f"{name} / click and rich", median(ours) / median(peers), ratio, "")
    figure(name, median(ours), LIMIT_S, "s")
