"""One HTTP/1.1 connection at the server's end: h11 over a stream."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

import h11

_BLOCK: Final = 64 * 1024


class HttpConnection:
    """Takes one request and answers it. Raises h11.RemoteProtocolError for what is not HTTP, and OSError."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)

    @property
    def tls(self) -> str | None:
        """The version of TLS, None without."""
        tls = self._writer.get_extra_info("ssl_object")
        return None if tls is None else tls.version()

    async def request(self) -> h11.Request | None:
        """The request; None if the client left without one."""
        event = await self._event()
        return event if isinstance(event, h11.Request) else None

    async def body(self) -> AsyncIterator[bytes]:
        """What the client sends with its request."""
        if self._http.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def refuse(self, status: HTTPStatus, *headers: tuple[str, str]) -> None:
        """Answer without use for the body. A client that sends it unasked reads the answer when it has done so."""
        if not self._http.they_are_waiting_for_100_continue:
            async for _ in self.body():
                pass
        await self.respond(status, *headers)

    async def respond(self, status: HTTPStatus, *headers: tuple[str, str]) -> None:
        """Answer with nothing but a status."""
        await self.begin(status, *headers, size=0)
        await self.end()

    async def begin(self, status: HTTPStatus, *headers: tuple[str, str], size: int) -> None:
        """Answer with `size` bytes, which follow."""
        lines = [("Content-Length", str(size)), ("Connection", "close"), *headers]
        await self._send(h11.Response(status_code=status, reason=status.phrase, headers=lines))

    async def send(self, data: bytes) -> None:
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        await self._send(h11.EndOfMessage())

    async def gone(self) -> None:
        """Wait until the client has left."""
        while await self._reader.read(_BLOCK):
            pass

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_BLOCK))
        return event

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()
