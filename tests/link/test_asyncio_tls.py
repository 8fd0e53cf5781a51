"""The additions to asyncio's TLS, as seen by the peer."""

import asyncio
import ssl

from tests.link.endpoints import HOST, pki, running_csms

from plugfest import clock
from plugfest.link import asyncio_tls
from plugfest.link.tls import client_context, server_context

LETTERS = (b"a", b"b", b"c", b"d")
SIZE = 200_000

PROTOCOL_VERSION_ALERT = bytes.fromhex("15 0301 0002 02 46")


async def talk(port: int, first: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(first)
    try:
        return await reader.read()
    finally:
        writer.close()


def hello_of_tls_1_0() -> bytes:
    body = bytes.fromhex("0301") + bytes(32) + bytes.fromhex("00 0002 002f 01 00")
    message = b"\x01" + len(body).to_bytes(3) + body
    return bytes.fromhex("160301") + len(message).to_bytes(2) + message


def test_a_refused_client_gets_its_alert():
    async def main() -> tuple[bytes, str | None]:
        async with running_csms(tls=server_context(pki().csms(HOST))) as csms:
            received = await talk(csms.server.port, hello_of_tls_1_0())
            return received, (await csms.attempt()).tls_failure

    received, failure = clock.run_simulated(main())
    assert received == PROTOCOL_VERSION_ALERT
    assert failure == "there is no common TLS version; the client offers TLSv1"


def test_a_client_that_closes_before_its_handshake_is_reported():
    async def main() -> str | None:
        async with running_csms(tls=server_context(pki().csms(HOST))) as csms:
            _, writer = await asyncio.open_connection(HOST, csms.server.port)
            await asyncio.sleep(1)
            writer.close()
            return (await csms.attempt()).tls_failure

    assert clock.run_simulated(main()) == "the client closed the TCP connection and began no TLS handshake"


def test_a_client_that_sends_nothing_is_reported_after_the_timeout():
    async def main() -> tuple[str | None, float]:
        async with running_csms(tls=server_context(pki().csms(HOST)), open_timeout=20) as csms:
            _, writer = await asyncio.open_connection(HOST, csms.server.port)
            attempt = await csms.attempt()
            writer.close()
            return attempt.tls_failure, asyncio.get_running_loop().time()

    failure, when = clock.run_simulated(main())
    assert failure == "the client did not finish the TLS handshake within 20 s"
    assert when == 20


def test_a_connection_keeps_a_small_buffer():
    assert asyncio_tls.SSLProtocol.max_size == 16_384


def test_installing_twice_changes_nothing():
    asyncio_tls.install()
    asyncio_tls.install()
    assert asyncio.sslproto.SSLProtocol is asyncio_tls.SSLProtocol
    assert asyncio_tls.SSLProtocol.__mro__[1].__module__ == "asyncio.sslproto"
    assert asyncio_tls.SSLProtocol.__mro__[1] is not asyncio_tls.SSLProtocol


def test_connections_of_one_loop_share_their_buffer_and_receive_only_their_own():
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(data)
        writer.close()

    async def trip(port: int, tls: ssl.SSLContext, letter: bytes) -> tuple[bytes, asyncio.BaseTransport]:
        reader, writer = await asyncio.open_connection(HOST, port, ssl=tls)
        writer.write(letter * SIZE)
        received = await reader.readexactly(SIZE)
        writer.close()
        return received, writer.transport

    async def main() -> list[tuple[bytes, asyncio.BaseTransport]]:
        server = await asyncio.start_server(echo, HOST, 0, ssl=server_context(pki().csms(HOST)))
        tls = client_context([pki().root_pem])
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await asyncio.gather(*(trip(port, tls, letter) for letter in LETTERS))

    found = asyncio.run(main())
    assert [received for received, _ in found] == [letter * SIZE for letter in LETTERS]
    assert len({id(transport._ssl_protocol._ssl_buffer) for _, transport in found}) == 1  # type: ignore[attr-defined]
