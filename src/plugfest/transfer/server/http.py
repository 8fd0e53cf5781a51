"""HTTP and HTTPS: GET, PUT, and POST of a multipart form or of the file itself. One request per connection."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urlsplit

import h11

from plugfest.link.handshake import Credentials, InvalidAuthorization, parse_basic
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
    """Serves HTTP. Tests can reduce `methods`: a CSMS need not support both PUT and POST (N01.FR.18)."""

    schemes = ("http", "https")
    methods = frozenset({"GET", "HEAD", "PUT", "POST"})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = HttpConnection(reader, writer)
        try:
            request = await connection.request()
            if request is not None:
                await self._answer(connection, request)
        except h11.RemoteProtocolError as error:
            await connection.respond(HTTPStatus(error.error_status_hint))

    async def _answer(self, connection: HttpConnection, request: h11.Request) -> None:
        method, target = request.method.decode(), request.target.decode(errors="replace")
        headers = {name.decode(): value.decode(errors="replace") for name, value in request.headers}
        user, password = _credentials(headers.pop("authorization", ""))
        access = Access(
            protocol=self.scheme,
            request=f"{method} {target}",
            path=_path(target),
            upload=method in _UPLOADS,
            user=user,
            tls=connection.tls,
            headers=headers,
        )
        with self.documents.open(access, connection.disconnected) as open_file:
            if not self.documents.accepts_credentials(user, password):
                open_file.refuse(Outcome.DENIED)
                await connection.refuse(HTTPStatus.UNAUTHORIZED, ("WWW-Authenticate", 'Basic realm="files"'))
                return
            self._authenticated()
            if method not in self.methods:
                open_file.refuse(Outcome.DENIED)
                await connection.refuse(HTTPStatus.METHOD_NOT_ALLOWED, ("Allow", ", ".join(sorted(self.methods))))
            elif (refusal := open_file.refusal()) is not None:
                await connection.refuse(_STATUS[refusal])
            elif access.upload:
                await self._receive(connection, open_file)
            else:
                await _send(connection, open_file, method)

    async def _receive(self, connection: HttpConnection, open_file: OpenFile) -> None:
        async for data in connection.body():
            await open_file.write(data)
        name, data = _name_and_content(open_file.access.headers, open_file.received)
        path = open_file.access.path
        if path in self.documents.folders:
            if name is None:
                open_file.refuse(Outcome.FAILED)
                await connection.respond(HTTPStatus.BAD_REQUEST)
                return
            path = absolute(name, path)
        open_file.store(path, data)
        await connection.respond(HTTPStatus.CREATED)


async def _send(connection: HttpConnection, open_file: OpenFile, method: str) -> None:
    await connection.begin(HTTPStatus.OK, ("Content-Type", "application/octet-stream"), size=open_file.size)
    if method == "GET":
        async for block in open_file.read():
            await connection.send(block)
    await connection.end()


def _name_and_content(headers: Mapping[str, str], body: bytes) -> tuple[str | None, bytes]:
    """The name and the content of an uploaded file."""
    content_type = headers.get("content-type", "")
    if content_type.startswith("multipart/"):
        return file_in_form(content_type, body) or (None, body)
    return file_name(headers.get("content-disposition", "")), body


def _path(target: str) -> str:
    try:
        return absolute(unquote(urlsplit(target).path))
    except ValueError as error:
        raise h11.RemoteProtocolError(str(error)) from None


def _credentials(header: str) -> Credentials | tuple[None, None]:
    try:
        return parse_basic(header)
    except InvalidAuthorization:
        return None, None
