"""Downloads and uploads of the station, over the protocols that it supports."""

import asyncio
import io
import logging
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from functools import lru_cache
from typing import Any, BinaryIO, Final, NamedTuple, Protocol, TypeVar

from plugfest.station.device_model.model import DeviceModel
from plugfest.station.security.trust_store import CSMS_ROOT, TrustStore
from plugfest.transfer.errors import TransferFailed, TransferFault
from plugfest.transfer.location import parse_location

T = TypeVar("T")

_log = logging.getLogger(__name__)

OWN_RETRIES: Final = 1
OWN_RETRY_INTERVAL: Final = 10.0
"""Retries of a failed transfer, and the seconds between them, where the CSMS does not specify them."""


class FileClient(Protocol):
    """Transfers one file: `transfer.client`, or a network in memory. Both raise TransferFailed."""

    async def fetch(self, url: str, sink: BinaryIO, *, tls: ssl.SSLContext | None, max_size: int) -> None: ...

    async def send(self, url: str, source: BinaryIO, name: str, *, tls: ssl.SSLContext | None) -> None: ...


class FileTransfer:
    """Downloads from and uploads to file servers. `network_up`: whether the network is available."""

    def __init__(
        self, device_model: DeviceModel, trust: TrustStore, network_up: Callable[[], bool], client: FileClient
    ) -> None:
        self._client = client
        self._device_model = device_model
        self._trust = trust
        self._network_up = network_up
        self._running: frozenset[asyncio.Task[None]] = frozenset()

    def url_problem(self, url: str) -> str | None:
        """Why the station cannot use this URL, whatever the server; None if it can."""
        try:
            protocol = parse_location(url).scheme.upper()
        except TransferFailed as error:
            return str(error)
        supported = self._device_model.members("OCPPCommCtrlr", "FileTransferProtocols")
        return None if protocol in supported else f"{protocol} is not supported; expected {', '.join(supported)}"

    async def fetch(self, url: str, *, max_size: int) -> bytes:
        """Download a file of at most `max_size` bytes. Raises TransferFailed."""
        sink = io.BytesIO()
        await self._transfer(url, lambda: self._client.fetch(url, sink, tls=self._tls(url), max_size=max_size))
        return sink.getvalue()

    async def send(self, url: str, data: bytes, name: str) -> None:
        """Upload a file. `url`: a folder, where the file gets this name, or the file itself. Raises TransferFailed."""
        await self._transfer(url, lambda: self._client.send(url, io.BytesIO(data), name, tls=self._tls(url)))

    def cancel_all(self) -> None:
        """Cancel every transfer, as the network is down."""
        for task in self._running:
            task.cancel()

    async def _transfer(self, url: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        problem = self.url_problem(url)
        if problem is not None:
            raise TransferFailed(TransferFault.ADDRESS, problem)
        if not self._network_up():
            raise TransferFailed(TransferFault.UNREACHABLE, "the network is down")
        task = asyncio.create_task(work())
        self._running |= {task}
        try:
            await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            raise TransferFailed(TransferFault.CONNECTION_LOST, "the network went down") from None
        finally:
            self._running -= {task}

    def _tls(self, url: str) -> ssl.SSLContext | None:
        """Trusts the PKI of the CSMS (N01.FR.15) and public certificate authorities (N01.FR.16)."""
        if not parse_location(url).uses_tls:
            return None
        return _trusting(tuple(self._trust.roots(CSMS_ROOT)))


@lru_cache(maxsize=1)
def _trusting(roots: tuple[str, ...]) -> ssl.SSLContext:
    """A TLS context for these roots and the public ones. Loading the latter takes tens of milliseconds."""
    context = ssl.create_default_context()
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # as for the CSMS (M05.FR.12)
    for root in roots:
        context.load_verify_locations(cadata=root)
    return context


class Retries(NamedTuple):
    """How often a transfer is repeated after a failure, and the seconds between two tries."""

    number: int
    interval: float

    async def run(self, transfer: Callable[[], Awaitable[T]], name: str) -> T:
        """Repeat `transfer` until it succeeds. Raises the TransferFailed of the last try."""
        for left in range(self.number, 0, -1):
            try:
                return await transfer()
            except TransferFailed as error:
                _log.info("%s failed, retries left: %d: %s", name, left, error)
            await asyncio.sleep(self.interval)
        return await transfer()


def retries_of(number: int | None, interval: int | None) -> Retries:
    """The retries that a message requests. Omitted: the station's own; negative: none."""
    return Retries(
        OWN_RETRIES if number is None else max(number, 0),
        OWN_RETRY_INTERVAL if interval is None else max(interval, 0),
    )
