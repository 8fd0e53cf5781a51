"""One end of an OCPP-J connection: the RPC layer on a WebSocket, with asyncio futures for the answers.

Frames are processed and written at once, without a task in between. OCPP allows one unanswered CALL in each direction,
so queues stay short. A peer that sends too many CALLs gets CALLERRORs; a peer that does not read is disconnected.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar, cast

from plugfest.link.errors import (
    CallErrorReceived,
    CallTimeout,
    ConnectionLost,
    InvalidResult,
    LinkError,
)
from plugfest.link.websocket import WebSocket
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.events import (
    CallLost,
    CallReceived,
    CallTimedOut,
    ErrorReceived,
    Event,
    ResultInvalid,
    ResultReceived,
)
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.rpc import RpcEndpoint

__all__ = [
    "Answer",
    "CallErrorReceived",
    "CallTimeout",
    "ConnectionLost",
    "Direction",
    "InvalidResult",
    "LinkError",
    "NoAnswer",
    "Peer",
    "Refusal",
]

R = TypeVar("R", bound=Response)

HANDLER_GRACE = 5.0
"""Seconds that a handler may continue after the connection is lost, before it is cancelled."""

MAX_QUEUED_CALLS = 100
"""The largest number of CALLs that may wait for the one being handled."""

MAX_UNREAD = 4 * 1024 * 1024
"""The largest number of bytes that a peer may leave unread before it is disconnected."""

_log = logging.getLogger(__name__)


class Direction(StrEnum):
    """The direction of a frame, as seen from this end."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, and a callback for when it is written or the connection lost: to reset, reconnect, start a report."""

    response: Response
    then: Callable[[], None] | None = None


Handled: TypeAlias = Response | Answer
"""What a handler answers."""

Handler: TypeAlias = Callable[[Request[Response]], Handled | Awaitable[Handled]]
"""Answers a request: a plain function at once, a coroutine function later."""

Responder: TypeAlias = Callable[[Request[Response]], Handled]


