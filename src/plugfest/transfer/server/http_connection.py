"""The server's end of an HTTP/1.1 connection: h11 on asyncio streams."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

import h11

_BLOCK: Final = 64 * 1024


class HttpConnection:
    """Receives one request and answers it. Raises OSError, and h11.RemoteProtocolError for invalid HTTP."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)

    @property
    def tls(self) -> str | None:
        """The TLS version; None without TLS."""
        tls = self._writer.get_extra_info("ssl_object")
        return None if tls is None else tls.version()

    async def request(self) -> h11.Request | None:
        """The request; None if the client disconnected without one."""
        event = await self._event()
        return event if isinstance(event, h11.Request) else None

    async def body(self) -> AsyncIterator[bytes]:
        """The blocks of the request body."""
        if self._http.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def refuse(self, status: HTTPStatus, *headers: tuple[str, str]) -> None:
        """Answer without using the body. A client that sends it anyway reads the answer only afterwards."""
        if not self._http.they_are_waiting_for_100_continue:
            async for _ in self.body():
                pass
        await self.respond(status, *headers)

    async def respond(self, status: HTTPStatus, *headers: tuple[str, str]) -> None:
        """Answer with a status and no body."""
        await self.begin(status, *headers, size=0)
        await self.end()

    async def begin(self, status: HTTPStatus, *headers: tuple[str, str], size: int) -> None:
        """Start an answer with a body of `size` bytes."""
        lines = [("Content-Length", str(size)), ("Connection", "close"), *headers]
        await self._send(h11.Response(status_code=status, reason=status.phrase, headers=lines))

    async def send(self, data: bytes) -> None:
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        await self._send(h11.EndOfMessage())

    async def disconnected(self) -> None:
        """Wait until the client has disconnected."""
        while await self._reader.read(_BLOCK):
            pass

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_BLOCK))
        return event

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()
