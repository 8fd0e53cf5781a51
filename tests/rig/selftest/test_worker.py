"""The worker processes of a self-test end with it: when it is killed, and at Ctrl-C."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
from plugfest.rig.selftest.campaign import MutantJob, run

jobs = [MutantJob("TC_C_57_CS", "reference-ac")] + [MutantJob("TC_E_09_CS", "reference-ac")] * 50
for report in run(jobs, 2):
    print(report.case_id, flush=True)
"""

LIMIT = 30.0
"""Seconds; the jobs would take minutes."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_the_workers_end_with_their_parent(number: signal.Signals) -> None:
    words = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()  # the workers run
        process.send_signal(number)
        process.communicate(timeout=LIMIT)  # until every process has closed the pipe, also the workers
    assert process.returncode != 0
