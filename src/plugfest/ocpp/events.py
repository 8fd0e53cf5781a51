"""What a session tells its owner. `text` is the frame as it was received, for the record."""

from dataclasses import dataclass
from typing import TypeAlias

from plugfest.ocpp.errors import ErrorCode, RemoteError
from plugfest.ocpp.message import JsonValue, Request, Response


@dataclass(frozen=True, slots=True)
class CallReceived:
    """The peer asks; answer with `RpcEndpoint.reply` or `RpcEndpoint.refuse`."""

    message_id: str
    action: str
    request: Request[Response]
    text: str


@dataclass(frozen=True, slots=True)
class CallRefused:
    """The peer sent what could not be a CALL to us, and got a CALLERROR. `action` is None where it was not readable."""

    message_id: str
    action: str | None
    code: ErrorCode
    description: str
    text: str


@dataclass(frozen=True, slots=True)
class ResultReceived:
    """The peer answered our call."""

    message_id: str
    request: Request[Response]
    response: Response
    text: str


@dataclass(frozen=True, slots=True)
class ErrorReceived:
    """The peer answered our call with a CALLERROR. `code` is a plain text where the version has no such code."""

    message_id: str
    request: Request[Response]
    code: ErrorCode | str
    description: str
    details: dict[str, JsonValue]
    text: str


@dataclass(frozen=True, slots=True)
class ResultInvalid:
    """The peer answered our call with something that is no valid answer to it. The call is over."""

    message_id: str
    request: Request[Response]
    error: RemoteError
    text: str


@dataclass(frozen=True, slots=True)
class CallTimedOut:
    """The peer did not answer our call in time. The call is over; a late answer will be ignored."""

    message_id: str
    request: Request[Response]


@dataclass(frozen=True, slots=True)
class CallLost:
    """The connection went away before our call was answered, or before it was sent."""

    message_id: str
    request: Request[Response]


@dataclass(frozen=True, slots=True)
class FrameIgnored:
    """The peer sent something that OCPP-J has no answer for."""

    reason: str
    text: str


Event: TypeAlias = (
    CallReceived | CallRefused | ResultReceived | ErrorReceived | ResultInvalid | CallTimedOut | CallLost | FrameIgnored
)
