"""One campaign in a process of its own: `python campaign.py PRODUCT FOLDER` writes the report and prints the peak of
its memory in MB."""

import contextlib
import os
import resource
import sys
from pathlib import Path

from plugfest.cli.main import main


def peak_memory() -> float:
    """MB of memory that this process held at most.

    Linux counts for a process also what its parent held when it forked, but not in VmHWM.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    product, folder = sys.argv[1:]
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.suppress(SystemExit):
        main(["certify", product, "--report", folder])
    print(peak_memory())
