"""Registration at the CSMS: BootNotifications until it accepts the station, then Heartbeats."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from plugfest.clock import set_within
from plugfest.light_event import LightEvent
from plugfest.link.errors import ConnectionLost, LinkError
from plugfest.link.peer import NoAnswer, Peer, Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import Request, Response
from plugfest.station.connection.boot import (
    BootNotificationAnswer,
    BootReason,
    RegistrationMessages,
    RegistrationStatus,
)
from plugfest.station.context import Offline
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.setup.version_behaviour import VersionBehaviour

R = TypeVar("R", bound=Response)

_log = logging.getLogger(__name__)

OWN_RETRY_INTERVAL = 60.0
"""Seconds until the next BootNotification where the CSMS sends no interval (B02.FR.07, B03.FR.05)."""

MAX_INTERVAL = 2**31 - 1
"""Seconds: the largest integer of OCPP (Part 2, 3.1: 32 bits)."""

MAX_HEARTBEAT_INTERVAL = timedelta(hours=24).total_seconds()
"""Seconds after which a Heartbeat is sent even if other messages are exchanged (G02.FR.07)."""


class RegistrationEvents(Protocol):
    """Callbacks of the registration."""

    def connected(self) -> None: ...

    def registered(self, status: RegistrationStatus) -> None: ...

    def boot_accepted(self) -> None: ...

    def reconnected(self, offline_seconds: float) -> None: ...

    def disconnected(self) -> None: ...

    def time_received(self, time: datetime) -> None: ...


class Registration:
    """Implements `context.Csms` over the current connection."""

    def __init__(
        self,
        device_model: DeviceModel,
        reason: BootReason,
        events: RegistrationEvents,
        registration_messages: Callable[[], RegistrationMessages],
        reconnect: Callable[[bool], None],
        behaviour: VersionBehaviour,
    ) -> None:
        self.status = RegistrationStatus.UNKNOWN
        self._device_model = device_model
        self._reason = reason
        self._events = events
        self._registration_messages = registration_messages
        self._reconnect = reconnect
        self._behaviour = behaviour
        self._peer: Peer | None = None
        self._lost_at = 0.0
        self._last_sent = 0.0
        self._next_boot = 0.0
        self._boot_now = LightEvent()
        self._interval_changed = LightEvent()
        device_model.watch("OCPPCommCtrlr", "HeartbeatInterval", lambda *_: self._interval_changed.set())

    # context.Csms

    @property
    def connected(self) -> bool:
        return self._peer is not None and not self._peer.closed

    @property
    def online(self) -> bool:
        return self.connected and self.status is RegistrationStatus.ACCEPTED

    @property
    def accepted(self) -> bool:
        return self.status is RegistrationStatus.ACCEPTED

    async def call(self, request: Request[R], *, timeout: float | None = None, solicited: bool = False) -> R:
        allowed = self.accepted or (solicited and self.status is RegistrationStatus.PENDING)  # B02.FR.02, B03.FR.02
        if self._peer is None or not allowed:
            raise Offline(f"{request.action} cannot be sent now")
        return await self._peer.call(request, timeout=timeout)

    def trigger_boot_notification(self) -> None:
        if not self.accepted:  # F06.FR.17
            self._boot_now.set()

    def reconnect(self, *, by_priority: bool = False) -> None:
        self._reconnect(by_priority)

    # connection.ConnectionHandler

    async def handle(self, peer: Peer, *, new_csms: bool) -> None:
        """Register over `peer` and send Heartbeats until the connection is lost. `new_csms`: register anew."""
        self._peer = peer
        self._events.connected()
        try:
            if new_csms:
                self.status = RegistrationStatus.UNKNOWN
                self._next_boot = 0.0
            if self.accepted:
                self._events.reconnected(asyncio.get_running_loop().time() - self._lost_at)
            else:
                await self._register(peer)
            await self._send_heartbeats(peer)
        except ConnectionLost:
            pass

    def lost(self) -> None:
        """The connection is lost."""
        self._peer = None
        self._lost_at = asyncio.get_running_loop().time()
        self._events.disconnected()

    def frame_sent(self, at: float) -> None:
        """A frame was sent at this time of the loop, which postpones the next Heartbeat (G02.FR.05)."""
        self._last_sent = at

    def check_incoming(self) -> None:
        """Raise Refusal or NoAnswer if the CSMS may not send requests now."""
        if self.status is RegistrationStatus.REJECTED:
            if self._behaviour.silent_while_rejected:
                raise NoAnswer
            raise Refusal(ErrorCode.SecurityError, "the CSMS has rejected this station")  # B03.FR.08

    def refusal_code(self, code: ErrorCode) -> ErrorCode | None:
        """The error code of the answer to a request that cannot be used and would have this one; None for no answer."""
        if self.status is not RegistrationStatus.REJECTED:
            return code
        return None if self._behaviour.silent_while_rejected else ErrorCode.SecurityError  # B03.FR.08

    async def send_queued(self, request: Request[Any]) -> Response:
        """Send a message of the outbox. Raises LinkError."""
        if self._peer is None:
            raise ConnectionLost(f"{request.action} cannot be sent now")
        return await self._peer.call(request)

    async def _register(self, peer: Peer) -> None:
        """Send BootNotifications, at the interval of the CSMS, until it accepts."""
        self._boot_now.clear()
        while not self.accepted:
            seconds_left = self._next_boot - asyncio.get_running_loop().time()  # B02.FR.04, B02.FR.08, B03.FR.06
            triggered = seconds_left > 0 and await self._occurs_within(seconds_left, self._boot_now)
            self._boot_now.clear()
            interval = OWN_RETRY_INTERVAL
            try:
                answer = await self._registration_messages().send_boot_notification(
                    peer, BootReason.TRIGGERED if triggered else self._reason
                )
                self._apply(answer)
                if _is_interval(answer.interval):
                    interval = answer.interval
            except ConnectionLost:
                raise
            except LinkError as error:
                _log.info("BootNotification failed: %s", error)
            self._next_boot = asyncio.get_running_loop().time() + interval

    def _apply(self, answer: BootNotificationAnswer) -> None:
        self.status = answer.status
        self._events.registered(answer.status)
        self._events.time_received(answer.current_time)
        if answer.status is not RegistrationStatus.ACCEPTED:
            return
        if _is_interval(answer.interval):
            self._device_model.put("OCPPCommCtrlr", "HeartbeatInterval", answer.interval)  # B01.FR.04
        self._events.boot_accepted()

    async def _send_heartbeats(self, peer: Peer) -> None:
        while True:
            await self._wait_for_heartbeat()
            try:
                self._events.time_received(await self._registration_messages().send_heartbeat(peer))
            except ConnectionLost:
                raise
            except LinkError as error:
                _log.info("Heartbeat failed: %s", error)

    async def _wait_for_heartbeat(self) -> None:
        """Wait until a Heartbeat is due."""
        loop = asyncio.get_running_loop()
        latest = loop.time() + MAX_HEARTBEAT_INTERVAL
        while True:
            interval = self._device_model.integer("OCPPCommCtrlr", "HeartbeatInterval")
            seconds_left = min(self._last_sent + interval, latest) - loop.time()
            if seconds_left <= 0:
                return
            self._interval_changed.clear()
            await self._occurs_within(seconds_left, self._interval_changed)

    async def _occurs_within(self, seconds: float, event: LightEvent) -> bool:
        """Whether `event` is set within this time."""
        return await set_within(event, seconds)


def _is_interval(seconds: int) -> bool:
    """Whether the interval is usable: the schema also allows zero and negative numbers."""
    return 0 < seconds <= MAX_INTERVAL
