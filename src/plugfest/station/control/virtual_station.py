"""A virtual station as a whole: its hardware, its store, its software and the control of them."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from pathlib import Path
from random import Random
from typing import Any, Final, ParamSpec, TypeVar

from plugfest.link.client import OpenWebSocket, connect
from plugfest.link.errors import LinkError
from plugfest.link.peer import Direction
from plugfest.ocpp.uuids import new_uuid
from plugfest.products import Product, ProductError, load_product
from plugfest.security.keys import CertifiedKey
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks import VERSIONS
from plugfest.station.connection.connection_opener import EventListener, FrameListener
from plugfest.station.connection.network_profiles import supported_profiles
from plugfest.station.control.commands import Control
from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import MAX_FRAMES
from plugfest.station.control.operated_station import ConditionNotMet, OperatedStation
from plugfest.station.control.states import StationState
from plugfest.station.control.watch import StationWatch
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.setup.provisioning import Settings, erase_csms_settings
from plugfest.station.setup.virtual_hardware import persist_meter_registers, save_meter_registers, virtual_hardware
from plugfest.station.station import Station
from plugfest.station.storage.store import IN_MEMORY, Store

__all__ = [
    "ConditionNotMet",
    "VirtualStation",
    "implied_security_profile",
    "load_station_product",
    "uses_tls",
]

P = ParamSpec("P")
T = TypeVar("T")

_REGISTER_INTERVAL: Final = 1.0
"""Seconds after which a meter saves its register, also without a reading."""

_ANSWERS_WITHIN: Final = 5.0
"""Seconds that the CSMS has to answer the messages about a state that was waited for."""


_log = logging.getLogger(__name__)


class VirtualStation(OperatedStation):
    """A station of a product that `power_on` starts. The listeners are those of PoweredStation.

    `key_file`: see Store; `keep_frames`: see Frames; `open_websocket`, `new_id`, `random`: see StationEnvironment.
    `context`: the context variables of all code of this station; None: those of the caller.

    Raises ProvisioningError if the settings do not fit the product, StoreError if the file of the store is unusable.
    """

    def __init__(
        self,
        product: Product,
        settings: Settings,
        store_file: Path | str = IN_MEMORY,
        *,
        key_file: Path | None = None,
        on_frame: FrameListener | None = None,
        on_event: EventListener | None = None,
        on_failure: Callable[[LinkError], None] | None = None,
        on_wait: Callable[[float], None] = lambda _: None,
        on_start: Callable[[Station], None] | None = None,
        on_store: Callable[[str], None] = _log.warning,
        keep_frames: int = MAX_FRAMES,
        open_websocket: OpenWebSocket = connect,
        new_id: Callable[[], str] = new_uuid,
        random: Random | None = None,
        context: Context | None = None,
    ) -> None:
        self.product = product
        self._context = context
        self.hardware = self._in_context(virtual_hardware, product)
        watch = StationWatch(keep_frames)
        self._store = Store(store_file, key_file=key_file, notice=on_store)
        self._is_kept = str(store_file) != IN_MEMORY
        self._saving: asyncio.Task[None] | None = None
        self._on_frame = watch.frame if on_frame is None else _both(watch.frame, on_frame)
        self._on_start = (watch.station_started,) if on_start is None else (watch.station_started, on_start)
        self._listeners = (on_event, on_failure, on_wait, on_store)
        self._network = (open_websocket, new_id, random)
        try:
            persist_meter_registers(self.hardware, self._store)
            self.station = self._in_context(self._powered_station, settings)
        except BaseException:
            self._store.close()
            raise
        super().__init__(Control(self.station, self.hardware), watch)
        self.hardware.listen(watch.hardware_changed)

    def power_on(self) -> None:
        """Switch the station on."""
        if self._saving is None and self._is_kept:
            self._saving = asyncio.create_task(self._save_registers(), name="meter registers")
        self._in_context(self.station.power_on)

    async def connect_to(self, settings: Settings) -> None:
        """Restart with these settings instead of all network profiles and certificates. The rest of its state stays.

        Raises ProvisioningError; then nothing has changed.
        """
        await self.in_context(self._restart(settings))

    async def act(self, action: Callable[[Control], Awaitable[T] | T]) -> T:
        """An operator action. The station has received it when this returns. Raises ControlError."""
        return await self.in_context(super().act(action))

    async def wait_for(self, condition: Condition, within: float) -> StationState:
        """Wait so many seconds for a state, and return it, when the messages about it are answered too, if they can be.

        Raises ConditionNotMet.
        """
        state = await super().wait_for(condition, within)
        running = self.station.station
        if running is not None:
            await running.send_queued(_ANSWERS_WITHIN)
        return state

    async def close(self) -> None:
        """Shut the station down and close its store."""
        if self._saving is not None:
            self._saving.cancel()
        await self.in_context(self.station.close())
        self.hardware.power_off()
        self._store.close()

    async def in_context(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that uses the station or its `control` in the context of the station."""
        if self._context is None:
            return await coroutine
        return await asyncio.create_task(coroutine, context=self._context.copy())

    def _in_context(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._context is None:
            return function(*args, **kwargs)
        return self._context.copy().run(function, *args, **kwargs)

    async def _restart(self, settings: Settings) -> None:
        with self._store.transaction():
            erase_csms_settings(self.product, self._store, self.hardware)
            new = self._powered_station(settings)
        await self.station.close()
        self.hardware.power_off()
        self.station = new
        self.control = Control(new, self.hardware)
        new.power_on()

    def _powered_station(self, settings: Settings) -> PoweredStation:
        on_event, on_failure, on_wait, on_store = self._listeners
        open_websocket, new_id, random = self._network
        return PoweredStation(
            self.product,
            self._store,
            self.hardware,
            settings,
            on_frame=self._on_frame,
            on_event=on_event,
            on_failure=on_failure,
            on_wait=on_wait,
            on_start=self._started,
            on_store=on_store,
            open_websocket=open_websocket,
            new_id=new_id,
            random=random,
        )

    def _started(self, station: Station) -> None:
        for listener in self._on_start:
            listener(station)

    async def _save_registers(self) -> None:
        """A meter keeps its register when the power fails."""
        while True:
            await asyncio.sleep(_REGISTER_INTERVAL)
            with contextlib.suppress(asyncio.CancelledError):  # the store fails: the station stops, the meter goes on
                save_meter_registers(self.hardware)


def _both(first: FrameListener, second: FrameListener) -> FrameListener:
    def frame(direction: Direction, text: str, at: float) -> None:
        first(direction, text, at)
        second(direction, text, at)

    return frame


def load_station_product(name_or_path: str) -> Product:
    """A product of the catalog or of a file, of an OCPP version of the station. Raises ProductError."""
    product = load_product(name_or_path)
    if product.ocpp_version not in VERSIONS:
        wrong = f"is for OCPP {product.ocpp_version}"
        raise ProductError(name_or_path, "", wrong, f"the station supports OCPP {' and '.join(VERSIONS)}")
    return product


def uses_tls(csms_url: str) -> bool:
    """Whether the station connects to this URL with TLS."""
    return csms_url.lower().startswith("wss:")


def implied_security_profile(
    product: Product, csms_url: str, own_key: CertifiedKey | None, *, password: bool
) -> SecurityProfile:
    """The security profile that follows from the URL, and from whether the station has a password and a certificate."""
    if not uses_tls(csms_url):
        unsecured = SecurityProfile.UNSECURED in supported_profiles(product) and not password
        return SecurityProfile.UNSECURED if unsecured else SecurityProfile.BASIC
    return SecurityProfile.TLS_BASIC if own_key is None else SecurityProfile.TLS_CLIENT_CERTIFICATE
