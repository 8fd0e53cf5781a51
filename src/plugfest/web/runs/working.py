"""Runs the worker in a process of its own, so that the pages stay fast."""

import asyncio
import sys
from pathlib import Path
from typing import Final

from plugfest.web.runs.worker import REFUSED

_AT_ONCE: Final = 2
"""Workers that may run at the same time."""


class WorkFailed(Exception):
    """A worker has failed. The text is for the user."""


class Workers:
    """Starts workers, a few at a time."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def report(self, run: Path, name: str, target: Path) -> None:
        """Write a format of the report of a run to a file. `name`: as in FORMAT_FILES. Raises WorkFailed."""
        await self._work("report", str(run), name, str(target))

    async def verify(self, file: Path) -> bytes:
        """The verification of a file, as JSON of `Verified`. Raises WorkFailed."""
        return await self._work("verify", str(file))

    async def _work(self, *arguments: str) -> bytes:
        async with self._free:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "plugfest.web.runs.worker",
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                output, errors = await process.communicate()
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise
        if process.returncode:
            lines = errors.decode(errors="replace").strip().splitlines()
            raise WorkFailed(lines[-1] if lines and process.returncode == REFUSED else "an internal error of Plugfest")
        return output
