"""The events of an RpcEndpoint. `text` is the frame as received."""

from dataclasses import dataclass
from typing import TypeAlias

from plugfest.ocpp.errors import ErrorCode, RemoteError
from plugfest.ocpp.message import JsonValue, Request, Response
from plugfest.ocpp.tolerant import MessageDefect


@dataclass(frozen=True, slots=True)
class CallReceived:
    """The peer sent a valid CALL; answer with `RpcEndpoint.reply` or `RpcEndpoint.refuse`.

    `defects`: how it violates the schema; tolerant endpoints only.
    """

    message_id: str
    action: str
    request: Request[Response]
    text: str
    defects: tuple[MessageDefect, ...] = ()


@dataclass(frozen=True, slots=True)
class CallRefused:
    """The peer sent an invalid CALL and got a CALLERROR. `action` is None if it was not readable."""

    message_id: str
    action: str | None
    code: ErrorCode
    description: str
    text: str


@dataclass(frozen=True, slots=True)
class ResultReceived:
    """The peer answered our CALL with a CALLRESULT. `defects`: how it violates the schema; tolerant endpoints only."""

    message_id: str
    request: Request[Response]
    response: Response
    text: str
    defects: tuple[MessageDefect, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorReceived:
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


@dataclass(frozen=True, slots=True)
class ResultInvalid:
    """The peer sent an invalid answer to our CALL. The call is over."""

    message_id: str
    request: Request[Response]
    error: RemoteError
    text: str


@dataclass(frozen=True, slots=True)
class CallTimedOut:
    """The peer did not answer our CALL in time. The call is over; a late answer is ignored."""

    message_id: str
    request: Request[Response]


@dataclass(frozen=True, slots=True)
class CallLost:
    """The connection was lost before our CALL was answered or sent."""

    message_id: str
    request: Request[Response]


@dataclass(frozen=True, slots=True)
class FrameIgnored:
    """The peer sent a message that OCPP-J does not answer."""

    reason: str
    text: str


Event: TypeAlias = (
    CallReceived | CallRefused | ResultReceived | ErrorReceived | ResultInvalid | CallTimedOut | CallLost | FrameIgnored
)
