"""The RPC layer of OCPP-J (2.0.1 Part 4, 4; 1.6J, 4) without I/O: messages and times in, events and messages out."""

from collections.abc import Callable, Container, Mapping
from typing import Final

import msgspec

from plugfest.ocpp import codec, frames
from plugfest.ocpp import tolerant as tolerance
from plugfest.ocpp.errors import UNREADABLE_ID, ErrorCode, Failure, LocalError, RemoteError
from plugfest.ocpp.events import (
    CallLost,
    CallReceived,
    CallRefused,
    CallTimedOut,
    ErrorReceived,
    Event,
    FrameIgnored,
    ResultInvalid,
    ResultReceived,
)
from plugfest.ocpp.message import JsonValue, Request, Response
from plugfest.ocpp.uuids import new_uuid
from plugfest.ocpp.versions import Protocol

DEFAULT_MAX_MESSAGE_SIZE: Final = 1024 * 1024
_REMEMBERED_TIMEOUTS: Final = 64


class PendingCall(msgspec.Struct, frozen=True):
    """Our CALL that was sent and waits for an answer until `deadline`."""

    message_id: str
    request: Request[Response]
    deadline: float


class _QueuedCall(msgspec.Struct, frozen=True):
    message_id: str
    request: Request[Response]
    text: str
    timeout: float