class Refusal(Exception):
    """Raised by a handler to answer with a CALLERROR."""

    def __init__(self, code: ErrorCode, description: str = "", details: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.details = details


class NoAnswer(Exception):
    """Raised by a handler to leave a CALL unanswered: 1.6 requires it in some cases; the lab tests timeouts with it."""


class Peer:
    """This end of a connection. `run` serves it until it is closed; `call` may be used meanwhile, also by handlers.

    CALLs of the peer are handled by `on_call`, one at a time, in the order of their arrival, and not before those who
    wait for earlier answers know them. `respond`, if given, handles them instead: its answer is written before any task
    can react to the CALL. `incoming` replaces a received frame by zero or more frames: the self-test injects faults
    with it.
    """

    def __init__(
        self,
        websocket: WebSocket,
        rpc: RpcEndpoint,
        *,
        on_call: Handler | None = None,
        respond: Responder | None = None,
        on_frame: Callable[[Direction, str, float], None] | None = None,
        on_event: Callable[[Event], None] | None = None,
        incoming: Callable[[str | bytes], Iterable[str | bytes]] | None = None,
    ) -> None:
        self._websocket = websocket
        self._rpc = rpc
        self._on_call = on_call or _unsupported
        self._respond = respond
        self._on_frame = on_frame
        self._on_event = on_event
        self._incoming = incoming
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, asyncio.Future[Response]] = {}
        self._unread_answers = 0
        self._calls: list[CallReceived] = []
        self._handling: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline: float | None = None
        self._lost = False
        self._callback_error: Exception | None = None

    @property
    def closed(self) -> bool:
        """Whether the connection is closing or closed."""
        return not self._websocket.is_open

    @property
    def end(self) -> str:
        """How the connection ended, in one line; empty while it is open."""
        return self._websocket.end

    async def run(self) -> None:
        """Serve the connection until either end closes it or it is lost."""
        self._handling = self._loop.create_task(self._handle_calls())
        try:
            await self._websocket.set_receiver(self._on_message)
            await self._websocket.wait_closed()
            self._end()
            if self._handling is not None:
                await asyncio.wait({self._handling}, timeout=HANDLER_GRACE)
        finally:
            self._end()
            if self._handling is not None:
                self._handling.cancel()
            self.abort("it is not served any more")
        if self._callback_error is not None:
            raise self._callback_error

    async def call(self, request: Request[R], *, timeout: float | None = None) -> R:
        """Send a request and return its response.

        `timeout` in seconds starts when the CALL is sent, not while it waits for an earlier one.

        Raises:
            CallErrorReceived: the peer answered with a CALLERROR.
            CallTimeout: the peer did not answer in time.
            ConnectionLost: the connection ended before the answer, or before the call.
            InvalidResult: the peer's CALLRESULT is not valid.
            LocalError: the request is not valid.
        """
        if self.closed:
            raise ConnectionLost(f"not connected: {request.action} was not sent")
        message_id = self._rpc.call(request, self._loop.time(), timeout=timeout)
        future: asyncio.Future[Response] = self._loop.create_future()
        self._waiting[message_id] = future
        try:
            self._flush()
            return cast(R, await future)
        finally:
            if future.done() and not future.cancelled():
                self._unread_answers -= 1
            future.cancel()

    async def send_text(self, raw: str) -> None:
        """Send a text frame as it is, without the RPC layer: for a lab that sends invalid frames on purpose."""
        self._write(raw)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the WebSocket with the closing handshake and wait until it is closed."""
        await self._websocket.close(code, reason)

    def abort(self, reason: str = "dropped without a close frame") -> None:
        """Drop the TCP connection at once, without a closing handshake: a power loss, a network failure.

        `reason` is how it ended, as `end` has it.
        """
        self._websocket.drop(reason)

    def set_ping_interval(self, seconds: float | None) -> None:
        """Send pings at this interval from now on; none for 0 or None (WebSocketPingInterval, Part 4, 8.4)."""
        self._websocket.set_ping_interval(seconds)

    # Received frames

    def deliver(self, text: str | bytes) -> None:
        """Process a frame as if the peer had sent it: the self-test injects faults with it."""
        self._receive(text)

    def _on_message(self, text: str | bytes) -> None:
        for frame in (text,) if self._incoming is None else self._incoming(text):
            self._receive(frame)

    def _receive(self, text: str | bytes) -> None:
        now = self._loop.time()
        try:
            if self._on_frame is not None:
                shown = text if isinstance(text, str) else text.decode(errors="replace")
                self._on_frame(Direction.RECEIVED, shown, now)
            self._handle_events(self._rpc.receive(text, now))
            self._flush()
        except asyncio.CancelledError:  # the handler ends because its station stops: its store has failed
            self.abort()
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """A callback has raised: `run` raises it to the caller."""
        self._callback_error = error
        self.abort(f"dropped because of an internal error, {type(error).__name__}")

    def _handle_events(self, events: list[Event]) -> None:
        for event in events:
            if self._on_event is not None:
                self._on_event(event)
            match event:
                case CallReceived():
                    self._accept(event)
                case ResultReceived(message_id, _, response):
                    self._resolve(message_id, response)
                case ErrorReceived(message_id, request, code, description, details):
                    self._resolve(message_id, CallErrorReceived(code, description, details, request.action))
                case ResultInvalid(message_id, _, error, text):
                    self._resolve(message_id, InvalidResult(error, text))
                case CallTimedOut(message_id, request):
                    self._resolve(message_id, CallTimeout(f"no answer to {request.action} in time"))
                case CallLost(message_id, request):
                    how = f": {self.end}" if self.end else ""
                    self._resolve(message_id, ConnectionLost(f"the connection was lost during {request.action}{how}"))

    def _resolve(self, message_id: str, outcome: Response | LinkError) -> None:
        future = self._waiting.pop(message_id)
        if future.done():  # the caller has cancelled
            return
        self._unread_answers += 1
        if isinstance(outcome, LinkError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def _flush(self) -> None:
        for text in self._rpc.to_send():
            self._write(text)
        self._set_timer()

    def _write(self, text: str) -> None:
        if not self._websocket.is_writable:
            return
        if self._on_frame is not None:
            self._on_frame(Direction.SENT, text, self._loop.time())
        self._websocket.write(text)
        if self._websocket.unread_bytes > MAX_UNREAD:
            unread = f"more than {MAX_UNREAD // 2**20} MiB"
            self.abort(f"{self._websocket.peer_name} did not read what was sent, {unread}; dropped")

    def _set_timer(self) -> None:
        deadline = self._rpc.next_deadline()
        if deadline == self._deadline:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._deadline = deadline
        self._timer = None if deadline is None else self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._deadline = None
        self._handle_events(self._rpc.tick(self._loop.time()))
        self._flush()

    def _end(self) -> None:
        self._lost = True
        self._calls.clear()
        self._handle_events(self._rpc.connection_lost(self._loop.time()))
        self._set_timer()

    # CALLs of the peer

    def _accept(self, call: CallReceived) -> None:
        if self._respond is not None:
            self._answer(call, self._respond)
        elif not self._websocket.is_writable:
            return  # no answer can be sent any more
        elif self._handling is None and not self._unread_answers and not self._websocket.unread_bytes:
            later = self._answer(call, self._on_call)
            if later is not None:
                self._handling = self._loop.create_task(self._handle_calls(later))
        elif len(self._calls) < MAX_QUEUED_CALLS:
            self._calls.append(call)
            self._handling = self._handling or self._loop.create_task(self._handle_calls())
        else:
            self._refuse(call, Refusal(ErrorCode.InternalError, "too many calls at once"))

    async def _handle_calls(self, first: Coroutine[Any, Any, None] | None = None) -> None:
        """Handle the CALLs that cannot be answered at once, and those that arrive meanwhile."""
        try:
            if first is not None:
                await first
            await self._wait_until_read()
            while self._calls and not self.closed:
                later = self._answer(self._calls.pop(0), self._on_call)
                self._flush()
                if later is not None:
                    await later
                await self._wait_until_read()
        except asyncio.CancelledError:  # also by a handler whose station stops
            self.abort()
            raise
        except Exception as error:
            self._fail(error)
        finally:
            self._handling = None

    async def _wait_until_read(self) -> None:
        """Wait while the peer does not read, and until those who wait for its answers know them."""
        await self._websocket.wait_until_read()
        while self._unread_answers:  # noqa: ASYNC110 - they are woken in this step of the loop
            await asyncio.sleep(0)

    def _answer(self, call: CallReceived, handler: Handler) -> Coroutine[Any, Any, None] | None:
        """Answer a CALL; `_flush` sends the answer. Returns what answers it, if the handler must wait."""
        then = None
        try:
            handled = handler(call.request)
            if not isinstance(handled, Response | Answer):
                return self._answer_later(call, handled)
            then = self._reply(call, handled)
        except Exception as error:
            self._not_answered(call, error)
        if then is not None:
            self._flush()
            self._run_callback(then, call)
        return None

    async def _answer_later(self, call: CallReceived, handled: Awaitable[Handled]) -> None:
        then = None
        try:
            then = self._reply(call, await handled)
        except Exception as error:
            self._not_answered(call, error)
        self._flush()
        if then is not None:
            await self._websocket.wait_until_read()
            self._run_callback(then, call)

    def _run_callback(self, then: Callable[[], None], call: CallReceived) -> None:
        try:
            then()
        except Exception:
            _log.exception("callback after the answer to %s failed", call.action)

    def _reply(self, call: CallReceived, answer: Handled) -> Callable[[], None] | None:
        response, then = (answer.response, answer.then) if isinstance(answer, Answer) else (answer, None)
        if not self._lost:
            self._rpc.reply(call.message_id, response, self._loop.time())
        return then

    def _not_answered(self, call: CallReceived, error: Exception) -> None:
        """What a handler has raised decides the answer: a CALLERROR or none."""
        match error:
            case NoAnswer():
                self._rpc.leave_unanswered(call.message_id)
            case Refusal():
                self._refuse(call, error)
            case _:
                _log.error("handler of %s failed", call.action, exc_info=error)
                self._refuse(call, Refusal(ErrorCode.InternalError))

    def _refuse(self, call: CallReceived, refusal: Refusal) -> None:
        if not self._lost:
            now = self._loop.time()
            self._rpc.refuse(call.message_id, refusal.code, refusal.description, refusal.details, now=now)


def _unsupported(request: Request[Response]) -> Handled:
    raise Refusal(ErrorCode.NotSupported, f"{request.action} is not supported")
