"""Runs an ASGI application on a bound socket, in the event loop of the caller."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

_SECONDS_TO_CLOSE = 1
"""How long open responses, such as streams of events, may take to end."""


async def serve(application: ASGIApp, listening: socket.socket) -> None:
    """Serve until cancelled. Signals are left to the caller."""
    config = uvicorn.Config(
        application,
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
