"""Monitors a transfer of any protocol: progress, timeout and size limit."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import BinaryIO, Final

from plugfest.transfer.errors import TransferFailed, TransferFault, transfer_error

_BLOCK: Final = 64 * 1024


class ProgressMonitor:
    """Monitors one transfer. Network errors in its block are raised as TransferFailed."""

    def __init__(
        self, stall_timeout: float, on_progress: Callable[[int], None] | None, max_size: int | None = None
    ) -> None:
        self._stall_timeout = stall_timeout
        self._on_progress = on_progress
        self._largest = max_size
        self._done = 0
        self._timeout = asyncio.timeout(stall_timeout)

    async def __aenter__(self) -> "ProgressMonitor":
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError:
            raise TransferFailed(TransferFault.STALLED, f"no data for {self._stall_timeout:g} s") from error
        if isinstance(error, OSError):
            raise transfer_error(error) from error

    def restart(self) -> None:
        """The transfer starts again from the beginning."""
        self._done = 0

    def count(self, size: int) -> None:
        """Another `size` bytes were transferred."""
        self._done += size
        if self._largest is not None and self._done > self._largest:
            raise TransferFailed(TransferFault.TOO_LARGE, f"more than {self._largest} bytes")
        self._timeout.reschedule(asyncio.get_running_loop().time() + self._stall_timeout)
        if self._on_progress is not None:
            self._on_progress(self._done)


class Upload:
    """A file to send: `name` is its name in a folder, `size` is in bytes."""

    def __init__(self, source: BinaryIO, name: str, monitor: ProgressMonitor) -> None:
        self.name = name
        self._source = source
        self._monitor = monitor
        self._start = source.tell()
        self.size = source.seek(0, io.SEEK_END) - self._start

    async def blocks(self) -> AsyncIterator[bytes]:
        """The whole file. Each call starts from the beginning."""
        self._monitor.restart()
        self._source.seek(self._start)
        while block := self._source.read(_BLOCK):
            yield block
            self._monitor.count(len(block))
