"""The events of an RpcEndpoint. `text` is the frame as received."""

from typing import TypeAlias

import msgspec

from plugfest.ocpp.errors import ErrorCode, RemoteError
from plugfest.ocpp.message import JsonValue, Request, Response
from plugfest.ocpp.tolerant import MessageDefect


class CallReceived(msgspec.Struct, frozen=True):
    """The peer sent a valid CALL; answer with `RpcEndpoint.reply` or `RpcEndpoint.refuse`.

    `defects`: how it violates the schema; tolerant endpoints only.
    """

    message_id: str
    action: str
    request: Request[Response]
    text: str
    defects: tuple[MessageDefect, ...] = ()


class CallRefused(msgspec.Struct, frozen=True):
    """The peer sent an invalid CALL and got a CALLERROR. `action` is None if it was not readable."""

    message_id: str
    action: str | None
    code: ErrorCode
    description: str
    text: str


class ResultReceived(msgspec.Struct, frozen=True):
    """The peer answered our CALL with a CALLRESULT. `defects`: how it violates the schema; tolerant endpoints only."""

    message_id: str
    request: Request[Response]
    response: Response
    text: str
    defects: tuple[MessageDefect, ...] = ()


class ErrorReceived(msgspec.Struct, frozen=True):
    """The peer answered our CALL with a CALLERROR. `code` is a plain string if the OCPP version has no such code.

    `defects`: how it violates OCPP-J; tolerant endpoints only.
    """

    message_id: str
    request: Request[Response]
    code: ErrorCode | str
    description: str
    details: dict[str, JsonValue]
    text: str
    defects: tuple[MessageDefect, ...] = ()


class ResultInvalid(msgspec.Struct, frozen=True):
    """The peer sent an invalid answer to our CALL. The call is over."""

    message_id: str
    request: Request[Response]
    error: RemoteError
    text: str


class CallTimedOut(msgspec.Struct, frozen=True):
    """The peer did not answer our CALL in time. The call is over; a late answer is ignored."""

    message_id: str
    request: Request[Response]


class CallLost(msgspec.Struct, frozen=True):
    """The connection was lost before our CALL was answered or sent."""

    message_id: str
    request: Request[Response]


class FrameIgnored(msgspec.Struct, frozen=True):
    """The peer sent a message that OCPP-J does not answer."""

    reason: str
    text: str


Event: TypeAlias = (
    CallReceived | CallRefused | ResultReceived | ErrorReceived | ResultInvalid | CallTimedOut | CallLost | FrameIgnored
)
