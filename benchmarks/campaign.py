"""Runs a campaign in its own process: `python campaign.py PRODUCT FOLDER` writes its report and prints memory (MB)."""

import contextlib
import os
import resource
import sys
from pathlib import Path

from plugfest.cli.main import main


def peak_memory() -> float:
    """The peak memory of this process in MB.

    On Linux ru_maxrss includes the memory of the parent before the fork; VmHWM does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    product, folder = sys.argv[1:]
    with open(os.devnull, "w") as null, contextlib.redirect_stdout(null), contextlib.suppress(SystemExit):
        main(["certify", product, "--report", folder])
    print(peak_memory())
