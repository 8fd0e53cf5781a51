"""One end of an OCPP-J connection: a session that thinks, a websocket that carries, and the futures in between.

Frames are taken and written at once, without a task in between. OCPP allows one unanswered CALL in each direction, so
that little can pile up; a peer that floods us is refused, and one that does not read what it asked for is dropped.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, cast

from websockets.asyncio.server import broadcast
from websockets.protocol import State

from plugfest.link.errors import (
    CallErrorReceived,
    CallTimeout,
    ConnectionLost,
    InvalidResult,
    LinkError,
)
from plugfest.link.websocket import FeedingWebSocket
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
"""Seconds that a handler may still work after its connection is gone, before it is cancelled."""

MOST_WAITING_CALLS = 100
"""How many CALLs may wait for the one that is being handled."""

MOST_UNREAD = 4 * 1024 * 1024
"""Bytes that a peer may leave unread before it is dropped."""

_log = logging.getLogger(__name__)


class Direction(StrEnum):
    """Which way a frame went, as seen from this end."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, and what to do once it is written, or the connection lost: reset, reconnect, begin a report."""

    response: Response
    then: Callable[[], None] | None = None


class Refusal(Exception):
    """Raised by a handler to answer with a CALLERROR."""

    def __init__(self, code: ErrorCode, description: str = "", details: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.details = details


class NoAnswer(Exception):
    """Raised by a handler to leave a CALL unanswered: a lab lets a station run into its timeout, 1.6 wants silence."""


class Peer:
    """This end of a connection. `run` serves it until it is closed; `call` may be used meanwhile, also by handlers.

    CALLs of the other end are handled one after the other in the order of their arrival. `incoming` says what becomes
    of a frame on its way here: itself, nothing, another one; it is for rigs that put faults on the wire.
    """

    def __init__(
        self,
        websocket: FeedingWebSocket,
        rpc: RpcEndpoint,
        *,
        on_call: Callable[[Request[Response]], Awaitable[Response | Answer]],
        on_frame: Callable[[Direction, str, float], None] | None = None,
        on_event: Callable[[Event], None] | None = None,
        incoming: Callable[[str | bytes], Iterable[str | bytes]] | None = None,
    ) -> None:
        self._websocket = websocket
        self._rpc = rpc
        self._on_call = on_call
        self._on_frame = on_frame
        self._on_event = on_event
        self._incoming = incoming
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, asyncio.Future[Response]] = {}
        self._calls: deque[CallReceived] = deque()
        self._call_arrived = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._deadline: float | None = None
        self._lost = False
        self._broken: Exception | None = None

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._websocket.state is not State.OPEN

    async def run(self) -> None:
        """Serve the connection until it is closed by whichever end or broken by the network."""
        handler = self._loop.create_task(self._handle_calls())
        try:
            await self._websocket.feed(self._arrive)
            await self._websocket.wait_closed()
            self._lose()
            self._call_arrived.set()
            await asyncio.wait({handler}, timeout=HANDLER_GRACE)
        finally:
            self._lose()
            handler.cancel()
            self.abort()  # a connection that nobody serves any more
        if self._broken is not None:
            raise self._broken

    async def call(self, request: Request[R], *, timeout: float | None = None) -> R:
        """Send a request and return its response.

        `timeout` in seconds runs from the moment the CALL is sent, not while it waits for an earlier one.

        Raises:
            CallErrorReceived: the peer refused.
            CallTimeout: the peer did not answer in time.
            ConnectionLost: the connection ended first, or had ended before.
            InvalidResult: the peer answered something that is not OCPP.
            OursError: the request itself is not valid OCPP.
        """
        if self.closed:
            raise ConnectionLost(f"not connected: {request.action} was not sent")
        message_id = self._rpc.call(request, self._loop.time(), timeout=timeout)
        future: asyncio.Future[Response] = self._loop.create_future()
        self._waiting[message_id] = future
        self._flush()
        return cast(R, await future)

    async def send_text(self, raw: str) -> None:
        """Send a text frame as it is, past the session: for a lab that says something wrong on purpose."""
        self._write(raw)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection in the orderly way, and wait until it is closed."""
        await self._websocket.close(code, reason)

    def abort(self) -> None:
        """Drop the TCP connection at once, without a word: a power cut, a broken network."""
        self._websocket.transport.abort()

    def set_ping_interval(self, seconds: float | None) -> None:
        """Ping at this interval from now on; never for 0 or None (WebSocketPingInterval, Part 4, 8.4)."""
        if self._websocket.keepalive_task is not None:
            self._websocket.keepalive_task.cancel()
            self._websocket.keepalive_task = None
        self._websocket.ping_interval = seconds or None
        if not self.closed:
            self._websocket.start_keepalive()

    # From the websocket through the session

    def deliver(self, text: str | bytes) -> None:
        """Take a frame as if it had come from the other end: for rigs that put faults on the wire."""
        self._receive(text)

    def _arrive(self, text: str | bytes) -> None:
        for one in (text,) if self._incoming is None else self._incoming(text):
            self._receive(one)

    def _receive(self, text: str | bytes) -> None:
        now = self._loop.time()
        try:
            if self._on_frame is not None:
                shown = text if isinstance(text, str) else text.decode(errors="replace")
                self._on_frame(Direction.RECEIVED, shown, now)
            self._take(self._rpc.receive(text, now))
            self._flush()
        except Exception as error:  # of a callback: nobody above us but the socket, so `run` raises it
            self._broken = error
            self.abort()

    def _take(self, events: list[Event]) -> None:
        for event in events:
            if self._on_event is not None:
                self._on_event(event)
            match event:
                case CallReceived():
                    self._queue(event)
                case ResultReceived(message_id, _, response):
                    self._resolve(message_id, response)
                case ErrorReceived(message_id, _, code, description, details):
                    self._resolve(message_id, CallErrorReceived(code, description, details))
                case ResultInvalid(message_id, _, error, text):
                    self._resolve(message_id, InvalidResult(error, text))
                case CallTimedOut(message_id, request):
                    self._resolve(message_id, CallTimeout(f"no answer to {request.action} in time"))
                case CallLost(message_id, request):
                    self._resolve(message_id, ConnectionLost(f"the connection was lost during {request.action}"))

    def _queue(self, call: CallReceived) -> None:
        if len(self._calls) < MOST_WAITING_CALLS:
            self._calls.append(call)
            self._call_arrived.set()
        else:
            self._refuse(call, Refusal(ErrorCode.InternalError, "too many calls at once"))

    def _resolve(self, message_id: str, outcome: Response | LinkError) -> None:
        future = self._waiting.pop(message_id)
        if future.done():  # whoever called has given up
            return
        if isinstance(outcome, LinkError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def _flush(self) -> None:
        for text in self._rpc.to_send():
            self._write(text)
        self._set_timer()

    def _write(self, text: str) -> None:
        if self._on_frame is not None:
            self._on_frame(Direction.SENT, text, self._loop.time())
        broadcast((self._websocket,), text)
        if self._websocket.paused and self._websocket.transport.get_write_buffer_size() > MOST_UNREAD:
            self.abort()

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
        self._take(self._rpc.tick(self._loop.time()))
        self._flush()

    def _lose(self) -> None:
        self._lost = True
        self._calls.clear()
        self._take(self._rpc.connection_lost(self._loop.time()))
        self._set_timer()

    # The other end's CALLs

    async def _handle_calls(self) -> None:
        while not self.closed:
            while self._calls:
                await self._serve(self._calls.popleft())
            self._call_arrived.clear()
            await self._call_arrived.wait()

    async def _serve(self, call: CallReceived) -> None:
        then = await self._answer(call)
        self._flush()
        with contextlib.suppress(OSError):  # the connection was lost meanwhile
            if self._websocket.paused:
                await self._websocket.drain()
        if then is not None:
            self._do(then, call)

    def _do(self, then: Callable[[], None], call: CallReceived) -> None:
        try:
            then()
        except Exception:
            _log.exception("what should have followed the answer to %s failed", call.action)

    async def _answer(self, call: CallReceived) -> Callable[[], None] | None:
        """Hand the reply to the session. Returns what is to be done after it is written."""
        try:
            answer = await self._on_call(call.request)
            response, then = (answer.response, answer.then) if isinstance(answer, Answer) else (answer, None)
            if not self._lost:
                self._rpc.reply(call.message_id, response, self._loop.time())
        except NoAnswer:
            return None
        except Refusal as refusal:
            self._refuse(call, refusal)
            return None
        except Exception:
            _log.exception("%s could not be answered", call.action)
            self._refuse(call, Refusal(ErrorCode.InternalError))
            return None
        return then

    def _refuse(self, call: CallReceived, refusal: Refusal) -> None:
        if not self._lost:
            now = self._loop.time()
            self._rpc.refuse(call.message_id, refusal.code, refusal.description, refusal.details, now=now)
