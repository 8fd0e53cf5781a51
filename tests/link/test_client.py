"""The station's end: what it asks for, and what it says when it is not let in."""

import asyncio
import ssl
from http import HTTPStatus

import pytest
from tests.link.endpoints import HOST, STATION, csms
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
    """What a station says to a server that answers its request so, and then hangs up. `$ACCEPT` is the right key."""

    async def main() -> LinkError:
        gone = asyncio.Event()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            request = await reader.read(10_000)
            key = request.partition(b"Sec-WebSocket-Key: ")[2][:24].decode("latin-1")
            writer.write(answer.replace(b"$ACCEPT", accept_key(key).encode()))
            writer.close()
            gone.set()

        server = await asyncio.start_server(handle, HOST, 0)
        url = f"{scheme}://{HOST}:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(LinkError) as caught:
            await connect(url, STATION, protocols=[V201], **options)
        await gone.wait()
        server.close()
        return caught.value

    return clock.run_simulated(main())


def test_a_station_sends_its_identity_versions_and_password():
    async def main() -> Attempt:
        async with csms() as world:
            websocket = await connect(
                world.url(), "RDAM 123", protocols=[V201, V16], credentials=("RDAM 123", "a password of 20")
            )
            await websocket.close()
            return world.attempts[0]

    seen = clock.run_simulated(main()).handshake
    assert seen is not None
    assert seen.identity == "RDAM 123"
    assert seen.path == "/ocpp/RDAM%20123"
    assert seen.subprotocols == ("ocpp2.0.1", "ocpp1.6")
    assert seen.credentials == ("RDAM 123", "a password of 20")


@pytest.mark.parametrize(
    ("offered", "spoken", "agreed"),
    [([V201, V16], [V16, V201], "ocpp2.0.1"), ([V16, V201], [V201, V16], "ocpp1.6"), ([V201, V16], [V16], "ocpp1.6")],
)
def test_the_first_version_of_the_station_that_the_csms_speaks_is_spoken(offered, spoken, agreed):
    async def main() -> tuple[str, str]:
        async with csms(protocols=spoken) as world:
            websocket = await connect(world.url(), STATION, protocols=offered)
            await websocket.close()
            return websocket.subprotocol, world.connections[0].protocol.subprotocol

    assert clock.run_simulated(main()) == (agreed, agreed)


def test_a_station_that_finds_no_common_version_says_which_it_has():
    async def main() -> LinkError:
        async with csms(protocols=[V16]) as world:
            with pytest.raises(HandshakeRefused) as caught:
                await connect(world.url(), STATION, protocols=[V201])
            assert world.connections == []
            return caught.value

    error = clock.run_simulated(main())
    assert error.fault is HandshakeFault.SUBPROTOCOL
    assert str(error) == "the CSMS speaks none of the offered OCPP versions: ocpp2.0.1"


@pytest.mark.parametrize("status", [HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE])
def test_a_refused_station_knows_the_http_status(status):
    async def main() -> HandshakeRefused:
        async with csms(admit=lambda handshake: Admission.refuse(status)) as world:
            with pytest.raises(HandshakeRefused) as caught:
                await connect(world.url(), STATION, protocols=[V201])
            assert (await world.attempt()).http_status == status
            return caught.value

    error = clock.run_simulated(main())
    assert error.fault is HandshakeFault.HTTP
    assert error.http_status == status
    assert str(error) == f"the CSMS refuses the connection: {status.value} {status.phrase}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"we speak ocpp1.6 only\n", "400 Bad Request: we speak ocpp1.6 only"),
        (b"<html>\n<body>no</body>\n</html>", "400 Bad Request"),
        (b"\x1b[2Jgone", "400 Bad Request"),
        (b"a" * 1000, "400 Bad Request"),
    ],
)
def test_what_a_csms_says_to_its_refusal_in_one_line_is_passed_on(body: bytes, said: str) -> None:
    head = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert str(answered_by(head + body)) == f"the CSMS refuses the connection: {said}"


def test_a_station_does_not_follow_redirects():
    error = answered_by(b"HTTP/1.1 302 Found\r\nLocation: ws://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n")
    assert isinstance(error, HandshakeRefused)
    assert error.http_status == 302


def test_a_server_that_is_no_websocket_server_is_told_as_such():
    error = answered_by(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
    assert isinstance(error, HandshakeRefused)
    assert "does not speak WebSocket" in str(error)


def test_a_csms_that_picks_what_was_not_offered_is_refused():
    error = answered_by(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Accept: $ACCEPT\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
    )
    assert isinstance(error, HandshakeRefused)
    assert error.fault is HandshakeFault.SUBPROTOCOL


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 101 Swi"])
def test_a_csms_that_hangs_up_is_a_lost_network(answer):
    error = answered_by(answer)
    assert isinstance(error, CsmsUnreachable)
    assert "closed the connection before it answered" in str(error)


def test_nobody_listening_is_a_lost_network():
    async def main() -> CsmsUnreachable:
        async with csms() as world:
            await world.server.stop_listening()
            with pytest.raises(CsmsUnreachable) as caught:
                await connect(world.url(), STATION, protocols=[V201])
            return caught.value

    assert str(clock.run_simulated(main())).endswith(": Connection refused")


def test_a_host_that_does_not_exist_is_told_as_such():
    assert str(failure("ws://csms.invalid:9000/ocpp")) == "cannot reach csms.invalid:9000: no such host"


def test_a_csms_that_keeps_silent_is_given_up():
    async def main() -> tuple[str, float]:
        gone = asyncio.Event()

        async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(-1)
            writer.close()
            gone.set()

        silent = await asyncio.start_server(keep_silent, HOST, 0)
        url = f"ws://{HOST}:{silent.sockets[0].getsockname()[1]}/ocpp"
        with pytest.raises(CsmsUnreachable) as caught:
            await connect(url, STATION, protocols=[V201], open_timeout=12)
        when = asyncio.get_running_loop().time()
        await gone.wait()
        silent.close()
        return str(caught.value), when

    text, when = clock.run_simulated(main())
    assert text.endswith("did not answer within 12 s")
    assert when == 12


def tls() -> ssl.SSLContext:
    return client_context([])


@pytest.mark.parametrize(("url", "with_tls"), [("ws://csms/ocpp", True), ("wss://csms/ocpp", False)])
def test_a_url_must_fit_the_security_profile(url, with_tls):
    error = failure(url, tls=tls() if with_tls else None)
    assert isinstance(error, InvalidUrl)
    assert "security profile" in str(error)


def test_a_server_without_tls_is_not_taken_for_a_bad_certificate():
    error = answered_by(b"HTTP/1.1 400 Bad Request\r\n\r\n", "wss", tls=tls())
    assert isinstance(error, HandshakeRefused)
    assert error.fault is HandshakeFault.TLS


def test_a_server_that_hangs_up_on_tls_is_a_lost_network():
    error = answered_by(b"", "wss", tls=tls())
    assert isinstance(error, CsmsUnreachable)
    assert str(error).endswith(": it closed the connection during the TLS handshake")
