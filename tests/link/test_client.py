"""The station's end: its upgrade request, and its errors when a connection fails."""

import asyncio
import ssl
from http import HTTPStatus

import pytest
from tests.link.endpoints import HOST, STATION, running_csms
from websockets.utils import accept_key

from plugfest import clock
from plugfest.link.client import connect
from plugfest.link.errors import CsmsUnreachable, HandshakeFault, HandshakeRefused, InvalidUrl, LinkError
from plugfest.link.handshake import Admission
from plugfest.link.server import Attempt
from plugfest.link.tls import client_context
from plugfest.ocpp.versions import V16, V201


def failure(url: str, **options: object) -> LinkError:
    async def main() -> LinkError:
        with pytest.raises(LinkError) as caught:
            await connect(url, STATION, protocols=[V201], **options)
        return caught.value

    return clock.run_simulated(main())


def answered_by(answer: bytes, scheme: str = "ws", **options: object) -> LinkError:
    """The error of a station when a server sends this answer and closes. `$ACCEPT` becomes the valid accept key."""

    async def main() -> LinkError:
        closed = asyncio.Event()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            request = await reader.read(10_000)
            key = request.partition(b"Sec-WebSocket-Key: ")[2][:24].decode("latin-1")
            writer.write(answer.replace(b"$ACCEPT", accept_key(key).encode()))
            writer.close()
            closed.set()

        server = await asyncio.start_server(handle, HOST, 0)
        url = f"{scheme}://{HOST}:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(LinkError) as caught:
            await connect(url, STATION, protocols=[V201], **options)
        await closed.wait()
        server.close()
        return caught.value

    return clock.run_simulated(main())


def test_a_station_connects_from_the_source_address():
    async def main() -> Attempt:
        async with running_csms() as csms:
            await (await connect(csms.url(), STATION, protocols=[V201], source="127.0.0.77")).close()
            return csms.attempts[0]

    assert clock.run_simulated(main()).remote.startswith("127.0.0.77:")


def test_a_source_address_of_another_computer_is_an_error():
    error = failure("ws://127.0.0.1:9", source="192.0.2.1")
    assert isinstance(error, CsmsUnreachable)
    assert str(error) == "cannot reach 127.0.0.1:9: Cannot assign requested address"


def test_a_station_sends_its_identity_versions_and_password():
    async def main() -> Attempt:
        async with running_csms() as csms:
            websocket = await connect(
                csms.url(), "RDAM 123", protocols=[V201, V16], credentials=("RDAM 123", "a password of 20")
            )
            await websocket.close()
            return csms.attempts[0]

    seen = clock.run_simulated(main()).handshake
    assert seen is not None
    assert seen.identity == "RDAM 123"
    assert seen.path == "/ocpp/RDAM%20123"
    assert seen.subprotocols == ("ocpp2.0.1", "ocpp1.6")
    assert seen.credentials == ("RDAM 123", "a password of 20")


@pytest.mark.parametrize(
    ("offered", "supported", "agreed"),
    [([V201, V16], [V16, V201], "ocpp2.0.1"), ([V16, V201], [V201, V16], "ocpp1.6"), ([V201, V16], [V16], "ocpp1.6")],
)
def test_the_first_version_of_the_station_that_the_csms_supports_is_used(offered, supported, agreed):
    async def main() -> tuple[str, str]:
        async with running_csms(protocols=supported) as csms:
            websocket = await connect(csms.url(), STATION, protocols=offered)
            await websocket.close()
            return websocket.subprotocol, csms.connections[0].protocol.subprotocol

    assert clock.run_simulated(main()) == (agreed, agreed)


def test_a_station_without_a_common_version_names_its_versions():
    async def main() -> LinkError:
        async with running_csms(protocols=[V16]) as csms:
            with pytest.raises(HandshakeRefused) as caught:
                await connect(csms.url(), STATION, protocols=[V201])
            assert csms.connections == []
            return caught.value

    error = clock.run_simulated(main())
    assert error.fault is HandshakeFault.SUBPROTOCOL
    assert str(error) == "the CSMS accepts none of the offered subprotocols: ocpp2.0.1"


@pytest.mark.parametrize("status", [HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE])
def test_a_refused_station_reports_the_http_status(status):
    async def main() -> HandshakeRefused:
        async with running_csms(admit=lambda handshake: Admission.refuse(status)) as csms:
            with pytest.raises(HandshakeRefused) as caught:
                await connect(csms.url(), STATION, protocols=[V201])
            assert (await csms.attempt()).http_status == status
            return caught.value

    error = clock.run_simulated(main())
    assert error.fault is HandshakeFault.HTTP
    assert error.http_status == status
    assert str(error) == f"the CSMS refuses the connection: {status.value} {status.phrase}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"we speak ocpp1.6 only\n", "400 Bad Request: we speak ocpp1.6 only"),
        (b"<html>\n<body>no</body>\n</html>", "400 Bad Request"),
        (b"\x1b[2Jgone", "400 Bad Request"),
        (b"a" * 1000, "400 Bad Request"),
    ],
)
def test_a_one_line_body_of_a_refusal_is_quoted(body: bytes, reason: str) -> None:
    head = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert str(answered_by(head + body)) == f"the CSMS refuses the connection: {reason}"


