"""Runs an ASGI application on a bound socket, in the event loop of the caller."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS: Final = 20.0
"""How long a client may be connected without a request that it has sent up to its body."""

_SECONDS_TO_CLOSE: Final = 1
"""How long open responses, such as streams of events, may take to end."""


async def serve(application: ASGIApp, listening: socket.socket) -> None:
    """Serve until cancelled. Signals are left to the caller."""
    config = uvicorn.Config(
        application,
        http=_Connection,  # not httptools where it is installed: it sets no limit to headers
        ws="none",  # only requests pass the control of access
        proxy_headers=False,  # what a client names itself is not believed
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
    """Is closed if no request comes: clients that never end one would use up the files of the process."""

    _watching: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._watching is not None:
            self._watching.cancel()

    def _watch(self) -> None:
        waiting, before = self._waiting, self.cycle
        self._watching = self.loop.call_later(REQUEST_SECONDS, lambda: self._look(before, waited=waiting))

    def _look(self, before: object, *, waited: bool) -> None:
        if waited and self._waiting and self.cycle is before:
            self.transport.close()
        else:
            self._watch()

    @property
    def _waiting(self) -> bool:
        """Whether the client has to send the next request."""
        return self.cycle is None or self.cycle.response_complete
