"""Each way in which TCP, TLS, HTTP and WebSocket end a connection has its reason, in one line."""

import asyncio
import ssl
import struct
from http import HTTPStatus

import pytest
from tests.link.endpoints import HOST, Csms, pki
from tests.raw_clients import (
    HEADERS,
    UPGRADE,
    Client,
    after_upgrade,
    closes,
    closing,
    drops,
    frame,
    outcome,
    request,
    resets,
    sends,
    stays,
)

from plugfest.link.handshake import Admission, Handshake
from plugfest.link.tls import client_context, server_context

TEXT, CONTINUATION, FINAL = 0x01, 0x00, 0x80
VALID_CLOSE_CODES = {
    1000: "OK",
    1001: "going away",
    1002: "protocol error",
    1003: "unsupported data",
    1007: "invalid frame payload data",
    1008: "policy violation",
    1009: "message too big",
    1010: "mandatory extension",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
    3000: "registered",
    4999: "private use",
}
RESERVED_CLOSE_CODES = (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000)


@pytest.mark.parametrize(("code", "meaning"), VALID_CLOSE_CODES.items())
def test_a_close_frame_of_the_station_is_named_with_its_status(code: int, meaning: str) -> None:
    assert outcome(after_upgrade(closing(code)))[1] == f"the station closed the connection with {code} ({meaning})"


@pytest.mark.parametrize("code", RESERVED_CLOSE_CODES)
def test_a_reserved_status_in_a_close_frame_is_named(code: int) -> None:
    assert outcome(after_upgrade(closing(code)))[1] == (
        "the station sent a close frame with a reserved status code (RFC 6455, 7.4); closed with 1002 (protocol error)"
    )


VIOLATED = "closed with 1002 (protocol error)"


@pytest.mark.parametrize(
    ("client", "why"),
    [
        (after_upgrade(frame(0x88)), "the station closed the connection without a status"),
        (after_upgrade(closing(1001, b"bye")), "the station closed the connection with 1001 (going away): bye"),
        (
            after_upgrade(closing(1001, b"\x1b[2J\n")),
            "the station closed the connection with 1001 (going away): \ufffd[2J\ufffd",
        ),
        (after_upgrade(closing(1000), then=stays), "the station closed the connection with 1000 (OK)"),
        (after_upgrade(then=closes), "the station closed the TCP connection without a close frame"),
        (after_upgrade(then=resets), "the station reset the TCP connection without a close frame"),
        (
            after_upgrade(frame(0x81, b"[]", masked=False)),
            f"the station sent a frame that is not masked (RFC 6455, 5.1); {VIOLATED}",
        ),
        (
            after_upgrade(frame(0xC1, b"[]")),
            f"the station sent a frame with reserved bits set (RFC 6455, 5.2); {VIOLATED}",
        ),
        (after_upgrade(frame(0x83)), f"the station sent a frame with a reserved opcode (RFC 6455, 5.2); {VIOLATED}"),
        (after_upgrade(frame(0x8B)), f"the station sent a frame with a reserved opcode (RFC 6455, 5.2); {VIOLATED}"),
        (
            after_upgrade(frame(0x89, bytes(126))),
            f"the station sent a control frame of more than 125 bytes (RFC 6455, 5.5); {VIOLATED}",
        ),
        (after_upgrade(frame(0x09)), f"the station sent a fragmented control frame (RFC 6455, 5.5); {VIOLATED}"),
        (
            after_upgrade(frame(0x88, b"\x03")),
            f"the station sent a close frame of one byte (RFC 6455, 5.5.1); {VIOLATED}",
        ),
        (
            after_upgrade(closing(1000, b"\xff")),
            "the station sent a close frame whose reason is not UTF-8 (RFC 6455, 5.5.1);"
            " closed with 1007 (invalid frame payload data)",
        ),
        (
            after_upgrade(frame(FINAL | CONTINUATION, b"x")),
            f"the station sent a continuation frame that continues no message (RFC 6455, 5.4); {VIOLATED}",
        ),
        (
            after_upgrade(frame(TEXT, b"[") + frame(FINAL | TEXT, b"]")),
            f"the station sent a message within a fragmented message (RFC 6455, 5.4); {VIOLATED}",
        ),
        (
            after_upgrade(frame(TEXT, b"[") + closing(1000)),
            f"the station sent a close frame within a fragmented message (RFC 6455, 5.4); {VIOLATED}",
        ),
        (
            after_upgrade(frame(FINAL | TEXT, b"\xff\xfe")),
            "the station sent a text that is not UTF-8 (RFC 6455, 8.1); closed with 1007 (invalid frame payload data)",
        ),
        (
            after_upgrade(frame(FINAL | TEXT, length=bytes([127]) + struct.pack("!Q", 2**40))),
            "the station sent a message of more than 1000 bytes; closed with 1009 (message too big)",
        ),
        (
            after_upgrade(frame(TEXT, bytes(600)) + frame(FINAL | CONTINUATION, bytes(600))),
            "the station sent a message of more than 1000 bytes; closed with 1009 (message too big)",
        ),
        (
            after_upgrade(frame(0x83), then=stays),
            f"the station sent a frame with a reserved opcode (RFC 6455, 5.2); {VIOLATED}",
        ),
    ],
)
def test_the_end_of_an_open_websocket_has_its_reason(client: Client, why: str) -> None:
    assert outcome(client, max_size=1000)[1] == why


