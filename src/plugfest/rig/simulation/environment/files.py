"""File servers in memory: one with firmware that takes logs, and one that fails."""

import asyncio
import ssl
from typing import BinaryIO, Final

from plugfest.rig.simulation.environment.network import Network
from plugfest.transfer.errors import TransferFailed, TransferFault

STALL_TIMEOUT: Final = 60.0
"""Seconds without progress after which a transfer fails, as in `transfer.client`."""

TRANSFER_SECONDS: Final = 5.0

WORKING, FAILING = "files.example", "failing.example"
"""The hosts."""


class SimulatedFiles:
    """`station.files.file_transfer.FileClient`, over the network of a world. `image`: the firmware."""

    def __init__(self, network: Network, image: bytes) -> None:
        self._network = network
        self._image = image

    async def fetch(self, url: str, sink: BinaryIO, *, tls: ssl.SSLContext | None, max_size: int) -> None:
        await self._pass(url)
        sink.write(self._image)

    async def send(self, url: str, source: BinaryIO, name: str, *, tls: ssl.SSLContext | None) -> None:
        await self._pass(url)

    async def _pass(self, url: str) -> None:
        """The time that a transfer takes."""
        silent = self._network.arrival() - asyncio.get_running_loop().time()
        if silent > STALL_TIMEOUT:
            await asyncio.sleep(STALL_TIMEOUT)
            raise TransferFailed(TransferFault.STALLED)
        await asyncio.sleep(silent + TRANSFER_SECONDS)
        if FAILING in url:
            raise TransferFailed(TransferFault.FAILED)
