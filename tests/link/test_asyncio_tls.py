"""What we add to asyncio's TLS, seen from the far end of the wire."""

import asyncio

from tests.link.endpoints import HOST, csms, pki

from plugfest import clock
from plugfest.link import asyncio_tls
from plugfest.link.tls import server_context

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
        async with csms(tls=server_context(pki().csms(HOST))) as world:
            heard = await talk(world.server.port, hello_of_tls_1_0())
            return heard, (await world.attempt()).tls_failure

    heard, failure = clock.run_simulated(main())
    assert heard == PROTOCOL_VERSION_ALERT
    assert failure == "unsupported protocol"


def test_a_client_that_hangs_up_before_its_handshake_is_noticed():
    async def main() -> str | None:
        async with csms(tls=server_context(pki().csms(HOST))) as world:
            _, writer = await asyncio.open_connection(HOST, world.server.port)
            await asyncio.sleep(1)
            writer.close()
            return (await world.attempt()).tls_failure

    assert clock.run_simulated(main()) == "the station closed the connection"


def test_a_client_that_never_speaks_is_noticed_when_its_time_is_over():
    async def main() -> tuple[str | None, float]:
        async with csms(tls=server_context(pki().csms(HOST)), open_timeout=20) as world:
            _, writer = await asyncio.open_connection(HOST, world.server.port)
            attempt = await world.attempt()
            writer.close()
            return attempt.tls_failure, asyncio.get_running_loop().time()

    failure, when = clock.run_simulated(main())
    assert failure is not None
    assert "longer than 20 seconds" in failure
    assert when == 20


def test_a_connection_keeps_a_small_buffer():
    assert asyncio_tls.SSLProtocol.max_size == 16_384


def test_installing_twice_changes_nothing():
    asyncio_tls.install()
    asyncio_tls.install()
    assert asyncio.sslproto.SSLProtocol is asyncio_tls.SSLProtocol
    assert asyncio_tls.SSLProtocol.__mro__[1].__module__ == "asyncio.sslproto"
    assert asyncio_tls.SSLProtocol.__mro__[1] is not asyncio_tls.SSLProtocol
