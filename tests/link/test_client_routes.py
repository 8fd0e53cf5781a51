"""The ways to a CSMS: IPv6, a path with a query, a proxy, compressed messages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.link.endpoints import HOST, STATION, running_csms
from websockets.asyncio.server import ServerConnection, serve

from plugfest import clock
from plugfest.link.client import connect, is_this_computer
from plugfest.link.errors import CsmsUnreachable
from plugfest.link.peer import Peer
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.v201.messages import HeartbeatRequest
from plugfest.ocpp.versions import V201


class Proxy:
    """A proxy that connects every CONNECT request to `port`, or refuses it. `requests`: their first lines."""

    def __init__(self, port: int | None) -> None:
        self.requests: list[str] = []
        self._port = port
        self._tasks: list[asyncio.Task[None]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(head.decode().splitlines()[0])
        if self._port is None:
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        there, back = await asyncio.open_connection(HOST, self._port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        copying = asyncio.create_task(copy(there, writer))
        await copy(reader, back)
        await copying


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def running_proxy(port: int | None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.serve, HOST, 0)
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://{HOST}:{server.sockets[0].getsockname()[1]}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with server:
        yield proxy


async def heartbeat(url: str, **options: object) -> None:
    websocket = await connect(url, STATION, protocols=[V201], **options)  # type: ignore[arg-type]
    peer = Peer(websocket, RpcEndpoint(V201))
    serving = asyncio.create_task(peer.run())
    await peer.call(HeartbeatRequest())
    await peer.close()
    await serving


@pytest.mark.parametrize("path", ["/ocpp?token=a%20b&x=1", "/a/b/", "?token=1"])
def test_the_identity_is_the_end_of_the_path_and_the_query_stays(path: str) -> None:
    async def main() -> None:
        async with running_csms() as csms:
            await heartbeat(f"ws://{HOST}:{csms.server.port}{path}")
            before, question, query = path.partition("?")
            assert csms.connections[0].handshake.identity == STATION
            assert csms.connections[0].handshake.path == f"{before.rstrip('/')}/{STATION}{question}{query}"

    clock.run_simulated(main())


def test_a_csms_with_an_ipv6_address() -> None:
    async def main() -> None:
        received = asyncio.Event()

        async def answer(websocket: ServerConnection) -> None:
            await websocket.recv()
            received.set()

        async with serve(answer, "::1", 0, subprotocols=["ocpp2.0.1"]) as server:  # type: ignore[list-item]
            port = next(iter(server.sockets)).getsockname()[1]
            websocket = await connect(f"ws://[::1]:{port}/ocpp", STATION, protocols=[V201])
            await websocket.send("[]")
            await received.wait()
            await websocket.close()

    clock.run_simulated(main())


def test_a_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with running_csms() as csms, running_proxy(csms.server.port, monkeypatch) as proxy:
            await heartbeat("ws://csms.example:9000/ocpp")
            assert proxy.requests == ["CONNECT csms.example:9000 HTTP/1.1"]

    clock.run_simulated(main())


def test_a_proxy_is_not_used_on_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with running_csms() as csms, running_proxy(None, monkeypatch) as proxy:
            await heartbeat(csms.url())
            assert proxy.requests == []

    clock.run_simulated(main())


def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with running_proxy(None, monkeypatch):
            with pytest.raises(CsmsUnreachable, match=r"^the proxy does not connect to csms\.example:9000: .*403"):
                await heartbeat("ws://csms.example:9000/ocpp")

    clock.run_simulated(main())


@pytest.mark.parametrize("compression", [False, True])
def test_messages_are_compressed_on_request_only(compression: bool) -> None:
    async def main() -> None:
        extensions: list[list[str]] = []
        texts: list[str | bytes] = []

        async def answer(websocket: ServerConnection) -> None:
            extensions.append([extension.name for extension in websocket.protocol.extensions])
            texts.append(await websocket.recv())

        async with serve(answer, HOST, 0, subprotocols=["ocpp2.0.1"], compression="deflate") as server:  # type: ignore[list-item]
            port = next(iter(server.sockets)).getsockname()[1]
            url = f"ws://{HOST}:{port}/ocpp"
            websocket = await connect(url, STATION, protocols=[V201], compression=compression)
            await websocket.send("[" + " " * 1000 + "]")
            await websocket.wait_closed()
        assert extensions == [["permessage-deflate"] if compression else []]
        assert texts == ["[" + " " * 1000 + "]"]

    clock.run_simulated(main())


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.2", True), ("::1", True), ("10.0.0.1", False), ("localhost.example", False)],
)
def test_what_counts_as_this_computer(host: str, expected: bool) -> None:
    assert is_this_computer(host) is expected
