"""What a transfer is watched for, whatever the protocol: that it goes on, and that it is not too much."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import BinaryIO, Final

from plugfest.transfer.errors import Fault, TransferFailed, failure_of

_BLOCK: Final = 64 * 1024


class Meter:
    """Watches over one transfer. Its block raises nothing but TransferFailed for what the network does."""

    def __init__(self, patience: float, on_progress: Callable[[int], None] | None, largest: int | None = None) -> None:
        self._patience = patience
        self._on_progress = on_progress
        self._largest = largest
        self._done = 0
        self._timeout = asyncio.timeout(patience)

    async def __aenter__(self) -> "Meter":
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError:
            raise TransferFailed(Fault.STALLED, f"no byte for {self._patience:g} s") from error
        if isinstance(error, OSError):
            raise failure_of(error) from error

    def restart(self) -> None:
        """The same transfer begins anew."""
        self._done = 0

    def count(self, size: int) -> None:
        """So many bytes more have been transferred."""
        self._done += size
        if self._largest is not None and self._done > self._largest:
            raise TransferFailed(Fault.TOO_LARGE, f"more than {self._largest} bytes")
        self._timeout.reschedule(asyncio.get_running_loop().time() + self._patience)
        if self._on_progress is not None:
            self._on_progress(self._done)


class Outgoing:
    """A file on its way: `name` where the server has a folder, `size` in bytes."""

    def __init__(self, source: BinaryIO, name: str, meter: Meter) -> None:
        self.name = name
        self._source = source
        self._meter = meter
        self._begin = source.tell()
        self.size = source.seek(0, io.SEEK_END) - self._begin

    async def blocks(self) -> AsyncIterator[bytes]:
        """The whole file, from its beginning each time."""
        self._meter.restart()
        self._source.seek(self._begin)
        while block := self._source.read(_BLOCK):
            yield block
            self._meter.count(len(block))
