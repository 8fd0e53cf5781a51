"""How an application is served, on a socket."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from plugfest.clock import run_simulated
from plugfest.http_server.serving import REQUEST_SECONDS, serve
from plugfest.link.server import bind

ANSWERED = b"HTTP/1.1 200"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n"

Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _scheme(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"by {request.url.scheme}")


def with_client(client: Client) -> None:
    """What a client does that is connected to a server, in simulated time."""

    async def scenario() -> None:
        application = Starlette(routes=[Route("/", _scheme, methods=["GET", "POST"])])
        with bind("127.0.0.1", 0) as listening:
            listening.listen()
            serving = asyncio.create_task(serve(application, listening))
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            await client(reader, writer)
            writer.close()
            await writer.wait_closed()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    run_simulated(scenario())


@pytest.mark.parametrize(
    "begun",
    [b"", GET, GET + b"\r\nGET /", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"],
    ids=["nothing", "half a request", "half a second request", "half a body that nobody reads"],
)
def test_a_connection_without_a_whole_request_is_closed(begun: bytes) -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        writer.write(begun)
        await reader.read()
        assert loop.time() - began <= 2 * REQUEST_SECONDS + 1

    with_client(client)


def test_a_connection_with_requests_stays_open() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(20):
            writer.write(GET + b"\r\n")
            assert (await reader.readuntil(b"by http")).startswith(ANSWERED)
            await asyncio.sleep(4)  # less than the 5 s after which the server ends a connection without a request

    with_client(client)


def test_a_client_is_not_believed_what_a_proxy_would_name() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GET + b"X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"by http")

    with_client(client)


@pytest.mark.parametrize(
    "head", [b"X: " + b"a" * 200_000 + b"\r\n\r\n", b"X: a\r\n" * 40_000 + b"\r\n"], ids=["long", "many"]
)
def test_large_headers_are_refused(head: bytes) -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GET + head)
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")

    with_client(client)