def test_a_station_does_not_follow_redirects():
    error = answered_by(b"HTTP/1.1 302 Found\r\nLocation: ws://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n")
    assert isinstance(error, HandshakeRefused)
    assert error.http_status == 302
    assert str(error).endswith(": 302 Found to ws://elsewhere.invalid/")


UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "missing Connection header"),
        (UPGRADED + b"\r\n", "missing Sec-WebSocket-Accept header"),
        (UPGRADED + b"Sec-WebSocket-Accept: x\r\n\r\n", "invalid Sec-WebSocket-Accept header: x"),
        (b"\x15\x03\x03\x00\x02\x02\x0a", "it speaks TLS, which needs a wss:// URL"),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n",
            "did not receive a valid HTTP response: invalid HTTP status line: SSH-2.0-OpenSSH_9.2",
        ),
        (
            b"HTTP/1.0 200 OK\r\n\r\n",
            "did not receive a valid HTTP response: unsupported protocol; expected HTTP/1.1: HTTP/1.0 200 OK",
        ),
    ],
)
def test_a_server_without_websocket_is_reported(answer: bytes, why: str) -> None:
    error = answered_by(answer)
    assert isinstance(error, HandshakeRefused)
    assert error.fault is HandshakeFault.HTTP
    assert str(error).endswith(f" is not a WebSocket server: {why}")


def test_a_csms_that_compresses_without_being_asked_is_refused():
    accepted = b"Sec-WebSocket-Accept: $ACCEPT\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    error = answered_by(UPGRADED + accepted)
    assert isinstance(error, HandshakeRefused)
    assert str(error).endswith(" uses a WebSocket extension that the station did not offer (RFC 6455, 4.1)")


def test_a_csms_that_selects_a_subprotocol_that_was_not_offered_is_refused():
    error = answered_by(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Accept: $ACCEPT\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
    )
    assert isinstance(error, HandshakeRefused)
    assert error.fault is HandshakeFault.SUBPROTOCOL


def test_a_server_of_another_protocol_that_keeps_the_connection_open_is_reported_at_once():
    async def main() -> tuple[LinkError, float]:
        closed = asyncio.Event()

        async def introduce_itself(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
            await reader.read(-1)
            writer.close()
            closed.set()

        server = await asyncio.start_server(introduce_itself, HOST, 0)
        with pytest.raises(LinkError) as caught:
            await connect(f"ws://{HOST}:{server.sockets[0].getsockname()[1]}", STATION, protocols=[V201])
        when = asyncio.get_running_loop().time()
        await closed.wait()
        server.close()
        return caught.value, when

    error, when = clock.run_simulated(main())
    assert "is not a WebSocket server" in str(error)
    assert when == 0


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 101 Swi"])
def test_a_csms_that_closes_the_connection_is_unreachable(answer):
    error = answered_by(answer)
    assert isinstance(error, CsmsUnreachable)
    assert "closed the connection before it answered" in str(error)


def test_a_closed_port_is_unreachable():
    async def main() -> CsmsUnreachable:
        async with running_csms() as csms:
            await csms.server.stop_listening()
            with pytest.raises(CsmsUnreachable) as caught:
                await connect(csms.url(), STATION, protocols=[V201])
            return caught.value

    assert str(clock.run_simulated(main())).endswith(": Connection refused")


def test_an_unknown_host_is_reported():
    assert str(failure("ws://csms.invalid:9000/ocpp")) == "cannot reach csms.invalid:9000: no such host"


def test_a_csms_that_does_not_answer_times_out():
    async def main() -> tuple[str, float]:
        closed = asyncio.Event()

        async def do_not_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(-1)
            writer.close()
            closed.set()

        silent = await asyncio.start_server(do_not_answer, HOST, 0)
        url = f"ws://{HOST}:{silent.sockets[0].getsockname()[1]}/ocpp"
        with pytest.raises(CsmsUnreachable) as caught:
            await connect(url, STATION, protocols=[V201], open_timeout=12)
        when = asyncio.get_running_loop().time()
        await closed.wait()
        silent.close()
        return str(caught.value), when

    text, when = clock.run_simulated(main())
    assert text.endswith("did not answer within 12 s")
    assert when == 12


def tls() -> ssl.SSLContext:
    return client_context([])


@pytest.mark.parametrize(("url", "with_tls"), [("ws://csms/ocpp", True), ("wss://csms/ocpp", False)])
def test_a_url_must_match_the_security_profile(url, with_tls):
    error = failure(url, tls=tls() if with_tls else None)
    assert isinstance(error, InvalidUrl)
    assert "security profile" in str(error)


def test_a_server_without_tls_is_not_reported_as_a_bad_certificate():
    error = answered_by(b"HTTP/1.1 400 Bad Request\r\n\r\n", "wss", tls=tls())
    assert isinstance(error, HandshakeRefused)
    assert error.fault is HandshakeFault.TLS


def test_a_server_that_closes_during_tls_is_unreachable():
    error = answered_by(b"", "wss", tls=tls())
    assert isinstance(error, CsmsUnreachable)
    assert str(error).endswith(": it closed the connection during the TLS handshake")
