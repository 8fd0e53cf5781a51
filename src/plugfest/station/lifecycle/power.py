"""A station for as long as anybody wants it: one power cycle after the other over the same store and hardware."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from random import Random
from typing import NoReturn

from plugfest.hardware.ports import Hardware
from plugfest.link.errors import LinkError
from plugfest.products import Product
from plugfest.station.connection.boot import BootReason
from plugfest.station.connection.connection_opener import EventListener, FrameListener, Network
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.station.setup.provisioning import Settings, provision
from plugfest.station.station import Station, StationEnvironment
from plugfest.station.storage.store import Store, StoreError

SHUTDOWN_TIMEOUT = 3.0
"""Seconds in which a CSMS has to let a station go that ends."""

_log = logging.getLogger(__name__)


class PoweredStation:
    """One station and its power switch. Nothing is lost at a power cut but what was never in the store.

    `on_start` hears of every power cycle before it does anything, `on_event` of every message and `on_failure` of every
    attempt to connect that failed.

    Raises ProvisioningError if the settings do not fit the product.
    """

    def __init__(
        self,
        product: Product,
        store: Store,
        hardware: Hardware,
        settings: Settings,
        *,
        random: Random | None = None,
        on_frame: FrameListener | None = None,
        on_event: EventListener | None = None,
        on_failure: Callable[[LinkError], None] | None = None,
        on_start: Callable[[Station], None] | None = None,
    ) -> None:
        provision(product, store, hardware, settings)
        self.product = product
        self.hardware = hardware
        self._environment = StationEnvironment(
            product=product,
            store=store,
            hardware=hardware,
            network=Network(),
            random=random or Random(settings.identity),
            on_frame=on_frame,
            on_event=on_event,
            on_failure=on_failure,
        )
        self._boot_seconds = settings.boot_seconds
        self._on_start = on_start
        self._reasons = store.records("boot", str)
        self._station: Station | None = None
        self._life: asyncio.Task[None] | None = None
        self._rebooting: asyncio.Task[None] | None = None
        self._broken = asyncio.Event()
        self._why_broken: StoreError | None = None

    @property
    def station(self) -> Station | None:
        """The power cycle that runs now; None while the power is off and while the station boots."""
        return self._station

    @property
    def powered(self) -> bool:
        """Whether the mains are there."""
        return self._life is not None or self._rebooting is not None

    def power_on(self) -> None:
        """Switch the station on."""
        if self._life is None:
            self._life = asyncio.create_task(self._live(), name="station")
            self._life.add_done_callback(_log_failure)

    async def power_off(self) -> None:
        """Cut the power: abruptly, wherever the station is."""
        self._cut()
        tasks = [task for task in (self._rebooting, self._life) if task is not None]
        self._rebooting = self._life = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def lose_mains(self) -> None:
        """The mains are gone: the power is cut at once, or with a back-up supply after a moment."""
        if self._station is not None and has_capability(self.product, Capability.STOPS_ON_POWER_LOSS):
            await self._station.lose_mains()
        await self.power_off()

    def network_off(self) -> None:
        """Pull the network cable."""
        self._environment.network.up = False
        if self._station is not None:
            self._station.lose_connection()

    def network_on(self) -> None:
        """Put the network cable back."""
        self._environment.network.up = True

    async def close(self) -> None:
        """End in good order: the CSMS hears that the station goes, if it listens."""
        if self._station is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SHUTDOWN_TIMEOUT):
                    await self._station.shut_down()
        await self.power_off()

    async def broken(self) -> NoReturn:
        """Wait until the station cannot go on. Raises StoreError: what it remembers cannot be read."""
        await self._broken.wait()
        assert self._why_broken is not None
        raise self._why_broken

    async def _live(self) -> None:
        await asyncio.sleep(self._boot_seconds)
        try:
            station = self._station = Station(self._environment, self._reason(), self._reboot)
            if self._on_start is not None:
                self._on_start(station)
            await station.run()
        except StoreError as error:  # no restart would help
            self._why_broken = error
            self._broken.set()
        except Exception:
            _log.exception("the station's software failed, and its watchdog restarts it")
            self._reboot(BootReason.WATCHDOG)

    def _reason(self) -> BootReason:
        reason = self._reasons.get("reason")
        self._reasons.delete("reason")
        return BootReason.POWER_UP if reason is None else BootReason(reason)

    def _reboot(self, reason: BootReason) -> None:
        if self._rebooting is None:
            self._rebooting = asyncio.create_task(self._restart(reason), name="reboot")

    async def _restart(self, reason: BootReason) -> None:
        self._reasons.put("reason", reason.value)
        if self._station is not None:
            await self._station.shut_down()
        self._cut()
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        self._rebooting = self._life = None
        self.power_on()

    def _cut(self) -> None:
        if self._station is not None:
            self._station.cut()
            self._station = None


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("the station died", exc_info=task.exception())
