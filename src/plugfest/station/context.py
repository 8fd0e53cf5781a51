"""The interface between the functional blocks and the rest of the station. Blocks never import one another."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from plugfest.hardware.ports import Hardware
from plugfest.link.errors import LinkError
from plugfest.ocpp.message import Request, Response
from plugfest.products import Product
from plugfest.station.connection.boot import BootReason, RegistrationMessages
from plugfest.station.connection.handlers import Handlers
from plugfest.station.connection.network_profiles import NetworkProfiles
from plugfest.station.connection.outbox import Outbox
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.files.file_transfer import FileTransfer
from plugfest.station.lifecycle.activity import Activity
from plugfest.station.lifecycle.hooks import Lifecycle
from plugfest.station.lifecycle.station_clock import ClockWait
from plugfest.station.security.trust_store import TrustStore
from plugfest.station.storage.store import Store

M = TypeVar("M")
R = TypeVar("R", bound=Response)

_log = logging.getLogger(__name__)


class Offline(Exception):
    """No request can be sent: the station is not connected, or the CSMS has not accepted it yet."""


class Csms(Protocol):
    """The interface of the blocks to the CSMS."""

    @property
    def connected(self) -> bool:
        """Whether there is a connection."""

    @property
    def online(self) -> bool:
        """Whether the station is connected and the CSMS has accepted it, so that `call` can succeed."""

    @property
    def accepted(self) -> bool:
        """Whether the CSMS has accepted the station since it was switched on."""

    async def call(self, request: Request[R], *, timeout: float | None = None, solicited: bool = False) -> R:
        """Send a request and wait for the answer. `timeout` in seconds.

        `solicited`: the CSMS asked for the message with TriggerMessage, GetBaseReport or GetReport. Such messages may
        be sent while the registration status is Pending (B02.FR.02).

        Raises `Offline`, or a `plugfest.link.errors.LinkError`: CallErrorReceived, CallTimeout, ConnectionLost,
        InvalidResult.
        """
        ...

    def trigger_boot_notification(self) -> None:
        """Send a BootNotification with reason Triggered, unless the CSMS has already accepted the station."""

    def reconnect(self, *, by_priority: bool = False) -> None:
        """Close the connection and open it again immediately, with the current credentials and certificates.

        `by_priority`: try the network profiles in their order of priority, as after a start, instead of the current
        one.
        """


class Clock(Protocol):
    """The station's own clock."""

    def now(self) -> datetime:
        """The current time in UTC."""


class SharedObjects:
    """The objects that blocks share, such as the parts of the station model: one of each class."""

    def __init__(self) -> None:
        self._objects: dict[type[Any], object] = {}

    def add(self, shared: object) -> None:
        self._objects[type(shared)] = shared

    def get(self, kind: type[M]) -> M:
        """The object of this class. Raises KeyError if none was added."""
        shared = self._objects[kind]
        assert isinstance(shared, kind)
        return shared

    def find(self, kind: type[M]) -> M | None:
        """The object of this class; None if none was added."""
        return self.get(kind) if kind in self._objects else None


class Context:
    """What the blocks need from the station, for one power cycle."""

    def __init__(
        self,
        *,
        product: Product,
        store: Store,
        device_model: DeviceModel,
        hardware: Hardware,
        clock: Clock,
        csms: Csms,
        outbox: Outbox,
        handlers: Handlers,
        profiles: NetworkProfiles,
        trust: TrustStore,
        files: FileTransfer,
        boot_reason: BootReason,
        reboot: Callable[[BootReason], None],
        new_id: Callable[[], str],
    ) -> None:
        self.product = product
        self.store = store
        self.device_model = device_model
        self.hardware = hardware
        self.clock = clock
        self.csms = csms
        self.outbox = outbox
        self.handlers = handlers
        self.profiles = profiles
        self.trust = trust
        self.files = files
        self.boot_reason = boot_reason
        self.new_id = new_id
        self.lifecycle = Lifecycle()
        self.clock_wait = ClockWait()
        self.lifecycle.clock_set.add(lambda _: self.clock_wait.end())
        self.activity = Activity()
        self.shared = SharedObjects()
        self.registration_messages: RegistrationMessages | None = None
        """Set by block B of the OCPP version in use."""
        self._reboot = reboot
        self._tasks: set[asyncio.Task[None]] = set()
        self._powered_off = False

    def now(self) -> datetime:
        """The current time in UTC by the station's clock."""
        return self.clock.now()

    @property
    def message_timeout(self) -> float:
        """Seconds that the CSMS has to answer."""
        return self.device_model.integer("OCPPCommCtrlr", "MessageTimeout", instance="Default")

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run `work` in a task of its own until power off. A failure is logged and affects no other task."""
        task = asyncio.create_task(_log_failure(work, name), name=name)
        if self._powered_off:
            task.cancel()
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, work))
        return task

    def _ended(self, work: Coroutine[Any, Any, None], task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        work.close()  # in case the task never started

    def send_solicited(self, request: Request[Any]) -> None:
        """Send an ordinary message that the CSMS asked for, even while the status is Pending (B02.FR.02)."""
        if self.csms.online or not self.csms.connected:
            self.outbox.send(request)
        else:
            self.spawn(self._call_solicited(request), request.action)

    async def _call_solicited(self, request: Request[Any]) -> None:
        try:
            await self.csms.call(request, solicited=True)
        except (Offline, LinkError) as error:
            _log.info("%s was not sent: %s", request.action, error)

    def security_event(self, kind: str, tech_info: str = "") -> None:
        """Report a security event (A04). `kind` is its name in Part 2 appendix 1."""
        self.lifecycle.security_event.notify(kind, tech_info)

    def request_reboot(self, reason: BootReason) -> None:
        """Shut down and start again, with `reason` in the BootNotification."""
        self._reboot(reason)

    def power_off(self) -> None:
        """Cancel every task immediately."""
        self._powered_off = True
        for task in list(self._tasks):
            task.cancel()


async def _log_failure(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Exception:
        _log.exception("%s failed", name)