class RpcEndpoint:
    """One end of an OCPP-J connection.

    Times are in seconds on a monotonic clock, sizes in bytes of UTF-8. `supported` are the actions that the peer may
    call; the default is all actions of the version. `tolerant`: a message that violates the schema is used if it can be
    understood. `refusal_code`: the error code of the answer to a CALL that cannot be used, from the one it would have;
    None for no answer. No message from the peer raises an exception.

    A CALL with the message id of a CALL that is being handled is refused (2.0.1 Part 4 and 1.6J, 4.2.3). Afterwards
    the id may come again: a repeated message may keep its id (Part 4 errata 4.6, 1.6J errata 3.1).
    """

    def __init__(
        self,
        protocol: Protocol,
        *,
        message_timeout: float = 30.0,
        max_message_size: int = DEFAULT_MAX_MESSAGE_SIZE,
        new_message_id: Callable[[], str] = new_uuid,
        supported: Container[str] | None = None,
        tolerant: bool = False,
        refusal_code: Callable[[ErrorCode], ErrorCode | None] | None = None,
    ) -> None:
        self.protocol = protocol
        self.message_timeout = message_timeout
        self._max_message_size = max_message_size
        self._new_message_id = new_message_id
        self._supported = supported
        self._tolerant = tolerant
        self._refusal_code = refusal_code
        self._outgoing: list[str] = []
        self._queue: list[_QueuedCall] = []
        self._pending: PendingCall | None = None
        self._timed_out: list[str] = []
        self._open_calls: dict[str, Request[Response]] = {}
        self._lost = False

    @property
    def pending(self) -> PendingCall | None:
        """Our CALL that waits for an answer."""
        return self._pending

    @property
    def queue_length(self) -> int:
        """The number of our CALLs that wait to be sent."""
        return len(self._queue)

    def call(self, request: Request[Response], now: float, *, timeout: float | None = None) -> str:
        """Send a CALL as soon as no other one is pending (Part 4, 4.1.1). Returns its message id.

        `timeout` counts from the moment it is sent. Raises LocalError if the request is invalid or the connection lost.
        """
        if self._lost:
            raise LocalError(f"{request.action} cannot be sent: the connection is lost")
        if self.protocol.requests.get(request.action) is not type(request):
            raise LocalError(f"{type(request).__qualname__} is not a request of OCPP {self.protocol.name}")
        message_id = self._new_message_id()
        text = frames.call(message_id, request.action, codec.encode(request))
        timeout = self.message_timeout if timeout is None else timeout
        self._queue.append(_QueuedCall(message_id, request, text, timeout))
        self._send_next(now)
        return message_id

    def reply(self, message_id: str, response: Response, now: float) -> None:
        """Answer a CALL with a CALLRESULT. No effect after the connection was lost.

        Raises LocalError if the response is invalid (the CALL then stays open) or no CALL with this id is open.
        """
        if self._lost:
            return
        request = self._open_call(message_id)
        if type(response) is not request.response_type:
            raise LocalError(f"{type(response).__name__} does not answer {request.action}")
        self._outgoing.append(frames.call_result(message_id, codec.encode(response)))
        del self._open_calls[message_id]

    def refuse(
        self,
        message_id: str,
        code: ErrorCode,
        description: str = "",
        details: Mapping[str, JsonValue] | None = None,
        now: float = 0.0,
    ) -> None:
        """Answer a CALL with a CALLERROR. No effect after the connection was lost.

        Raises LocalError if the details are not JSON or no CALL with this id is open.
        """
        if self._lost:
            return
        self._open_call(message_id)
        try:
            self._send_error(message_id, code, description, details)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise LocalError(f"CALLERROR is not valid: {error}") from error
        del self._open_calls[message_id]

    def leave_unanswered(self, message_id: str) -> None:
        """Never answer a CALL. Its id may come again: the peer may repeat what was not answered."""
        self._open_calls.pop(message_id, None)

    def receive(self, text: str | bytes, now: float) -> list[Event]:
        """Process one WebSocket message from the peer."""
        if self._lost:
            return []
        shown = text if isinstance(text, str) else text.decode(errors="replace")
        try:
            frame = frames.parse(text, self._max_message_size)
            if isinstance(frame, frames.Call):
                return [self._call_received(frame, shown)]
            return [self._answer_received(frame, shown, now)]
        except frames.FrameError as error:
            return [self._frame_failed(error, shown, now)]

    def to_send(self) -> list[str]:
        """The messages to send to the peer. Each is returned once."""
        texts, self._outgoing = self._outgoing, []
        return texts

    def next_deadline(self) -> float | None:
        """The time of the next `tick`; None if no CALL is pending."""
        return self._pending.deadline if self._pending else None

    def tick(self, now: float) -> list[Event]:
        """Time out the pending CALL if its deadline has passed."""
        if self._pending is None or now < self._pending.deadline:
            return []
        expired = self._pending
        self._timed_out = [*self._timed_out, expired.message_id][-_REMEMBERED_TIMEOUTS:]
        self._pending = None
        self._send_next(now)
        return [CallTimedOut(expired.message_id, expired.request)]

    def connection_lost(self, now: float) -> list[Event]:
        """The connection was lost: all our unanswered CALLs are lost, and nothing more is sent."""
        unanswered: list[PendingCall | _QueuedCall] = [*self._queue]
        if self._pending is not None:
            unanswered.insert(0, self._pending)
        self._lost = True
        self._pending = None
        self._queue.clear()
        self._outgoing.clear()
        self._open_calls.clear()
        return [CallLost(call.message_id, call.request) for call in unanswered]

    def _send_next(self, now: float) -> None:
        if self._queue and self._pending is None:
            call = self._queue.pop(0)
            self._outgoing.append(call.text)
            self._pending = PendingCall(call.message_id, call.request, now + call.timeout)

    def _open_call(self, message_id: str) -> Request[Response]:
        if message_id not in self._open_calls:
            raise LocalError(f"no CALL with message id {message_id!r} waits for an answer")
        return self._open_calls[message_id]

    def _send_error(
        self, message_id: str, code: ErrorCode, description: str, details: Mapping[str, JsonValue] | None = None
    ) -> None:
        name = self.protocol.errors.to_wire(code)
        self._outgoing.append(frames.call_error(message_id, name, description, details))

    def _call_received(self, call: frames.Call, text: str) -> Event:
        self._check_accepted(call)
        try:
            request, defects = self._request(call)
        except RemoteError as error:
            return self._refused(call.message_id, call.action, error.code, f"{error.description} at {error.path}", text)
        self._open_calls[call.message_id] = request
        return CallReceived(call.message_id, call.action, request, text, defects)

    def _request(self, call: frames.Call) -> tuple[Request[Response], tuple[tolerance.MessageDefect, ...]]:
        message_type = self.protocol.requests[call.action]
        if self._tolerant:
            return tolerance.decode_request_tolerantly(message_type, call.payload)
        return codec.decode(message_type, call.payload), ()

    def _check_accepted(self, call: frames.Call) -> None:
        """Raise FrameError for a CALL that is refused whatever its payload."""
        if call.message_id in self._open_calls:
            failure, description = Failure.DUPLICATE_CALL, "a CALL with this message id is still being handled"
        elif call.action not in self.protocol.requests:
            failure, description = Failure.UNKNOWN_ACTION, f"OCPP {self.protocol.name} has no action {call.action}"
        elif self._supported is not None and call.action not in self._supported:
            failure, description = Failure.UNSUPPORTED_ACTION, f"{call.action} is not supported"
        else:
            return
        raise frames.FrameError(failure, call.message_id, description, call.action)

    def _frame_failed(self, error: frames.FrameError, text: str, now: float) -> Event:
        if error.failure is Failure.MALFORMED_ANSWER:
            return self._malformed_answer(error, text, now)
        code = self.protocol.errors.answers[error.failure]
        if code is None:
            return FrameIgnored(error.description, text)
        message_id = UNREADABLE_ID if error.message_id is None else error.message_id
        return self._refused(message_id, error.action, code, error.description, text)

    def _refused(self, message_id: str, action: str | None, code: ErrorCode, description: str, text: str) -> Event:
        if self._refusal_code is not None and message_id != UNREADABLE_ID:
            other = self._refusal_code(code)
            if other is None:
                return FrameIgnored(description, text)
            code = other
        self._send_error(message_id, code, description)
        return CallRefused(message_id, action, code, description, text)

    def _answer_received(
        self,
        answer: frames.CallResult | frames.CallError,
        text: str,
        now: float,
        known: tuple[tolerance.MessageDefect, ...] = (),
    ) -> Event:
        call = self._complete_pending(answer.message_id, now)
        if call is None:
            return FrameIgnored(self._why_ignored(answer.message_id), text)
        if isinstance(answer, frames.CallError):
            code = self.protocol.errors.from_wire(answer.code)
            return ErrorReceived(call.message_id, call.request, code, answer.description, answer.details, text, known)
        try:
            response, defects = self._response(call.request, answer)
        except RemoteError as error:
            return ResultInvalid(call.message_id, call.request, error, text)
        return ResultReceived(call.message_id, call.request, response, text, known + defects)

    def _response(
        self, request: Request[Response], answer: frames.CallResult
    ) -> tuple[Response, tuple[tolerance.MessageDefect, ...]]:
        if self._tolerant:
            return tolerance.decode_tolerantly(request.response_type, answer.payload)
        return codec.decode(request.response_type, answer.payload), ()

    def _malformed_answer(self, error: frames.FrameError, text: str, now: float) -> Event:
        if self._tolerant and error.answer is not None:
            return self._answer_received(error.answer, text, now, (tolerance.MessageDefect(error.defect, "$"),))
        call = self._complete_pending(error.message_id, now)
        if call is None:
            return FrameIgnored(error.description, text)
        invalid = RemoteError(ErrorCode.FormatViolation, error.description)
        return ResultInvalid(call.message_id, call.request, invalid, text)

    def _complete_pending(self, message_id: str | None, now: float) -> PendingCall | None:
        """End the pending CALL and send the next one, if the message id is its own; None if it is not."""
        call = self._pending
        if call is None or call.message_id != message_id:
            return None
        self._pending = None
        self._send_next(now)
        return call

    def _why_ignored(self, message_id: str) -> str:
        if message_id in self._timed_out:
            return "answer to a CALL that had timed out"
        if message_id == UNREADABLE_ID:
            return "the peer could not read the message id of a message from this end"
        return "answer to a CALL that was not sent or is answered already"
