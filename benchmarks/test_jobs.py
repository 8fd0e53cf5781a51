"""A campaign whose cases are shared by two processes, against the same campaign in one."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest
from benchmarks.test_campaign import PRODUCT, Figures

ROUNDS = 3
LIMIT = 0.6


def seconds(jobs: int, run: Path, environment: dict[str, str]) -> float:
    words = ["certify", PRODUCT, "--jobs", str(jobs), "--run", str(run)]
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "plugfest", *words], env=environment, capture_output=True, check=True)
    return time.perf_counter() - started


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two processors")
def test_two_jobs(tmp_path: Path, figure: Figures) -> None:
    # Installed packages have their bytecode; environments of developers may forbid to write it.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(tmp_path / "bytecode")
    seconds(1, tmp_path / "first", environment)
    one, two = (
        median(seconds(jobs, tmp_path / f"{jobs}-{number}", environment) for number in range(ROUNDS)) for jobs in (1, 2)
    )
    figure("a campaign with two jobs / with one", two / one, LIMIT, "")
