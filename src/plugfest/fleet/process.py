"""A process of a fleet: it reads its share and commands from standard input, and writes reports to standard output.

The first line is the share in JSON. Each further line is a command: "begin" lets the stations connect, "report" is
answered with a line. After the end of the input the process writes its last report, and shuts its stations down: it
never outlives the process that has started it.
"""

import asyncio
import os
import signal
import sys
from typing import Final

import msgspec

from plugfest.fleet.plan import Share
from plugfest.fleet.worker import Worker, WorkerFailed, WorkerReport
from plugfest.garbage_collection import collect_less_often

BEGIN, REPORT = b"begin\n", b"report\n"

MAX_LINE: Final = 1 << 30
"""Bytes of a line: a share has a certificate and a password of each station."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the process. `failure`: why it cannot go on; then there is no report."""

    report: WorkerReport | None = None
    failure: str = ""


async def main() -> None:
    """Serve until the input ends."""
    commands = asyncio.StreamReader(limit=MAX_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    text = await commands.readline()
    if not text.endswith(b"\n"):
        return
    worker = Worker(msgspec.json.decode(text, type=Share))
    preparing = asyncio.create_task(worker.prepare(), name="preparing")
    while command := await commands.readline():
        if preparing.done():
            _check(preparing)
        if command == BEGIN:
            worker.begin()
        elif command == REPORT:
            _write(Reply(report=worker.report()))
    _write(Reply(report=worker.report()))
    preparing.cancel()
    await worker.close()


def _check(preparing: asyncio.Task[None]) -> None:
    """End the process if the stations cannot be prepared."""
    error = preparing.exception()
    if error is not None:
        text = str(error) if isinstance(error, WorkerFailed) else f"{type(error).__name__}: {error}"
        _write(Reply(failure=text))
        os._exit(1)


def _write(reply: Reply) -> None:
    """Write a line. The end of the process that reads it is not an error: the end of the input follows."""
    line = msgspec.json.encode(reply) + b"\n"
    while line:
        try:
            line = line[os.write(sys.stdout.fileno(), line) :]
        except BrokenPipeError:
            return


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C, which reaches every process of a terminal, is for the parent
    collect_less_often()
    asyncio.run(main())
