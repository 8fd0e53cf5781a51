"""Keeps the station connected to the CSMS: selects the network profile, and reconnects after a loss."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from random import Random
from typing import Protocol

from plugfest.clock import set_within
from plugfest.light_event import LightEvent
from plugfest.link.backoff import Backoff
from plugfest.link.errors import LinkError
from plugfest.link.peer import Handler, Peer
from plugfest.station.connection.attempts import ConnectionAttempt, connection_attempts
from plugfest.station.connection.network_profiles import NetworkProfile, NetworkProfiles
from plugfest.station.device_model.model import DeviceModel

_log = logging.getLogger(__name__)


class OpenConnection(Protocol):
    """Opens a connection. `same_csms`: the profile is the one of the last connection."""

    async def __call__(
        self,
        profile: NetworkProfile,
        on_call: Handler,
        *,
        same_csms: bool,
    ) -> Peer:
        """Raises LinkError."""
        ...


class ConnectionHandler(Protocol):
    """Uses the connection."""

    async def handle(self, peer: Peer, *, new_csms: bool) -> None:
        """Communicate with the CSMS until cancelled. `new_csms`: it may be another CSMS than before."""
        ...

    def lost(self) -> None:
        """The connection is lost."""


READING_SECONDS = 1.0
"""How long the connection stays open after an answer, so that the CSMS can read it before it handles the close."""


async def _close(peer: Peer) -> None:
    await asyncio.sleep(READING_SECONDS)
    await peer.close()


class Connection:
    """The station's one connection to a CSMS."""

    def __init__(
        self,
        *,
        open_connection: OpenConnection,
        handler: ConnectionHandler,
        profiles: NetworkProfiles,
        device_model: DeviceModel,
        falls_back: bool,
        random: Callable[[], Random],
        on_call: Handler,
        on_failure: Callable[[LinkError], None],
        on_wait: Callable[[float], None],
        on_exhausted: Callable[[], None],
    ) -> None:
        self._open_connection = open_connection
        self._handler = handler
        self._profiles = profiles
        self._device_model = device_model
        self._falls_back = falls_back
        self._random = random
        self._on_call = on_call
        self._on_failure = on_failure
        self._on_wait = on_wait
        self._on_exhausted = on_exhausted
        self._peer: Peer | None = None
        self.problem = ""
        """Why there is no connection: how the last one ended (Peer.end), or why the last attempt failed."""
        self._slot: int | None = None
        self._at_once = True
        self._next_attempt: float | None = None
        self._attempt_now = LightEvent()
        self._closing: asyncio.Task[None] | None = None
        device_model.watch("OCPPCommCtrlr", "WebSocketPingInterval", lambda *_: self._set_ping_interval())

    async def run(self) -> None:
        """Connect, and reconnect whenever the connection is lost, until cancelled."""
        while True:
            peer, slot = await self._connect()
            await self._run_connection(peer, slot)

    def reconnect(self, *, by_priority: bool = False) -> None:
        """Close the connection and open another one immediately, with the same profile or `by_priority`.

        The CSMS has `READING_SECONDS` to read the answer before. Without a connection, `by_priority` applies to the
        next one.
        """
        self._slot = None if by_priority else self._slot
        if self._peer is not None:
            self._at_once = True
            self._closing = asyncio.create_task(_close(self._peer))

    @property
    def seconds_to_attempt(self) -> float | None:
        """Seconds until the next attempt to connect; None if the station is not waiting for one."""
        return None if self._next_attempt is None else max(self._next_attempt - asyncio.get_running_loop().time(), 0.0)

    def attempt_now(self) -> bool:
        """End the wait for the next attempt to connect. Returns whether the station was waiting."""
        self._attempt_now.set()
        return self._next_attempt is not None

    async def close(self) -> None:
        """Close the connection with the WebSocket status 1001, going away."""
        if self._peer is not None:
            await self._peer.close(1001)

    def abort(self) -> None:
        """Drop the connection without a closing handshake."""
        if self._peer is not None:
            self._peer.abort()

    async def _connect(self) -> tuple[Peer, int]:
        for number, attempt in enumerate(self._attempts()):
            if self._falls_back and number == self._per_slot * len(self._profiles.priority):
                self._on_exhausted()  # A02.FR.28
            await self._wait(attempt.delay)
            profile = self._profiles.effective(attempt.slot)
            if profile is None:
                continue  # deleted meanwhile (A05.FR.06)
            try:
                same_csms = attempt.slot == self._profiles.last_connected
                return await self._open_connection(profile, self._on_call, same_csms=same_csms), attempt.slot
            except LinkError as error:
                _log.info("%s", error)
                self.problem = str(error)
                self._on_failure(error)
        raise AssertionError("the attempts are endless")

    async def _wait(self, seconds: float) -> None:
        """Wait before an attempt, until `attempt_now` is called at the latest."""
        self._attempt_now.clear()
        self._next_attempt = asyncio.get_running_loop().time() + seconds
        if seconds:
            self._on_wait(seconds)
        await set_within(self._attempt_now, seconds)
        self._next_attempt = None

    def _attempts(self) -> Iterator[ConnectionAttempt]:
        """After a start by priority (B10.FR.04); after a loss beginning with the profile that was in use."""
        priority = self._profiles.priority
        used = () if self._slot is None or self._profiles.get(self._slot) is None else (self._slot,)
        return connection_attempts(
            [*used, *(slot for slot in priority if slot not in used)],
            per_slot=self._per_slot,
            fallback=self._profiles.last_connected if self._falls_back else None,  # B10.FR.07
            new_backoff=self._backoff,
            at_once=self._at_once,
        )

    @property
    def _per_slot(self) -> int:
        return self._device_model.integer("OCPPCommCtrlr", "NetworkProfileConnectionAttempts")  # B10.FR.03

    def _backoff(self) -> Backoff:
        setting = self._device_model.integer
        return Backoff(
            setting("OCPPCommCtrlr", "RetryBackOffWaitMinimum"),
            setting("OCPPCommCtrlr", "RetryBackOffRandomRange"),
            setting("OCPPCommCtrlr", "RetryBackOffRepeatTimes"),
            self._random,
        )

    async def _run_connection(self, peer: Peer, slot: int) -> None:
        new_csms, self._slot = slot != self._slot, slot  # B10.FR.10
        self._peer, self._at_once, self.problem = peer, False, ""
        self._profiles.mark_connected(slot)
        self._update_device_model(slot)
        try:
            async with asyncio.TaskGroup() as tasks:
                handling = tasks.create_task(self._handler.handle(peer, new_csms=new_csms))
                await peer.run()
                handling.cancel()
        finally:
            peer.abort()
            self.problem = peer.end
            self._peer = None
            self._handler.lost()

    def _update_device_model(self, slot: int) -> None:
        profile = self._profiles.effective(slot)
        assert profile is not None
        self._device_model.put("OCPPCommCtrlr", "ActiveNetworkProfile", slot)
        self._device_model.put("OCPPCommCtrlr", "MessageTimeout", profile.message_timeout, instance="Default")
        self._device_model.put("SecurityCtrlr", "SecurityProfile", profile.security_profile)  # A05.FR.06

    def _set_ping_interval(self) -> None:
        if self._peer is not None:
            self._peer.set_ping_interval(self._device_model.integer("OCPPCommCtrlr", "WebSocketPingInterval"))
