"""The CSMS's end: who is let in, what is seen of everybody, and what can change while it listens."""

import asyncio
from http import HTTPStatus

import pytest
from tests.link.endpoints import HOST, STATION, csms, everybody, pki, station

from plugfest import clock
from plugfest.link.client import connect
from plugfest.link.errors import CannotListen, CsmsUnreachable, HandshakeFault, HandshakeRefused
from plugfest.link.handshake import Admission, Handshake
from plugfest.link.server import Attempt, Server
from plugfest.link.tls import TLSVersion, client_context, server_context
from plugfest.ocpp.v201.messages import HeartbeatRequest
from plugfest.ocpp.versions import V16, V201
from plugfest.security.pki import Fault


def only_with_password(handshake: Handshake) -> Admission:
    if handshake.credentials == (STATION, "secret"):
        return Admission.accept()
    return Admission.refuse(HTTPStatus.UNAUTHORIZED)


async def raw(port: int, request: bytes) -> bytes:
    """Send bytes and return the whole answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request)
    try:
        return await reader.read()
    finally:
        writer.close()


def test_a_password_can_be_asked_for():
    async def main() -> bytes:
        async with csms(admit=only_with_password) as world:
            good = await connect(world.url(), STATION, protocols=[V201], credentials=(STATION, "secret"))
            await good.close()
            with pytest.raises(HandshakeRefused):
                await connect(world.url(), STATION, protocols=[V201], credentials=(STATION, "guess"))
            request = (
                b"GET /ocpp/CS001 HTTP/1.1\r\nHost: csms\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
            return await raw(world.server.port, request)

    answer = clock.run_simulated(main())
    assert answer.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert b'WWW-Authenticate: Basic realm="OCPP"' in answer


def test_without_a_common_version_the_websocket_opens_and_closes_at_once():
    async def main() -> tuple[bytes, list[Attempt]]:
        async with csms(protocols=[V201]) as world:
            request = (
                b"GET /ocpp/CS001 HTTP/1.1\r\nHost: csms\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Protocol: ocpp1.5, ocpp1.6\r\n\r\n"
            )
            return await raw(world.server.port, request), world.attempts

    answer, attempts = clock.run_simulated(main())
    head, _, frames = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Protocol" not in head
    assert frames[0] == 0x88  # a close frame
    assert attempts[0].handshake is not None
    assert attempts[0].handshake.subprotocols == ("ocpp1.5", "ocpp1.6")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [(b"GET / HTTP/1.1\r\nHost: csms\r\n\r\n", 426), (b"no http at all\r\n\r\n", None), (b"", None)],
    ids=["no upgrade", "no HTTP", "nothing"],
)
def test_whoever_connects_is_noticed_once_whatever_he_says(request_bytes, status):
    async def main() -> list[Attempt]:
        async with csms(open_timeout=5) as world:
            await raw(world.server.port, request_bytes)
            await asyncio.sleep(0)
            return world.attempts

    (attempt,) = clock.run_simulated(main())
    assert attempt.http_status == status
    assert attempt.remote.startswith(HOST + ":")
    assert attempt.tls_failure is None


def test_an_attempt_knows_when_it_began():
    async def main() -> list[float]:
        async with csms() as world:
            for pause in (1.5, 2.5):
                await asyncio.sleep(pause)
                await (await connect(world.url(), STATION, protocols=[V201])).close()
            return [attempt.at for attempt in world.attempts]

    assert clock.run_simulated(main()) == [1.5, 4.0]


def test_tls_settings_change_for_those_who_come_next():
    async def main() -> list[object]:
        seen: list[object] = []
        trusting = client_context([pki().root_pem])
        async with csms(tls=server_context(pki().csms(HOST))) as world:
            before = await connect(world.url("wss"), STATION, protocols=[V201], tls=trusting)
            for settings in (
                server_context(pki().csms(HOST, fault=Fault.EXPIRED)),
                server_context(pki().csms(HOST), maximum=TLSVersion.TLSv1_1),
                server_context(pki().csms(HOST)),
            ):
                await world.server.change_tls(settings)
                try:
                    after = await connect(world.url("wss"), STATION, protocols=[V201], tls=trusting)
                    await after.close()
                    seen.append("connected")
                except HandshakeRefused as error:
                    seen.append(error.fault)
            await before.send('[2,"1","Heartbeat",{}]')
            seen.append((await before.recv())[:6])
            await before.close()
        return seen

    assert clock.run_simulated(main()) == [
        HandshakeFault.CSMS_CERTIFICATE,
        HandshakeFault.TLS_VERSION,
        "connected",
        '[3,"1"',
    ]


def test_nobody_is_refused_while_tls_settings_change():
    async def knock(port: int) -> None:
        _, writer = await asyncio.open_connection(HOST, port)
        writer.close()

    async def main() -> int:
        async with csms() as world:
            async with asyncio.TaskGroup() as group:
                for _ in range(20):
                    group.create_task(world.server.change_tls(None))
                    group.create_task(knock(world.server.port))
            await asyncio.sleep(1)
            return len(world.attempts)

    assert clock.run_simulated(main()) == 20


def test_a_csms_can_refuse_everybody_and_come_back_on_its_port():
    async def main() -> list[str]:
        told = []
        async with csms() as world, station(world) as peer:
            await world.server.stop_listening()
            await world.server.stop_listening()
            with pytest.raises(CsmsUnreachable):
                await connect(world.url(), "CS002", protocols=[V201])
            await peer.call(HeartbeatRequest())
            told.append("still connected")
            await world.server.change_tls(None)
            await world.server.listen_again()
            await world.server.listen_again()
            await (await connect(world.url(), "CS002", protocols=[V201])).close()
            told.append("connected again")
        return told

    assert clock.run_simulated(main()) == ["still connected", "connected again"]


def test_closing_ends_everything_at_once():
    async def main() -> tuple[int | None, float]:
        async with csms() as world:
            websocket = await connect(world.url(), STATION, protocols=[V201])
            _, silent = await asyncio.open_connection(HOST, world.server.port)
            await world.peer()
            await world.server.close()
            await websocket.wait_closed()
            silent.close()
            return websocket.close_code, asyncio.get_running_loop().time()

    assert clock.run_simulated(main()) == (1001, 0.0)


def test_a_station_may_be_served_by_any_of_several_versions():
    async def main() -> list[str]:
        async with csms() as world:
            for version in (V16, V201):
                await (await connect(world.url(), STATION, protocols=[version])).close()
            return [connection.protocol.name for connection in world.connections]

    assert clock.run_simulated(main()) == ["1.6", "2.0.1"]


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "::2"])
def test_a_port_that_is_not_to_be_had_is_told_in_one_line(host):
    async def main() -> None:
        with pytest.raises(CannotListen, match=f"cannot listen on {host} port "):
            await Server().listen(host, 0, protocols=[V201], admit=everybody, on_connection=lambda _: asyncio.sleep(0))

    clock.run_simulated(main())


def test_a_port_that_is_taken_is_told_in_one_line():
    async def main() -> None:
        async with csms() as world:
            with pytest.raises(CannotListen, match="Address already in use"):
                await Server().listen(
                    HOST, world.server.port, protocols=[V201], admit=everybody, on_connection=world.serve
                )

    clock.run_simulated(main())


def test_a_server_listens_on_ipv6_too():
    async def main() -> str:
        server = Server()
        attempts: list[Attempt] = []
        await server.listen(
            "::1",
            0,
            protocols=[V201],
            admit=everybody,
            on_connection=lambda _: asyncio.sleep(0),
            on_attempt=attempts.append,
        )
        websocket = await connect(f"ws://[::1]:{server.port}", STATION, protocols=[V201])
        await websocket.close()
        await server.close()
        return attempts[0].remote

    assert clock.run_simulated(main()).startswith("::1:")
