"""Queues of outgoing messages, sent one at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

import msgspec

from plugfest.clock import set_within
from plugfest.light_event import LightEvent
from plugfest.link.errors import CallErrorReceived, CallTimeout, ConnectionLost, LinkError
from plugfest.ocpp import codec
from plugfest.ocpp.errors import RemoteError
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.versions import Protocol
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.storage.store import Records, Store

Q = TypeVar("Q", bound=Request[Any])

_log = logging.getLogger(__name__)

_VOLATILE_LIMIT = 10_000
"""Messages kept in memory; when it is full, the oldest are dropped."""

_SHORTEST_DELAY, _LONGEST_DELAY = 300.0, 3600.0
"""The shortest and the longest time in seconds until an unanswered durable message is repeated."""

_DRIVER_DELAY = 60.0
"""For how many seconds such a repetition is put off while a driver waits."""


FORCED_RESET_SECONDS = 5.0
"""How long a reset that does not wait for the drivers waits for queued messages. The rest is sent after the reset."""


class Delivery(Enum):
    """The delivery guarantee of a message."""

    TRANSACTION = "transaction"
    """Transaction-related: stored, in order, sent up to MessageAttempts[TransactionEvent] times (E13)."""
    DURABLE = "durable"
    """Stored until the CSMS has received it, even through a power loss."""
    ORDINARY = "ordinary"
    """Sent once. While offline it is queued if OCPPCommCtrlr.QueueAllMessages is true, and dropped otherwise."""


_ORDER = (Delivery.ORDINARY, Delivery.DURABLE, Delivery.TRANSACTION)

AnswerCallback = Callable[[Any, Response | None], None]
"""Is called with the request and its answer; None if the message was dropped."""

SendCall = Callable[[Request[Any]], Awaitable[Response]]


class QueuedMessage(msgspec.Struct, frozen=True):
    """A stored message. `failures`: how often the CSMS failed to process it (E13)."""

    action: str
    payload: msgspec.Raw
    failures: int = 0


class Outbox:
    """The queues of outgoing messages.

    Order: ordinary, durable, transaction-related messages; a durable queue whose first message is repeated comes last,
    and not while a driver waits: only one CALL can be open, and this one may hold up the others for the timeout.

    Callbacks run in the same store transaction that removes the message, so their writes happen exactly once.
    """

    def __init__(self, store: Store, device_model: DeviceModel, protocol: Protocol) -> None:
        self._store = store
        self._device_model = device_model
        self._protocol = protocol
        self._volatile: list[Request[Any]] = []
        self._queues = {delivery: _Queue(store, delivery, protocol) for delivery in Delivery}
        self._callbacks: dict[type[Request[Any]], tuple[AnswerCallback, ...]] = {}
        self._refused: dict[type[Request[Any]], tuple[Callable[[Any], None], ...]] = {}
        self._send: SendCall | None = None
        self._changed = LightEvent()
        self._busy = False
        self._driver_waits: Callable[[], bool] = lambda: False

    def spare_drivers(self, driver_waits: Callable[[], bool]) -> None:
        """Put off the repetition of a durable message while `driver_waits` is true, for an hour at most."""
        self._driver_waits = driver_waits

    def send(self, request: Request[Any], delivery: Delivery = Delivery.ORDINARY) -> None:
        """Queue a message. TRANSACTION and DURABLE messages are stored when this returns.

        Raises LocalError if the message is not valid OCPP.
        """
        payload = codec.encode(request)
        if delivery is not Delivery.ORDINARY:
            self._queues[delivery].append(QueuedMessage(request.action, msgspec.Raw(payload)))
        elif self._send is not None:
            self._volatile.append(request)
            del self._volatile[:-_VOLATILE_LIMIT]
        elif self._device_model.boolean("OCPPCommCtrlr", "QueueAllMessages", default=False):
            self._queues[Delivery.ORDINARY].append(QueuedMessage(request.action, msgspec.Raw(payload)))  # C-21
        else:
            self._answered(request, None)
        self._changed.set()

    def on_answer(self, request_type: type[Request[Any]], callback: AnswerCallback) -> None:
        """Call `callback` for each answer to a request of this type, including requests of earlier power cycles."""
        self._callbacks[request_type] = (*self._callbacks.get(request_type, ()), callback)

    def on_refusal(self, request_type: type[Q], callback: Callable[[Q], None]) -> None:
        """Call `callback` for each request of this type that the CSMS has answered with a CALLERROR."""
        self._refused[request_type] = (*self._refused.get(request_type, ()), callback)

    def unanswered(self, request_type: type[Q]) -> list[Q]:
        """The stored messages of this type that the CSMS has not answered yet, oldest first."""
        return [
            codec.decode(request_type, bytes(queued.payload))
            for queue in self._queues.values()
            for queued in queue.messages.values()
            if queued.action == request_type.action
        ]

    def amend(self, request_type: type[Q], change: Callable[[Q], Q]) -> None:
        """Change the stored messages of this type that the CSMS has not answered yet."""
        with self._store.transaction():
            for queue in self._queues.values():
                for key, queued in queue.messages.items():
                    if queued.action == request_type.action:
                        changed = change(codec.decode(request_type, bytes(queued.payload)))
                        queue.put(
                            key, QueuedMessage(queued.action, msgspec.Raw(codec.encode(changed)), queued.failures)
                        )

    async def drain(self, timeout: float) -> bool:
        """Wait until no message can be sent now, the connection is lost, or `timeout` seconds are over.

        A message that the CSMS has failed to process waits to be repeated; it does not hold up a reset. Returns whether
        the station is still online and every message is answered.
        """
        deadline = asyncio.get_running_loop().time() + timeout
        while self._send is not None and (self._busy or self._next() is not None):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            await self._wait(left)
        return self._send is not None and self._retry_in() is None

    @property
    def outstanding(self) -> int:
        """How many messages are queued or have no answer yet."""
        return len(self._volatile) + sum(len(queue.messages) for queue in self._queues.values())

    # Sending

    def open(self, send: SendCall) -> None:
        """Start sending, through `send`."""
        self._send = send
        self._changed.set()

    def close(self) -> None:
        """Stop sending."""
        self._send = None
        while self._volatile:
            self.send(self._volatile.pop(0))  # now offline: queued or dropped, depending on QueueAllMessages
        self._changed.set()

    async def run(self) -> None:
        """Send the queued messages, until cancelled."""
        while True:
            item = self._next() if self._send is not None else None
            if item is None or self._send is None:
                await self._wait(self._retry_in())
                continue
            self._busy = True
            try:
                await self._deliver(*item, self._send)
            finally:
                self._busy = False
                self._changed.set()

    async def _wait(self, seconds: float | None) -> None:
        self._changed.clear()
        await set_within(self._changed, seconds)

    def _next(self) -> "tuple[_Queue | None, str, Request[Any]] | None":
        """The next message: its queue (None: in memory), its key, and the request."""
        if self._volatile and not self._queues[Delivery.ORDINARY].messages:  # those in the store are older
            return None, "", self._volatile[0]
        now = asyncio.get_running_loop().time()
        for queue in sorted(self._queues.values(), key=_priority):
            if queue.messages and queue.retry_at <= now:
                if queue.repeats and now < queue.spares_until and self._driver_waits():
                    queue.retry_at = now + _DRIVER_DELAY
                    continue
                key, queued = queue.first()
                return queue, key, codec.decode(self._protocol.requests[queued.action], bytes(queued.payload))
        return None

    def _retry_in(self) -> float | None:
        now = asyncio.get_running_loop().time()
        waits = [queue.retry_at - now for queue in self._queues.values() if queue.messages and queue.retry_at > now]
        return min(waits, default=None)

    async def _deliver(self, queue: "_Queue | None", key: str, request: Request[Any], send: SendCall) -> None:
        try:
            response = await send(request)
        except ConnectionLost:  # not a failure of the CSMS: the message remains queued
            if self._send is send:
                self.close()
            return
        except LinkError as error:
            _log.info("%s failed: %s", request.action, error)
            self._failed(queue, key, request, error)
            return
        self._done(queue, key, request, response)

    def _failed(self, queue: "_Queue | None", key: str, request: Request[Any], error: LinkError) -> None:
        if isinstance(error, CallErrorReceived):
            for callback in self._refused.get(type(request), ()):
                callback(request)
        failures = 1 if queue is None else queue.count_failure(key)
        if queue is None or queue.delivery is Delivery.ORDINARY or self._is_last(queue, failures, error):
            self._done(queue, key, request, None)  # E13.FR.04
            return
        queue.retry_at = asyncio.get_running_loop().time() + self._delay(queue, failures, error)
        queue.spares_until = queue.retry_at + _LONGEST_DELAY  # an EV may stay connected for days

    def _delay(self, queue: "_Queue", failures: int, error: LinkError) -> float:
        """Seconds until a message is repeated after `failures`."""
        interval = self._device_model.integer("OCPPCommCtrlr", "MessageAttemptInterval", instance="TransactionEvent")
        if queue.delivery is Delivery.DURABLE and isinstance(error, CallTimeout):
            # Each attempt holds up every other message for the message timeout.
            return min(max(interval, _SHORTEST_DELAY) * 2.0 ** min(failures - 1, 20), _LONGEST_DELAY)
        return interval * failures  # E13.FR.03

    def _is_last(self, queue: "_Queue", failures: int, error: LinkError) -> bool:
        if queue.delivery is Delivery.DURABLE and isinstance(error, CallTimeout):
            return False  # A04.FR.02: delivery is guaranteed, and the CSMS may not have received it
        return failures >= self._device_model.integer("OCPPCommCtrlr", "MessageAttempts", instance="TransactionEvent")

    def _done(self, queue: "_Queue | None", key: str, request: Request[Any], response: Response | None) -> None:
        with self._store.transaction():
            if queue is not None:
                queue.remove(key)
            elif self._volatile and self._volatile[0] is request:
                self._volatile.pop(0)
            self._answered(request, response)

    def _answered(self, request: Request[Any], response: Response | None) -> None:
        for callback in self._callbacks.get(type(request), ()):
            try:
                callback(request, response)
            except Exception:
                _log.exception("the answer to %s could not be processed", request.action)


def _priority(queue: "_Queue") -> int:
    """The place of a queue: a message that may stay unanswered again does not hold up the others."""
    return len(Delivery) if queue.repeats else _ORDER.index(queue.delivery)


def _unreadable(messages: Mapping[str, QueuedMessage], protocol: Protocol) -> list[tuple[str, str]]:
    """The messages that cannot be sent, because they are damaged or of another OCPP version, and why."""
    found = []
    for key, queued in messages.items():
        request = protocol.requests.get(queued.action)
        try:
            if request is None:
                found.append((key, f"{queued.action} is no message of OCPP {protocol.name}"))
            else:
                codec.decode(request, bytes(queued.payload))
        except RemoteError as error:
            found.append((key, str(error)))
    return found


class _Queue:
    """A stored queue, cached in memory. Times are of the event loop.

    `retry_at`: when its first message may be sent. `spares_until`: until when it may be put off for a driver.
    """

    def __init__(self, store: Store, delivery: Delivery, protocol: Protocol) -> None:
        self.delivery = delivery
        self.retry_at = 0.0
        self.spares_until = 0.0
        self._records: Records[QueuedMessage] = store.records(f"outbox.{delivery.value}", QueuedMessage)
        self.messages = dict(self._records.items())
        self._last = max((int(key) for key in self.messages), default=0)
        for key, problem in _unreadable(self.messages, protocol):
            self._records.set_aside(key, problem)
            del self.messages[key]

    def first(self) -> tuple[str, QueuedMessage]:
        return next(iter(self.messages.items()))

    @property
    def repeats(self) -> bool:
        """Whether the first message is durable and was sent before."""
        return self.delivery is Delivery.DURABLE and bool(self.messages) and self.first()[1].failures > 0

    def append(self, message: QueuedMessage) -> None:
        self._last += 1
        self.put(str(self._last), message)

    def remove(self, key: str) -> None:
        self.retry_at = 0.0
        del self.messages[key]
        self._records.delete(key)

    def count_failure(self, key: str) -> int:
        message = self.messages[key]
        counted = QueuedMessage(message.action, message.payload, message.failures + 1)
        self.put(key, counted)
        return counted.failures

    def put(self, key: str, message: QueuedMessage) -> None:
        self._records.put(key, message)
        self.messages[key] = message
