"""What happens to a station as a whole, and how the blocks hear of it."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, ParamSpec

from plugfest.link.errors import LinkError
from plugfest.station.connection.boot import RegistrationStatus

P = ParamSpec("P")

_log = logging.getLogger(__name__)


class Hook(Generic[P]):
    """Something that happens; who added a callback hears of it, in the order in which they came.

    A callback that fails is logged and keeps nobody else from hearing.
    """

    def __init__(self) -> None:
        self._callbacks: list[Callable[P, None]] = []

    def add(self, callback: Callable[P, None]) -> None:
        self._callbacks.append(callback)

    def notify(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for callback in self._callbacks:
            try:
                callback(*args, **kwargs)
            except Exception:
                _log.exception("%r failed", callback)


class AsyncHook(Generic[P]):
    """Something that happens and whose followers are waited for, one after the other."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[P, Awaitable[None]]] = []

    def add(self, callback: Callable[P, Awaitable[None]]) -> None:
        self._callbacks.append(callback)

    async def notify(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for callback in self._callbacks:
            try:
                await callback(*args, **kwargs)
            except Exception:
                _log.exception("%r failed", callback)


class Lifecycle:
    """What happens to the station as a whole in one power cycle."""

    def __init__(self) -> None:
        self.connected: Hook[[]] = Hook()
        """There is a connection; nothing was said yet."""
        self.registered: Hook[[RegistrationStatus]] = Hook()
        """The CSMS answered a BootNotification."""
        self.boot_accepted: Hook[[]] = Hook()
        """The CSMS accepted a BootNotification: after a start, or as another CSMS. Queued messages follow."""
        self.reconnected: Hook[[float]] = Hook()
        """Back online after so many seconds offline, without a new BootNotification. Queued messages follow."""
        self.disconnected: Hook[[]] = Hook()
        """The connection is gone."""
        self.connect_failed: Hook[[LinkError]] = Hook()
        """An attempt to connect failed."""
        self.reset_scheduled: Hook[[int | None]] = Hook()
        """The station (None) or one EVSE resets as soon as it is idle: it takes nobody new. B12.FR.03"""
        self.reset_now: AsyncHook[[int | None]] = AsyncHook()
        """The station (None) or one EVSE resets at once: end its transactions (their messages in the outbox) first."""
        self.power_failing: AsyncHook[[]] = AsyncHook()
        """The power will be gone soon: end the transactions as long as there is any."""
        self.shutting_down: AsyncHook[[]] = AsyncHook()
        """The station goes down in good order: nothing runs after it."""
        self.evse_reset: AsyncHook[[int]] = AsyncHook()
        """One EVSE resets: go back to the state after a start. Transactions have ended."""
        self.time_received: Hook[[datetime]] = Hook()
        """The CSMS has said what time it is, in answer to a Heartbeat that it had triggered."""
        self.clock_set: Hook[[]] = Hook()
        """The station's clock shows another time."""
        self.security_event: Hook[[str, str]] = Hook()
        """Something that matters for security: type and technical information."""
