"""A filter between the station and its connection: changes, adds or delays what the station sends."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import msgspec

from plugfest.link.peer import Peer
from plugfest.ocpp import codec, frames
from plugfest.ocpp.frames import Call, CallError, CallResult
from plugfest.ocpp.message import OcppStruct, Request, Response
from plugfest.ocpp.rpc import DEFAULT_MAX_MESSAGE_SIZE
from plugfest.ocpp.uuids import new_uuid
from plugfest.ocpp.versions import Protocol
from plugfest.station.connection import connection_opener

Message: TypeAlias = Request[Any] | Response

Change: TypeAlias = Callable[[Message], Iterable[Message]]
"""The messages that are sent for one of the station: for an answer one, for a request that one and added requests.

A message that is the same object is sent as it was.
"""

Rewrite: TypeAlias = Callable[[bytes], bytes]
"""Changes a payload as JSON: for what is equal when it is parsed."""

ANSWER_TIMEOUT = 30.0
"""Seconds after which a request that the lab does not answer no longer holds back the next one."""


class MessageFilter(msgspec.Struct, frozen=True):
    """What happens to the messages of the station. `change` makes a new change for each campaign.

    `delay` in s is that of each message, or of each request if `answers_at_once`.
    """

    change: Callable[[], Change] | None = None
    rewrite: Rewrite | None = None
    delay: float = 0.0
    answers_at_once: bool = False


class FilterRun:
    """A filter during one campaign. `applied`: whether it has had an effect since that was last reset."""

    def __init__(self, applied_filter: MessageFilter, protocol: Protocol) -> None:
        self._change = None if applied_filter.change is None else applied_filter.change()
        self._rewrite = applied_filter.rewrite
        self._protocol = protocol
        self.delay = applied_filter.delay
        self.answer_delay = 0.0 if applied_filter.answers_at_once else applied_filter.delay
        self.applied = False

    def calls(self, call: Call) -> Iterator[tuple[str, str]]:
        """The CALLs that are sent instead of one: message id and text. The station waits for the answer to its own.

        If none is of the same type, the first is sent in its place; the answers to both types must be alike.
        """
        request_type = self._protocol.requests[call.action]
        original = codec.decode(request_type, call.payload)
        sent = [original] if self._change is None else list(self._change(original))
        own = next((one for one in sent if isinstance(one, request_type)), sent[0])
        for one in sent:
            assert isinstance(one, Request)
            message_id = call.message_id if one is own else new_uuid()
            yield message_id, frames.call(message_id, one.action, self._payload(one, original, bytes(call.payload)))
        self.applied |= self.delay > 0 or len(sent) != 1

    def result(self, result: CallResult, action: str) -> str:
        """The CALLRESULT that is sent instead of one."""
        original = codec.decode(self._protocol.requests[action].response_type, result.payload)
        (sent,) = (original,) if self._change is None else self._change(original)
        self.applied |= self.answer_delay > 0
        return frames.call_result(result.message_id, self._payload(sent, original, bytes(result.payload)))

    def _payload(self, message: OcppStruct, original: OcppStruct, text: bytes) -> bytes:
        payload = text if message is original else codec.encode(message)
        payload = payload if self._rewrite is None else self._rewrite(payload)
        self.applied |= payload != text
        return payload


class FilteredPeer(Peer):
    """The station's end of a connection, with the filter behind it. It keeps one CALL outstanding."""

    def __init__(self, filter_run: FilterRun, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._filter = filter_run
        self._actions: dict[str, str] = {}  # of the requests from the lab, by message id
        self._calls_to_send: deque[tuple[str, str]] = deque()
        self._outstanding: str | None = None
        self._timeout: asyncio.TimerHandle | None = None
        self._added: set[str] = set()  # the ids of the CALLs that are not the station's own
        self._own = ""
        self._delayed: deque[str] = deque()

    def _write(self, text: str) -> None:
        match frames.parse(text, DEFAULT_MAX_MESSAGE_SIZE):
            case Call() as call:
                self._release(self._own)  # the station has given it up
                self._own = call.message_id
                sent = list(self._filter.calls(call))
                self._added.update(message_id for message_id, _ in sent if message_id != call.message_id)
                self._calls_to_send.extend(sent)
                self._send_next()
            case CallResult(message_id=message_id) as result:
                self._send(self._filter.result(result, self._actions.pop(message_id)), self._filter.answer_delay)
            case CallError():
                self._send(text, self._filter.answer_delay)

    def _receive(self, text: str | bytes) -> None:
        frame = frames.parse(text, DEFAULT_MAX_MESSAGE_SIZE) if _is_frame(text) else None
        if isinstance(frame, Call):
            self._actions[frame.message_id] = frame.action
        message_id = "" if frame is None else frame.message_id
        if message_id not in self._added:
            super()._receive(text)
        self._release(message_id)

    def _release(self, message_id: str) -> None:
        """The CALL is answered, or is not waited for any longer."""
        if message_id and message_id == self._outstanding:
            self._outstanding = None
            if self._timeout is not None:
                self._timeout.cancel()
            self._send_next()

    def _send_next(self) -> None:
        if self._outstanding is None and self._calls_to_send:
            self._outstanding, text = self._calls_to_send.popleft()
            self._timeout = self._loop.call_later(ANSWER_TIMEOUT, self._release, self._outstanding)
            self._send(text, self._filter.delay)

    def _send(self, text: str, delay: float) -> None:
        if not delay:
            super()._write(text)
            return
        self._delayed.append(text)
        self._loop.call_later(delay, self._send_delayed)

    def _send_delayed(self) -> None:
        """Send the oldest message: timers of one moment may end in any order, a connection keeps it."""
        if self._delayed and not self.closed:
            super()._write(self._delayed.popleft())

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection after what was written before."""
        if self._delayed:
            await asyncio.sleep(self._filter.delay)
        await super().close(code, reason)

    def abort(self, reason: str = "dropped without a close frame") -> None:
        """Drop the connection, and what is on its way."""
        self._delayed.clear()
        self._calls_to_send.clear()
        super().abort(reason)


def _is_frame(text: str | bytes) -> bool:
    """Whether it is a valid frame: the lab also sends invalid ones."""
    try:
        frames.parse(text, DEFAULT_MAX_MESSAGE_SIZE)
    except frames.FrameError:
        return False
    return True


@contextmanager
def filtered(filter_run: FilterRun) -> Iterator[None]:
    """The station connects through the filter within the block."""

    def peer(*args: Any, **kwargs: Any) -> Peer:
        return FilteredPeer(filter_run, *args, **kwargs)

    original = vars(connection_opener)["Peer"]
    setattr(connection_opener, "Peer", peer)  # noqa: B010 - the module does not export it
    try:
        yield
    finally:
        setattr(connection_opener, "Peer", original)  # noqa: B010
