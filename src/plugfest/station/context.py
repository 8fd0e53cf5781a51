"""A block's only door outwards. Blocks never import one another; what they share is here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from plugfest.hardware.ports import Hardware
from plugfest.link.errors import LinkError
from plugfest.ocpp.message import Request, Response
from plugfest.products import Product
from plugfest.station.boot import BootReason, Greeting, RegistrationStatus
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.dispatch import Handlers
from plugfest.station.network import NetworkProfiles
from plugfest.station.outbox import Outbox
from plugfest.station.store import Store
from plugfest.station.trust import Trust

P = ParamSpec("P")
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

    def reconnect(self) -> None:
        """Close the connection and open it again at once, with the credentials and certificates of now."""


class Clock(Protocol):
    """The station's own clock."""

    def now(self) -> datetime:
        """The time of day in UTC."""


class Hook(Generic[P]):
    """Something that happens; who added a callback hears of it, in the order in which they came.

    A callback that fails is logged and keeps nobody else from hearing.
    """

    def __init__(self) -> None:
        self._callbacks: list[Callable[P, None]] = []

    def add(self, callback: Callable[P, None]) -> None:
        self._callbacks.append(callback)

    def fire(self, *args: P.args, **kwargs: P.kwargs) -> None:
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

    async def fire(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for callback in self._callbacks:
            try:
                await callback(*args, **kwargs)
            except Exception:
                _log.exception("%r failed", callback)


class Lifecycle:
    """What happens to the station as a whole in one power cycle."""

    def __init__(self) -> None:
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
        self.shutting_down: AsyncHook[[]] = AsyncHook()
        """The station goes down in good order: nothing runs after it."""
        self.evse_reset: AsyncHook[[int]] = AsyncHook()
        """One EVSE resets: go back to the state after a start. Transactions have ended."""
        self.security_event: Hook[[str, str]] = Hook()
        """Something that matters for security: type and technical information."""


class Activity:
    """What keeps the station or an EVSE from being idle: transactions, firmware installation, log upload, ..."""

    def __init__(self) -> None:
        self._open: dict[str, int | None] = {}
        self._unstoppable: set[str] = set()
        self._changed = asyncio.Event()

    def begin(self, name: str, evse_id: int | None = None, *, stoppable: bool = True) -> None:
        """`name` says what goes on (``transaction 4711``); `evse_id` where, None for the whole station.

        What is not `stoppable` must not be interrupted by a reset.
        """
        self._open[name] = evse_id
        if not stoppable:
            self._unstoppable.add(name)

    def end(self, name: str) -> None:
        self._open.pop(name, None)
        self._unstoppable.discard(name)
        self._changed.set()

    @property
    def stoppable(self) -> bool:
        """Whether a reset may come now."""
        return not self._unstoppable

    def busy(self, evse_id: int | None = None) -> bool:
        """Whether anything goes on at all, or at one EVSE."""
        if evse_id is None:
            return bool(self._open)
        return any(place in (None, evse_id) for place in self._open.values())

    async def idle(self, evse_id: int | None = None) -> None:
        """Wait until nothing goes on."""
        while self.busy(evse_id):
            self._changed.clear()
            await self._changed.wait()


class Machines:
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
        trust: Trust,
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
        self.boot_reason = boot_reason
        self.lifecycle = Lifecycle()
        self.activity = Activity()
        self.machines = Machines()
        self.greeting: Greeting | None = None
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

    def security_event(self, kind: str, tech_info: str = "") -> None:
        """Report an event that matters for security (A04), by its name in OCPP's list."""
        self.lifecycle.security_event.fire(kind, tech_info)

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
