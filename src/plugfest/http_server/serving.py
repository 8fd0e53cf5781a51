"""Runs an ASGI application on a bound socket, in the event loop of the caller."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from plugfest.unknown_clients import UnknownClients

MAX_CONNECTIONS: Final = 150
"""More at one time are answered with HTTP 503: the file descriptors are for the stations too."""

_SECONDS_TO_CLOSE = 1
"""How long open responses, such as streams of events, may take to end."""


async def serve(application: ASGIApp, listening: socket.socket) -> None:
    """Serve until cancelled. Signals are left to the caller."""
    config = uvicorn.Config(
        application,
        http=cast(type[asyncio.Protocol], partial(_Connection, without_request=UnknownClients())),
        ws="none",
        limit_concurrency=MAX_CONNECTIONS,
        log_level="critical",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_CLOSE,
    )
    await _Server(config).serve(sockets=[listening])


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Connection(H11Protocol):
    """A connection that may be closed while no complete request was received on it, and none is being answered."""

    def __init__(self, *args: Any, without_request: UnknownClients, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._without_request = without_request

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._without_request.add(self, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._without_request.discard(self)
        super().connection_lost(exc)

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete:
            self._without_request.discard(self)

    def on_response_complete(self) -> None:
        if not self.transport.is_closing():
            self._without_request.add(self, self.transport.abort)
        super().on_response_complete()