def test_a_station_without_a_pong_is_named() -> None:
    assert outcome(after_upgrade(then=stays), ping_interval=30)[1] == (
        "the station did not answer a ping within 20 s; closed with 1011 (internal error)"
    )


@pytest.mark.parametrize(
    ("reaction", "why"),
    [
        (stays, "the station did not answer the close frame within 10 s"),
        (closes, "the station closed the TCP connection without answering the close frame"),
        (resets, "the station reset the TCP connection without answering the close frame"),
    ],
)
def test_a_closing_handshake_that_is_not_answered_is_named(reaction: Client, why: str) -> None:
    async def close(csms: Csms) -> None:
        await (await csms.peer()).close(1001, "the lab disconnects")

    async def reads_the_close_frame(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        await reaction(reader, writer)

    _, ended = outcome(after_upgrade(then=reads_the_close_frame), use=close)
    assert ended == f"closed with 1001 (going away): the lab disconnects; {why}"


def test_a_station_that_does_not_read_is_named() -> None:
    async def send_much(csms: Csms) -> None:
        peer = await csms.peer()
        while not peer.closed:
            await peer.send_text("x" * 100_000)
            await asyncio.sleep(0)

    assert outcome(after_upgrade(then=stays), use=send_much)[1] == (
        "the station did not read what was sent, more than 4 MiB; dropped"
    )


SECRET = "s3cret-password"


def only_with_password(handshake: Handshake) -> Admission:
    known = handshake.credentials == ("CS001", SECRET)
    return Admission.accept() if known else Admission.refuse(HTTPStatus.UNAUTHORIZED, "the password is wrong")


@pytest.mark.parametrize(
    ("client", "why", "status"),
    [
        (closes, "the client closed the TCP connection and sent no HTTP request", None),
        (resets, "the client reset the TCP connection and sent no HTTP request", None),
        (stays, "the client sent nothing within 5 s", None),
        (
            sends(b"GET / HT", then=closes),
            "the client closed the TCP connection within its HTTP request",
            None,
        ),
        (sends(b"GET / HT", then=stays), "the client did not finish its HTTP request within 5 s", None),
        (
            sends(b"no http at all\r\n\r\n"),
            "what the client sent is not a valid HTTP request: unsupported protocol; expected HTTP/1.1 or HTTP/1.0:"
            " no http at all",
            None,
        ),
        (
            sends(request("Host: csms", f"Authorization Basic {SECRET}")),
            "what the client sent is not a valid HTTP request: invalid HTTP header line",
            None,
        ),
        (
            sends(request("Host: csms", "Content-Length: 4") + b"body"),
            "what the client sent is not a valid HTTP request: unsupported request body",
            None,
        ),
        (
            sends(b"\x16\x03\x01\x02\x00\x01\x00", then=stays),
            "the client began a TLS handshake on a port without TLS",
            None,
        ),
        (
            sends(request("Host: csms")),
            "not a valid upgrade request: missing Connection header (HTTP 426)",
            426,
        ),
        (
            sends(request("Host: csms", "Connection: Upgrade", "Upgrade: h2c")),
            "not a valid upgrade request: invalid Upgrade header: h2c (HTTP 426)",
            426,
        ),
        (
            sends(request(*UPGRADE, line="POST /CS001 HTTP/1.1")),
            "not a valid upgrade request: unsupported HTTP method: POST (HTTP 405)",
            405,
        ),
        (
            sends(request(*UPGRADE, line="GET /CS001 HTTP/1.0")),
            "not a valid upgrade request: unsupported HTTP version: HTTP/1.0 (HTTP 505)",
            505,
        ),
        (
            sends(request(*HEADERS[:3], HEADERS[4])),
            "not a valid upgrade request: missing Sec-WebSocket-Key header (HTTP 400)",
            400,
        ),
        (
            sends(request(*HEADERS[:3], "Sec-WebSocket-Key: short", HEADERS[4])),
            "not a valid upgrade request: invalid Sec-WebSocket-Key header: short (HTTP 400)",
            400,
        ),
        (
            sends(request(*HEADERS[:4])),
            "not a valid upgrade request: missing Sec-WebSocket-Version header (HTTP 400)",
            400,
        ),
        (
            sends(request(*HEADERS[:4], "Sec-WebSocket-Version: 8")),
            "not a valid upgrade request: invalid Sec-WebSocket-Version header: 8 (HTTP 400)",
            400,
        ),
        (
            sends(request(*UPGRADE, "Cookie: " + "x" * 9000)),
            "not a valid upgrade request: one of its headers is too long (HTTP 431)",
            431,
        ),
        (
            sends(request(*UPGRADE, *("X: y" for _ in range(200)))),
            "not a valid upgrade request: it has too many headers (HTTP 431)",
            431,
        ),
        (
            sends(request(*UPGRADE, line=f"GET /{'x' * 9000} HTTP/1.1")),
            "not a valid upgrade request: its URL is too long (HTTP 414)",
            414,
        ),
        (
            sends(request(*HEADERS)),
            "the subprotocol has to be ocpp2.0.1, ocpp1.6; the client offers none",
            101,
        ),
        (
            sends(request(*HEADERS, "Sec-WebSocket-Protocol: ocpp1.5, ocpp2.1")),
            "the subprotocol has to be ocpp2.0.1, ocpp1.6; the client offers ocpp1.5, ocpp2.1",
            101,
        ),
    ],
)
def test_an_attempt_without_tls_that_fails_has_its_reason(client: Client, why: str, status: int | None) -> None:
    attempt, _ = outcome(client, open_timeout=5)
    assert attempt.failure == why
    assert attempt.http_status == status


def test_a_refusal_of_the_csms_has_its_reason() -> None:
    attempt, _ = outcome(sends(request(*UPGRADE)), admit=only_with_password)
    assert attempt.failure == "the password is wrong (HTTP 401)"


def test_an_open_websocket_has_no_failure() -> None:
    attempt, _ = outcome(after_upgrade(then=closes))
    assert attempt.failure is None


def server_tls() -> dict[str, object]:
    return {"tls": server_context(pki().csms(HOST)), "open_timeout": 5}


def hello(size: int | None = None) -> bytes:
    """The first bytes of a TLS 1.2 client; all by default."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing).do_handshake()
    return outgoing.read()[:size]


ALERTS = {
    10: "unexpected message",
    20: "bad record mac",
    22: "record overflow",
    40: "handshake failure: there is no common cipher suite or parameter",
    42: "bad certificate: it finds the certificate not valid",
    43: "unsupported certificate: it does not support this kind of certificate",
    44: "certificate revoked: it finds the certificate revoked",
    45: "certificate expired: it finds the certificate expired or not valid yet",
    46: "certificate unknown: it does not accept the certificate",
    47: "illegal parameter",
    48: "unknown ca: it does not trust the issuer of the certificate",
    49: "access denied",
    50: "decode error",
    51: "decrypt error: it cannot verify a signature",
    70: "protocol version: there is no common TLS version",
    71: "insufficient security: it requires stronger cipher suites",
    80: "internal error",
    86: "inappropriate fallback",
    90: "user cancelled",
    100: "no renegotiation",
    109: "missing extension",
    110: "unsupported extension",
    112: "unrecognized name: it does not know the host name",
    113: "bad certificate status response",
    115: "unknown psk identity",
    116: "certificate required: it requires a certificate",
    120: "no application protocol",
}


@pytest.mark.parametrize(("code", "meaning"), ALERTS.items())
def test_each_fatal_alert_of_a_client_is_named(code: int, meaning: str) -> None:
    async def alerts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(bytes((21, 3, 3, 0, 2, 2, code)))
        await reader.read()

    attempt, _ = outcome(sends(hello(), then=alerts), **server_tls())
    assert attempt.failure == attempt.tls_failure == f"the client sent the alert {meaning}"


@pytest.mark.parametrize(
    ("client", "why"),
    [
        (closes, "the client closed the TCP connection and began no TLS handshake"),
        (resets, "the client reset the TCP connection and began no TLS handshake"),
        (stays, "the client did not finish the TLS handshake within 5 s"),
        (sends(hello(), then=stays), "the client did not finish the TLS handshake within 5 s"),
        (sends(hello(), then=drops), "the client closed the TCP connection during the TLS handshake"),
        (sends(hello(), then=resets), "the client reset the TCP connection during the TLS handshake"),
        (sends(request(*UPGRADE)), "the client sent an HTTP request without TLS"),
        (sends(b"\x00" * 40), "what the client sent is not TLS"),
        (sends(b"SSH-2.0-OpenSSH_9.2\r\n"), "what the client sent is not TLS"),
    ],
)
def test_a_tls_handshake_that_fails_has_its_reason(client: Client, why: str) -> None:
    attempt, _ = outcome(client, **server_tls())
    assert attempt.failure == attempt.tls_failure == why


@pytest.mark.parametrize(
    ("client", "failure"),
    [
        (closes, "the client closed the TCP connection and sent no HTTP request"),
        (stays, "the client sent nothing within 5 s"),
    ],
)
def test_a_client_that_sends_nothing_after_its_tls_handshake_is_named(client: Client, failure: str) -> None:
    attempt, _ = outcome(client, client_tls=client_context([pki().root_pem]), **server_tls())
    assert attempt.tls is not None
    assert attempt.failure == failure


@pytest.mark.parametrize(
    ("client", "why"),
    [
        (closes, "the station closed the TCP connection without a close frame"),
        (drops, "the station closed the TCP connection without a close frame and without close_notify of TLS"),
    ],
)
def test_the_end_of_tls_is_named(client: Client, why: str) -> None:
    _, ended = outcome(after_upgrade(then=client), client_tls=client_context([pki().root_pem]), **server_tls())
    assert ended == why
