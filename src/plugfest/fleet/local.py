"""The processes of a fleet on this computer."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec

from plugfest.fleet.plan import Share
from plugfest.fleet.process import BEGIN, MAX_LINE, REPORT, Reply
from plugfest.fleet.worker import WorkerFailed, WorkerReport
from plugfest.fleet.workers import Workers

CLOSE_TIMEOUT: Final = 60.0
"""Seconds that the stations of a process may take to shut down, before it is killed."""


class LocalProcess:
    """A process of this computer (`workers.WorkerConnection`). See `process` for what is sent."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._commands, self._replies = process.stdin, process.stdout

    @classmethod
    async def start(cls, share: Share) -> "LocalProcess":
        """Start a process for a share."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "plugfest.fleet.process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE,
            start_new_session=True,  # a signal for the process group of the terminal is for this process alone
        )
        started = cls(process)
        await started._send(msgspec.json.encode(share) + b"\n")
        return started

    async def begin(self) -> None:
        await self._send(BEGIN)

    async def report(self) -> WorkerReport:
        await self._send(REPORT)
        return await self._read()

    async def close(self) -> WorkerReport:
        self._commands.close()
        try:
            return await self._read()
        finally:
            await self._end()

    async def kill(self) -> None:
        """End the process at once, if it has not ended."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()

    async def _send(self, line: bytes) -> None:
        self._commands.write(line)
        with contextlib.suppress(ConnectionError):  # it has ended; reading finds out why
            await self._commands.drain()

    async def _read(self) -> WorkerReport:
        line = await self._replies.readline()
        reply = msgspec.json.decode(line, type=Reply) if line.endswith(b"\n") else Reply(failure=await self._reason())
        if reply.report is None:
            raise WorkerFailed(reply.failure)
        return reply.report

    async def _reason(self) -> str:
        code = await self._process.wait()
        if code >= 0:
            return f"a process of the fleet ended with exit code {code}"
        hint = "; is there enough memory?" if code == -signal.SIGKILL else ""
        return f"a process of the fleet was ended by {signal.Signals(-code).name}{hint}"

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._process.wait()
        except TimeoutError:
            await self.kill()


@contextlib.asynccontextmanager
async def local_workers(shares: Sequence[Share]) -> AsyncIterator[Workers]:
    """A process for each share during the block."""
    processes: list[LocalProcess] = []
    try:
        for share in shares:
            processes.append(await LocalProcess.start(share))  # noqa: PERF401 - those before are ended if one fails
        yield Workers(processes)
    finally:
        await asyncio.gather(*(process.kill() for process in processes))
