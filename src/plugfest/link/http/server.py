"""An HTTP server on a bound socket."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette


async def serve_http(application: Starlette, listening: socket.socket) -> None:
    """Serve until cancelled."""
    await _Server(uvicorn.Config(application, log_level="critical", lifespan="off")).serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Leaves signal handling to the caller."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
