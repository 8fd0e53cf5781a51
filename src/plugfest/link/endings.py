"""Why a connection ended, or was not opened: one line in plain words, without the class names of libraries.

`peer` is the other end as the reader knows it: "the station", "the CSMS", or "the client" before it is authenticated.
"""

import errno
import os
import ssl
from typing import Final

from websockets.asyncio.connection import Connection
from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Close, CloseCode

from plugfest.link.tls_errors import tls_reason

MAX_QUOTE_LENGTH: Final = 120
"""Longer texts of the other end are cut."""

PING_UNANSWERED: Final = "keepalive ping timeout"
"""The reason of `websockets` in the close frame after a ping without a pong."""

_VIOLATIONS: Final = {
    "invalid opcode": "a frame with a reserved opcode (RFC 6455, 5.2)",
    "reserved bits must be 0": "a frame with reserved bits set (RFC 6455, 5.2)",
    "RSV1 bit set in continuation frame": "a continuation frame with reserved bits set (RFC 6455, 5.2)",
    "control frame too long": "a control frame of more than 125 bytes (RFC 6455, 5.5)",
    "fragmented control frame": "a fragmented control frame (RFC 6455, 5.5)",
    "close frame too short": "a close frame of one byte (RFC 6455, 5.5.1)",
    "invalid status code": "a close frame with a reserved status code (RFC 6455, 7.4)",
    "unexpected continuation frame": "a continuation frame that continues no message (RFC 6455, 5.4)",
    "expected a continuation frame": "a message within a fragmented message (RFC 6455, 5.4)",
    "incomplete fragmented message": "a close frame within a fragmented message (RFC 6455, 5.4)",
    "decompression failed": "a message that cannot be decompressed (RFC 7692)",
}
"""What a peer sent, by the text of the `ProtocolError` of `websockets`."""

_MASKING: Final = "incorrect masking"
_NOT_UTF8: Final = "a text that is not UTF-8 (RFC 6455, 8.1)"


def websocket_end(websocket: Connection, peer: str, *, truncated: bool) -> str:
    """How an open WebSocket ended that this end has not dropped. `truncated`: TLS ended without close_notify."""
    protocol, sent, received = websocket.protocol, websocket.protocol.close_sent, websocket.protocol.close_rcvd
    if sent is not None and (offence := _offence(websocket)):
        return f"{peer} {offence}; closed with {_status(sent)}"
    if received is not None and protocol.close_rcvd_then_sent:
        return f"{peer} closed the connection {_with_status(received)}"
    if sent is None:
        return _without_close_frame(websocket.connection_exc, peer, truncated=truncated)
    closed = f"closed with {_status(sent)}{f': {quoted(sent.reason)}' if sent.reason else ''}"
    return closed if received is not None else f"{closed}; {_unanswered(websocket, peer)}"


def tcp_end(error: BaseException | None, peer: str) -> str:
    """How a TCP connection ended, with or without TLS."""
    match error:
        case ssl.SSLError():
            return tls_reason(error, peer)
        case ConnectionResetError(errno=errno.ECONNRESET):
            return f"{peer} reset the TCP connection"
        case None | EOFError() | ConnectionError():
            return f"{peer} closed the TCP connection"
        case OSError(errno=int(number)):
            return f"the network lost the connection with {peer}: {os.strerror(number)}"
        case _:
            return f"the connection with {peer} failed: {quoted(str(error))}"


def quoted(text: str) -> str:
    """A text of the other end, on one line and cut if it is long."""
    line = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
    return line if len(line) <= MAX_QUOTE_LENGTH else f"{line[:MAX_QUOTE_LENGTH]} …"


def _offence(websocket: Connection) -> str | None:
    """What the peer did wrong; None if this end did not fail the connection."""
    error, sent = websocket.protocol.parser_exc, websocket.protocol.close_sent
    match error:
        case PayloadTooBig():
            return f"sent a message of more than {websocket.protocol.max_message_size} bytes"
        case UnicodeDecodeError():
            return "sent a close frame whose reason is not UTF-8 (RFC 6455, 5.5.1)"
        case ProtocolError():
            return f"sent {_violation(str(error), is_server=websocket.protocol.side.name == 'SERVER')}"
    if sent is None or websocket.protocol.close_rcvd is not None:
        return None
    if sent.code == CloseCode.INVALID_DATA:
        return f"sent {_NOT_UTF8}"
    if sent.reason == PING_UNANSWERED:
        return f"did not answer a ping within {websocket.ping_timeout:g} s"
    return None


def _violation(text: str, *, is_server: bool) -> str:
    if text == _MASKING:
        return f"a frame that is {'not ' if is_server else ''}masked (RFC 6455, 5.1)"
    return _VIOLATIONS.get(text, f"an invalid frame ({text})")


def _status(close: Close) -> str:
    """`1001 (going away)`."""
    return str(Close(close.code, ""))


def _with_status(close: Close) -> str:
    if close.code == CloseCode.NO_STATUS_RCVD:
        return "without a status"
    return f"with {_status(close)}{f': {quoted(close.reason)}' if close.reason else ''}"


def _without_close_frame(error: BaseException | None, peer: str, *, truncated: bool) -> str:
    end = tcp_end(error, peer)
    if error is not None and not isinstance(error, ConnectionError):
        return end
    return f"{end} without a close frame{' and without close_notify of TLS' if truncated else ''}"


def _unanswered(websocket: Connection, peer: str) -> str:
    """How the connection ended instead of with the close frame of the peer (RFC 6455, 7.1.2)."""
    error = websocket.connection_exc
    if isinstance(error, TimeoutError) and error.errno is None:  # of `websockets`, not of the network
        return f"{peer} did not answer the close frame within {websocket.close_timeout:g} s"
    return f"{tcp_end(error, peer)} without answering the close frame"
