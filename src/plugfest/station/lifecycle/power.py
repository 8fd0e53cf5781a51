"""Runs a station through its power cycles, with the same store and hardware."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from random import Random
from typing import Final

from plugfest.hardware.ports import Hardware
from plugfest.link.client import OpenWebSocket, connect
from plugfest.link.errors import LinkError
from plugfest.ocpp.uuids import new_uuid
from plugfest.products import Product
from plugfest.station.connection.boot import BootReason
from plugfest.station.connection.connection_opener import EventListener, FrameListener, Network
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.station.setup.provisioning import Settings, provision
from plugfest.station.station import Station, StationEnvironment
from plugfest.station.storage.store import Store, StoreError

SHUTDOWN_TIMEOUT = 3.0
"""Seconds that a shutdown may take before the power is switched off."""

STORE_RETRY: Final = 5.0
"""Seconds between two attempts to use a store that has failed."""

_log = logging.getLogger(__name__)


class PoweredStation:
    """A station that can be switched on and off. Whatever is in the store survives a power loss.

    If the store cannot be used, the software stops at once, as in a power loss: nothing is sent that is not stored. It
    starts again when the store can be used.

    `on_start` is called at the start of every power cycle, `on_event` for every message, `on_failure` for every failed
    connection attempt, and `on_store` with a line whenever the store fails or can be used again. `open_websocket` and
    `new_id`: see StationEnvironment.

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
        on_wait: Callable[[float], None] = lambda _: None,
        on_start: Callable[[Station], None] | None = None,
        on_store: Callable[[str], None] = _log.warning,
        open_websocket: OpenWebSocket = connect,
        new_id: Callable[[], str] = new_uuid,
    ) -> None:
        provision(product, store, hardware, settings)
        self._random = random
        self._seed = settings.identity
        self.product = product
        self.hardware = hardware
        self._environment = StationEnvironment(
            product=product,
            store=store,
            hardware=hardware,
            network=Network(),
            random=self._random_numbers,
            on_frame=on_frame,
            on_event=on_event,
            on_failure=on_failure,
            on_wait=on_wait,
            strict=settings.strict,
            compression=settings.compression,
            times_are_utc=settings.times_are_utc,
            open_websocket=open_websocket,
            new_id=new_id,
        )
        self._boot_seconds = settings.boot_seconds
        self._on_start = on_start
        self._reasons = store.records("boot", BootReason)
        self._station: Station | None = None
        self._run_task: asyncio.Task[None] | None = None
        self._rebooting: asyncio.Task[None] | None = None
        self._store = store
        self._on_store = on_store
        self._restarts_after_failure = False

    @property
    def station(self) -> Station | None:
        """The current power cycle; None while the station is off or booting."""
        return self._station

    @property
    def powered(self) -> bool:
        """Whether the station is switched on."""
        return self._run_task is not None or self._rebooting is not None

    def power_on(self) -> None:
        """Switch the station on."""
        if self._run_task is None:
            self._store.on_failure = self._store_failed
            self._run_task = asyncio.create_task(self._run(), name="station")
            self._run_task.add_done_callback(_log_failure)

    async def power_off(self) -> None:
        """Switch the station off immediately, without a shutdown."""
        self._stop()
        tasks = [task for task in (self._rebooting, self._run_task) if task is not None]
        self._rebooting = self._run_task = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def lose_power(self) -> None:
        """Mains power fails: switch off, immediately or after the transactions have ended on backup power."""
        if self._station is not None and has_capability(self.product, Capability.STOPS_ON_POWER_LOSS):
            await self._station.end_on_backup_power()
        await self.power_off()

    @property
    def network_up(self) -> bool:
        """Whether the network is connected."""
        return self._environment.network.up

    def network_off(self) -> None:
        """Disconnect the network."""
        self._environment.network.up = False
        if self._station is not None:
            self._station.lose_network()

    def network_on(self) -> None:
        """Connect the network again."""
        self._environment.network.up = True

    async def close(self) -> None:
        """Shut down, closing the connection to the CSMS, and switch off."""
        if self._station is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SHUTDOWN_TIMEOUT):
                    await self._station.shut_down()
        await self.power_off()

    def _random_numbers(self) -> Random:
        """Made when it is needed: it takes as much memory as ten other parts of the station."""
        if self._random is None:
            self._random = Random(self._seed)
        return self._random

    async def _run(self) -> None:
        await asyncio.sleep(self._boot_seconds)
        await self._await_store()
        try:
            station = self._station = Station(self._environment, self._reason(), self._reboot)
            if self._on_start is not None:
                self._on_start(station)
            await station.run()
        except Exception:
            _log.exception("the station software failed; the watchdog restarts it")
            self._reboot(BootReason.WATCHDOG)

    def _reason(self) -> BootReason:
        if self._restarts_after_failure:
            self._restarts_after_failure = False
            return BootReason.WATCHDOG
        reason = self._reasons.get("reason")
        self._reasons.delete("reason")
        return BootReason.POWER_UP if reason is None else reason

    # The store

    def _store_failed(self, error: StoreError) -> asyncio.CancelledError:
        """Stop the software, whatever it is doing: its memory is no longer what is stored."""
        if not self._restarts_after_failure:
            self._restarts_after_failure = True
            self._on_store(f"{error}; the station stops, and starts when the store can be used")
            self._stop()
            if self._rebooting is not None:
                self._rebooting.cancel()
            self._rebooting = asyncio.create_task(self._start_again(), name="reboot")
        return asyncio.CancelledError(str(error))

    async def _await_store(self) -> None:
        """Wait until a store that has failed can be used."""
        if self._store.failure is None:
            return
        reason = str(self._store.failure)
        while True:
            try:
                self._store.reopen()
            except StoreError as error:
                if str(error) != reason:
                    self._on_store(str(error))
                reason = str(error)
                await asyncio.sleep(STORE_RETRY)
            else:
                self._on_store("the store can be used again; the station starts")
                return

    def _reboot(self, reason: BootReason) -> None:
        if self._rebooting is None:
            self._rebooting = asyncio.create_task(self._restart(reason), name="reboot")

    async def _restart(self, reason: BootReason) -> None:
        self._reasons.put("reason", reason)
        if self._station is not None:
            await self._station.shut_down()
        await self._start_again()

    async def _start_again(self) -> None:
        self._stop()
        if self._run_task is not None:
            self._run_task.cancel()
            await asyncio.gather(self._run_task, return_exceptions=True)
        self._rebooting = self._run_task = None
        self.power_on()

    def _stop(self) -> None:
        if self._station is not None:
            self._station.power_off()
            self._station = None


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("the station stopped unexpectedly", exc_info=task.exception())
