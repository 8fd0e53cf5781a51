"""A block's only door outwards. Blocks never import one another; what they share is here."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
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
from plugfest.station.security.trust_store import TrustStore
from plugfest.station.storage.store import Store

M = TypeVar("M")
R = TypeVar("R", bound=Response)

_log = logging.getLogger(__name__)


class Offline(Exception):
    """The CSMS cannot be asked now: not connected, or it has not accepted this station yet."""


class Csms(Protocol):
    """The CSMS as the blocks see it."""

    @property
    def connected(self) -> bool:
        """Whether there is a connection."""

    @property
    def online(self) -> bool:
        """Whether there is a connection and the CSMS has accepted this station: whether `call` may succeed."""

    @property
    def accepted(self) -> bool:
        """Whether the CSMS has accepted this station since it was switched on."""

    async def call(self, request: Request[R], *, timeout: float | None = None, solicited: bool = False) -> R:
        """Ask and wait for the answer.

        `solicited` messages are those that the CSMS asked for with TriggerMessage, GetBaseReport or GetReport: they may
        be sent before it has accepted the station, while it has it pending (B02.FR.02).

        Raises `Offline`, or a `plugfest.link.errors.LinkError`: CallErrorReceived, CallTimeout, ConnectionLost,
        InvalidResult.
        """
        ...

    def trigger_boot_notification(self) -> bool:
        """Send a BootNotification with reason Triggered now. False if the CSMS has accepted the station already."""

    def reconnect(self, *, by_priority: bool = False) -> None:
        """Close the connection and open it again at once, with the credentials and certificates of now.

        `by_priority`: with the first network profile that works, as after a start, and not with the one in use.
        """


class Clock(Protocol):
    """The station's own clock."""

    def now(self) -> datetime:
        """The time of day in UTC."""


class SharedObjects:
    """The model machines that blocks share, one of each kind."""

    def __init__(self) -> None:
        self._machines: dict[type[Any], object] = {}

    def add(self, machine: object) -> None:
        self._machines[type(machine)] = machine

    def get(self, kind: type[M]) -> M:
        """The machine of this kind; KeyError if nobody added one."""
        machine = self._machines[kind]
        assert isinstance(machine, kind)
        return machine


class Context:
    """One power cycle of one station."""

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
        self.lifecycle = Lifecycle()
        self.activity = Activity()
        self.shared = SharedObjects()
        self.registration_messages: RegistrationMessages | None = None
        """How to say hello to the CSMS; a block of the version in use sets it."""
        self._reboot = reboot
        self._tasks: set[asyncio.Task[None]] = set()
        self._dead = False

    def now(self) -> datetime:
        """The time of day in UTC by the station's clock."""
        return self.clock.now()

    @property
    def message_timeout(self) -> float:
        """Seconds that the CSMS has for an answer."""
        return self.device_model.integer("OCPPCommCtrlr", "MessageTimeout", instance="Default")

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run `work` beside everything else until the power goes. If it fails, the log says so and nobody dies."""
        task = asyncio.create_task(_guarded(work, name), name=name)
        if self._dead:
            task.cancel()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # in case it was never begun
        return task

    def send_solicited(self, request: Request[Any]) -> None:
        """Send an ordinary message that the CSMS asked for; also while the station is Pending (B02.FR.02)."""
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
        """Report an event that matters for security (A04), by its name in OCPP's list."""
        self.lifecycle.security_event.notify(kind, tech_info)

    def request_reboot(self, reason: BootReason) -> None:
        """Go down in good order and come up again, giving `reason` in the BootNotification."""
        self._reboot(reason)

    def cut(self) -> None:
        """The power is gone: every task ends where it stands."""
        self._dead = True
        for task in list(self._tasks):
            task.cancel()


async def _guarded(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Exception:
        _log.exception("%s failed", name)
