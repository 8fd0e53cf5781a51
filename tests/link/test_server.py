"""The CSMS's end: admission, reported attempts, and changes while it listens."""

import asyncio
from http import HTTPStatus

import pytest
from tests.crowds import open_connections
from tests.link.endpoints import HOST, STATION, accept_all, connected_station, pki, running_csms
from tests.raw_clients import UPGRADE, request

from plugfest import clock
from plugfest.link.attempt import TOO_MANY
from plugfest.link.client import connect
from plugfest.link.errors import CannotListen, CsmsUnreachable, HandshakeFault, HandshakeRefused
from plugfest.link.handshake import Admission, Handshake
from plugfest.link.server import CLOSING_TIME, Attempt, Server
from plugfest.link.tls import TLSVersion, client_context, server_context
from plugfest.ocpp.v201.messages import HeartbeatRequest
from plugfest.ocpp.versions import V16, V201
from plugfest.security.pki import CertificateFault


def only_with_password(handshake: Handshake) -> Admission:
    if handshake.credentials == (STATION, "secret"):
        return Admission.accept()
    return Admission.refuse(HTTPStatus.UNAUTHORIZED)


async def send_raw(port: int, request: bytes) -> bytes:
    """Send bytes and return the whole answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request)
    try:
        return await reader.read()
    finally:
        writer.close()


def test_a_password_can_be_required():
    async def main() -> bytes:
        async with running_csms(admit=only_with_password) as csms:
            good = await connect(csms.url(), STATION, protocols=[V201], credentials=(STATION, "secret"))
            await good.close()
            with pytest.raises(HandshakeRefused):
                await connect(csms.url(), STATION, protocols=[V201], credentials=(STATION, "guess"))
            request = (
                b"GET /ocpp/CS001 HTTP/1.1\r\nHost: csms\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
            return await send_raw(csms.server.port, request)

    answer = clock.run_simulated(main())
    assert answer.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert b'WWW-Authenticate: Basic realm="OCPP"' in answer


def test_without_a_common_version_the_websocket_opens_and_closes_at_once():
    async def main() -> tuple[bytes, list[Attempt]]:
        async with running_csms(protocols=[V201]) as csms:
            request = (
                b"GET /ocpp/CS001 HTTP/1.1\r\nHost: csms\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Protocol: ocpp1.5, ocpp1.6\r\n\r\n"
            )
            return await send_raw(csms.server.port, request), csms.attempts

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
def test_every_attempt_is_reported_once_whatever_is_sent(request_bytes, status):
    async def main() -> list[Attempt]:
        async with running_csms(open_timeout=5) as csms:
            await send_raw(csms.server.port, request_bytes)
            await asyncio.sleep(0)
            return csms.attempts

    (attempt,) = clock.run_simulated(main())
    assert attempt.http_status == status
    assert attempt.remote.startswith(HOST + ":")
    assert attempt.tls_failure is None


def test_an_attempt_has_its_start_time():
    async def main() -> list[float]:
        async with running_csms() as csms:
            for pause in (1.5, 2.5):
                await asyncio.sleep(pause)
                await (await connect(csms.url(), STATION, protocols=[V201])).close()
            return [attempt.at for attempt in csms.attempts]

    assert clock.run_simulated(main()) == [1.5, 4.0]


def test_tls_settings_change_for_new_connections():
    async def main() -> list[object]:
        seen: list[object] = []
        client = client_context([pki().root_pem])
        async with running_csms(tls=server_context(pki().csms(HOST))) as csms:
            before = await connect(csms.url("wss"), STATION, protocols=[V201], tls=client)
            for settings in (
                server_context(pki().csms(HOST, fault=CertificateFault.EXPIRED)),
                server_context(pki().csms(HOST), maximum=TLSVersion.TLSv1_1),
                server_context(pki().csms(HOST)),
            ):
                await csms.server.change_tls(settings)
                try:
                    after = await connect(csms.url("wss"), STATION, protocols=[V201], tls=client)
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


def test_no_station_is_refused_while_tls_settings_change():
    async def open_and_close(port: int) -> None:
        _, writer = await asyncio.open_connection(HOST, port)
        writer.close()

    async def main() -> int:
        async with running_csms() as csms:
            async with asyncio.TaskGroup() as group:
                for _ in range(20):
                    group.create_task(csms.server.change_tls(None))
                    group.create_task(open_and_close(csms.server.port))
            await asyncio.sleep(1)
            return len(csms.attempts)

    assert clock.run_simulated(main()) == 20


def test_a_csms_can_stop_listening_and_listen_again_on_the_same_port():
    async def main() -> list[str]:
        results = []
        async with running_csms() as csms, connected_station(csms) as peer:
            await csms.server.stop_listening()
            await csms.server.stop_listening()
            with pytest.raises(CsmsUnreachable):
                await connect(csms.url(), "CS002", protocols=[V201])
            await peer.call(HeartbeatRequest())
            results.append("still connected")
            await csms.server.change_tls(None)
            await csms.server.listen_again()
            await csms.server.listen_again()
            await (await connect(csms.url(), "CS002", protocols=[V201])).close()
            results.append("connected again")
        return results

    assert clock.run_simulated(main()) == ["still connected", "connected again"]


def test_closing_ends_everything_at_once():
    async def main() -> tuple[int | None, float]:
        async with running_csms() as csms:
            websocket = await connect(csms.url(), STATION, protocols=[V201])
            _, silent = await asyncio.open_connection(HOST, csms.server.port)
            await csms.peer()
            await csms.server.close()
            await websocket.wait_closed()
            silent.close()
            return websocket.close_code, asyncio.get_running_loop().time()

    assert clock.run_simulated(main()) == (1001, 0.0)


def test_closing_does_not_wait_for_a_station_that_does_not_answer_the_close_frame() -> None:
    async def main() -> float:
        async with running_csms() as csms:
            reader, writer = await asyncio.open_connection(HOST, csms.server.port)
            writer.write(request(*UPGRADE))
            await reader.readuntil(b"\r\n\r\n")
            await csms.peer()
            await csms.server.close()
            writer.close()
            return asyncio.get_running_loop().time()

    assert clock.run_simulated(main()) == CLOSING_TIME


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01\x01\x00\x01\x00"])
def test_closing_does_not_wait_for_the_end_of_a_tls_handshake(sent: bytes) -> None:
    async def main() -> tuple[str | None, float]:
        async with running_csms(tls=server_context(pki().csms(HOST))) as csms:
            _, writer = await asyncio.open_connection(HOST, csms.server.port)
            writer.write(sent)
            await asyncio.sleep(1)
            await csms.server.close()
            attempt = await csms.attempt()
            writer.close()
            return attempt.failure, asyncio.get_running_loop().time()

    assert clock.run_simulated(main()) == ("the CSMS closed its port", 1.0)


def test_a_station_may_be_served_by_any_of_several_versions():
    async def main() -> list[str]:
        async with running_csms() as csms:
            for version in (V16, V201):
                await (await connect(csms.url(), STATION, protocols=[version])).close()
            return [connection.protocol.name for connection in csms.connections]

    assert clock.run_simulated(main()) == ["1.6", "2.0.1"]


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "::2"])
def test_an_unavailable_address_is_reported_in_one_line(host):
    async def main() -> None:
        with pytest.raises(CannotListen, match=f"cannot listen on {host} port "):
            await Server().listen(host, 0, protocols=[V201], admit=accept_all, on_connection=lambda _: asyncio.sleep(0))

    clock.run_simulated(main())


def test_a_port_in_use_is_reported_in_one_line():
    async def main() -> None:
        async with running_csms() as csms:
            with pytest.raises(CannotListen, match="Address already in use"):
                await Server().listen(
                    HOST, csms.server.port, protocols=[V201], admit=accept_all, on_connection=csms.serve
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
            admit=accept_all,
            on_connection=lambda _: asyncio.sleep(0),
            on_attempt=attempts.append,
        )
        websocket = await connect(f"ws://[::1]:{server.port}", STATION, protocols=[V201])
        await websocket.close()
        await server.close()
        return attempts[0].remote

    assert clock.run_simulated(main()).startswith("::1:")


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01\x02\x00\x01", b"GET /ocpp/CS001 HTTP/1.1\r\n"])
@pytest.mark.parametrize("with_tls", [False, True])
def test_a_station_connects_while_a_crowd_does_not_finish_its_handshakes(sent: bytes, with_tls: bool) -> None:
    async def main() -> tuple[bool, set[str | None]]:
        server_tls = server_context(pki().csms(HOST)) if with_tls else None
        tls = client_context([pki().root_pem]) if with_tls else None
        async with running_csms(tls=server_tls) as csms, open_connections(HOST, csms.server.port, sent):
            station = await connect(csms.url("wss" if with_tls else "ws"), STATION, protocols=[V201], tls=tls)
            connected = csms.connections[0].handshake.identity == STATION
            failures = {attempt.failure for attempt in csms.attempts if attempt.handshake is None}
            await station.close()
            return connected, failures

    connected, failures = clock.run_simulated(main())
    assert connected
    assert TOO_MANY in failures or sent
