"""Runs an ASGI application on a bound socket, in the event loop of the caller."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from plugfest.http_server.accepting import accept
from plugfest.unknown_clients import UnknownClients

MAX_WITHOUT_REQUEST: Final = 200
"""While so many connections are open on which no request is answered, the next clients wait to be accepted."""

MAX_CONNECTIONS: Final = 500
"""More at one time are answered with HTTP 503: the file descriptors are for the stations too."""

REQUEST_SECONDS: Final = 20.0
"""How long a client may be connected without a request that it has sent up to its body."""

UNREAD_SECONDS: Final = 30.0
"""How long a client may leave unread what the server has to wait for: an event stream has no other end."""

_SECONDS_TO_CLOSE: Final = 1
"""How long open responses, such as streams of events, may take to end."""


async def serve(application: ASGIApp, listening: socket.socket) -> None:
    """Serve until cancelled. Signals are left to the caller."""
    config = uvicorn.Config(
        application,
        http="h11",  # not httptools where it is installed: it sets no limit to headers
        ws="none",  # only requests pass the control of access
        proxy_headers=False,  # what a client names itself is not believed
        limit_concurrency=MAX_CONNECTIONS,
        log_level="critical",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_CLOSE,
    )
    config.load()
    server = _Server(config)
    without_request = UnknownClients(MAX_WITHOUT_REQUEST)
    connection = partial(_Connection, config, server.server_state, {}, without_request=without_request)
    accepting = asyncio.create_task(accept(listening, connection, without_request))
    try:
        await server.serve(sockets=[])
    finally:
        accepting.cancel()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Connection(H11Protocol):
    """Is closed if no request comes: clients that never end one would use up the files of the process.

    Without a complete request, and with none being answered, it is also closed if there are too many of its kind.
    A client that does not read its answer is disconnected.
    """

    _watching: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, without_request: UnknownClients, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._without_request = without_request

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._without_request.add(self, transport.abort)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._without_request.discard(self)
        super().connection_lost(exc)
        for timer in (self._watching, self._unread):
            if timer is not None:
                timer.cancel()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete:
            self._without_request.discard(self)

    def on_response_complete(self) -> None:
        if not self.transport.is_closing():
            self._without_request.add_again(self, self.transport.abort)
        super().on_response_complete()

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
