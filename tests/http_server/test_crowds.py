"""HTTP servers for people and programs, among clients that send no request."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.crowds import open_connections

from plugfest.clock import run_simulated
from plugfest.http_server.serving import serve
from plugfest.link.server import bind

HOST = "127.0.0.1"


async def answer_to(sent: bytes, *, crowd: bytes) -> bytes:
    """The answer to a request while a crowd has sent what it sends."""

    async def echo(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    listening = bind(HOST, 0)
    serving = asyncio.create_task(serve(Starlette(routes=[Route("/", echo, methods=["GET", "POST"])]), listening))
    try:
        await asyncio.sleep(1)
        port = listening.getsockname()[1]
        async with open_connections(HOST, port, crowd):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(sent)
            answer = await reader.read()
            writer.close()
            return answer
    finally:
        serving.cancel()
        await asyncio.wait({serving})
        listening.close()


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
