"""A CSMS that is not ours, in a process of its own."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.external.csms import Csms
from tests.cli.external.csms_v201 import Station


@contextmanager
def csms_process() -> Iterator[str]:
    """The URL of a CSMS of OCPP 2.0.1."""
    command = [sys.executable, "-m", "tests.web.stations.csms_process"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait(timeout=30)


async def _serve() -> None:
    async with Csms(Station).listening("ocpp2.0.1") as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
