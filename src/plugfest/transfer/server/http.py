"""HTTP and HTTPS: GET, PUT, and POST of a form or of the plain file. One request on a connection."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urlsplit

import h11

from plugfest.link.handshake import parse_basic
from plugfest.transfer.server.base import StreamServer
from plugfest.transfer.server.document_store import Access, OpenFile, Outcome, absolute
from plugfest.transfer.server.http_connection import HttpConnection
from plugfest.transfer.server.multipart import file_in_form, file_name

_STATUS: Final = {
    Outcome.DENIED: HTTPStatus.FORBIDDEN,
    Outcome.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Outcome.FAILED: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_UPLOADS: Final = frozenset({"PUT", "POST"})


class HttpServer(StreamServer):
    """`methods` can be narrowed: a CSMS need not take both PUT and POST (N01.FR.18)."""

    schemes = ("http", "https")
    methods = frozenset({"GET", "HEAD", "PUT", "POST"})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = HttpConnection(reader, writer)
        try:
            request = await line.request()
            if request is not None:
                await self._answer(line, request)
        except h11.RemoteProtocolError as error:
            await line.respond(HTTPStatus(error.error_status_hint))

    async def _answer(self, line: HttpConnection, request: h11.Request) -> None:
        method, target = request.method.decode(), request.target.decode(errors="replace")
        headers = {name.decode(): value.decode(errors="replace") for name, value in request.headers}
        user, password = parse_basic(headers.pop("authorization", "")) or (None, None)
        access = Access(
            protocol=self.scheme,
            request=f"{method} {target}",
            path=absolute(unquote(urlsplit(target).path)),
            upload=method in _UPLOADS,
            user=user,
            tls=line.tls,
            headers=headers,
        )
        with self.documents.open(access, line.gone) as open_file:
            if not self.documents.admits(user, password):
                open_file.refuse(Outcome.DENIED)
                await line.refuse(HTTPStatus.UNAUTHORIZED, ("WWW-Authenticate", 'Basic realm="files"'))
            elif method not in self.methods:
                open_file.refuse(Outcome.DENIED)
                await line.refuse(HTTPStatus.METHOD_NOT_ALLOWED, ("Allow", ", ".join(sorted(self.methods))))
            elif (refusal := open_file.refusal()) is not None:
                await line.refuse(_STATUS[refusal])
            elif access.upload:
                await self._take(line, open_file)
            else:
                await _give(line, open_file, method)

    async def _take(self, line: HttpConnection, open_file: OpenFile) -> None:
        async for data in line.body():
            await open_file.write(data)
        name, data = _unpacked(open_file.access.headers, open_file.received)
        path = open_file.access.path
        if path in self.documents.folders:
            if name is None:
                open_file.refuse(Outcome.FAILED)
                await line.respond(HTTPStatus.BAD_REQUEST)
                return
            path = absolute(name, path)
        open_file.keep(path, data)
        await line.respond(HTTPStatus.CREATED)


async def _give(line: HttpConnection, open_file: OpenFile, method: str) -> None:
    await line.begin(HTTPStatus.OK, ("Content-Type", "application/octet-stream"), size=open_file.size)
    if method == "GET":
        async for block in open_file.read():
            await line.send(block)
    await line.end()


def _unpacked(headers: Mapping[str, str], body: bytes) -> tuple[str | None, bytes]:
    """The name of the file that was sent, and the file."""
    content_type = headers.get("content-type", "")
    if content_type.startswith("multipart/"):
        return file_in_form(content_type, body) or (None, body)
    return file_name(headers.get("content-disposition", "")), body
