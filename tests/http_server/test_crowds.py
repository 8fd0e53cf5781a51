"""HTTP servers for people and programs, among clients that send no request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.crowds import no_file_descriptors_left, open_connections

from plugfest.clock import run_simulated
from plugfest.http_server.serving import MAX_CONNECTIONS, serve
from plugfest.link.server import bind

HOST = "127.0.0.1"


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    """A server that answers with the body of the request. The value is its port."""

    async def echo(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    listening = bind(HOST, 0)
    serving = asyncio.create_task(serve(Starlette(routes=[Route("/", echo, methods=["GET", "POST"])]), listening))
    try:
        await asyncio.sleep(1)
        yield listening.getsockname()[1]
    finally:
        serving.cancel()
        await asyncio.wait({serving})
        listening.close()


async def answer_to(sent: bytes, *, crowd: bytes) -> bytes:
    """The answer to a request while a crowd has sent what it sends."""
    async with served() as port, open_connections(HOST, port, crowd):
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(sent)
        answer = await reader.read()
        writer.close()
        return answer


@pytest.mark.parametrize(
    "crowd",
    [b"", b"GET / HTTP/1.1\r\nHost:", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"],
    ids=["nothing", "half a header", "half a body"],
)
def test_a_request_is_answered_while_a_crowd_does_not_finish_its_requests(crowd: bytes) -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert run_simulated(answer_to(request, crowd=crowd)).startswith(b"HTTP/1.1 200 ")


def test_a_websocket_is_not_opened() -> None:
    upgrade = b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
    key = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    assert not run_simulated(answer_to(upgrade + key, crowd=b"")).startswith(b"HTTP/1.1 101 ")


def test_every_request_of_a_crowd_is_answered() -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    async def answers() -> int:
        async with served() as port, open_connections(HOST, port, request, 2 * MAX_CONNECTIONS) as clients:
            heads = await asyncio.gather(*(reader.readuntil(b"\r\n") for reader in clients))
            return sum(head.startswith(b"HTTP/1.1 200 ") for head in heads)

    assert run_simulated(answers()) == 2 * MAX_CONNECTIONS


def test_connections_are_accepted_again_when_there_are_file_descriptors() -> None:
    async def answer() -> bytes:
        async with served() as port:
            reader, writer = await asyncio.open_connection(HOST, port)
            with no_file_descriptors_left():
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                await asyncio.sleep(1)
            head = await reader.read()
            writer.close()
            return head

    assert run_simulated(answer()).startswith(b"HTTP/1.1 200 ")
