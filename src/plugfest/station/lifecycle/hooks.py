"""Events of the whole station, and how blocks subscribe to them."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, ParamSpec

from plugfest.link.errors import LinkError
from plugfest.station.connection.boot import RegistrationStatus

P = ParamSpec("P")

_log = logging.getLogger(__name__)


class Hook(Generic[P]):
    """An event with callbacks, called in the order in which they were added.

    A callback that fails is logged; the others are called nevertheless.
    """

    __slots__ = ("_callbacks",)

    def __init__(self) -> None:
        self._callbacks: tuple[Callable[P, None], ...] = ()

    def add(self, callback: Callable[P, None]) -> None:
        self._callbacks += (callback,)

    def notify(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for callback in self._callbacks:
            try:
                callback(*args, **kwargs)
            except Exception:
                _log.exception("%r failed", callback)


class AsyncHook(Generic[P]):
    """A hook whose callbacks are awaited, one after the other."""

    __slots__ = ("_callbacks",)

    def __init__(self) -> None:
        self._callbacks: tuple[Callable[P, Awaitable[None]], ...] = ()

    def add(self, callback: Callable[P, Awaitable[None]]) -> None:
        self._callbacks += (callback,)

    async def notify(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for callback in self._callbacks:
            try:
                await callback(*args, **kwargs)
            except Exception:
                _log.exception("%r failed", callback)


class Lifecycle:
    """The events of the whole station in one power cycle."""

    def __init__(self) -> None:
        self.connected: Hook[[]] = Hook()
        """The connection is open; no message was sent yet."""
        self.registered: Hook[[RegistrationStatus]] = Hook()
        """The CSMS answered a BootNotification."""
        self.boot_accepted: Hook[[]] = Hook()
        """The CSMS accepted a BootNotification, after a start or a change of CSMS. Queued messages follow."""
        self.reconnected: Hook[[float]] = Hook()
        """Online again after this many seconds, without a new BootNotification. Queued messages follow."""
        self.disconnected: Hook[[]] = Hook()
        """The connection is lost."""
        self.connect_failed: Hook[[LinkError]] = Hook()
        """A connection attempt failed."""
        self.reset_scheduled: Hook[[int | None]] = Hook()
        """The station (None) or one EVSE resets when it is idle; no new session may begin. B12.FR.03"""
        self.reset_now: AsyncHook[[int | None]] = AsyncHook()
        """The station (None) or one EVSE resets now. Callbacks end its transactions and queue their messages."""
        self.power_failing: AsyncHook[[]] = AsyncHook()
        """The station runs on backup power: end the transactions."""
        self.shutting_down: AsyncHook[[]] = AsyncHook()
        """The station shuts down: last chance to finish work."""
        self.evse_reset: AsyncHook[[int]] = AsyncHook()
        """One EVSE resets: return to the state after a start. Its transactions have ended."""
        self.time_received: Hook[[datetime]] = Hook()
        """The CSMS sent its time in answer to a triggered Heartbeat."""
        self.clock_set: Hook[[timedelta]] = Hook()
        """The station's clock jumped this far. What is due at a time of day is scheduled anew."""
        self.time_ignored: Hook[[str]] = Hook()
        """The time of the CSMS cannot be that of the clock; the reason in words."""
        self.measured: Hook[[]] = Hook()
        """The hardware has measured something else."""
        self.firmware_status: Hook[[str, str]] = Hook()
        """The status of a firmware update, or of the answer that refuses one, and the reason of a failure in words."""
        self.v2g_certificate_renewed: Hook[[]] = Hook()
        """The station has a new V2GCertificate."""
        self.iso15118_problem: Hook[[str]] = Hook()
        """Why an EV cannot use plug and charge, or what is missing for it, in words."""
        self.log_upload_failed: Hook[[str]] = Hook()
        """A requested log is not uploaded; the reason in words."""
        self.security_event: Hook[[str, str]] = Hook()
        """A security event: its type and technical information."""
