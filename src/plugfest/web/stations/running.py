"""One virtual station of the server: its station, its newest events and frames, and what is measured at it."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from plugfest.api.errors import ActionRefused
from plugfest.api.misbehaving import Misbehaving
from plugfest.changes import Signal
from plugfest.clock import utc_now
from plugfest.hardware.ports import HardwareEvent
from plugfest.link.errors import LinkError
from plugfest.link.peer import Direction
from plugfest.ocpp.secrets.screen import without_passwords
from plugfest.products import Product
from plugfest.station.control.commands import ControlError
from plugfest.station.control.event_lines import EventLines
from plugfest.station.control.samples import measured
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.setup.provisioning import Settings
from plugfest.web.stations.session_history import SessionHistory
from plugfest.web.stations.traffic import Traffic

MAX_EVENTS: Final = 100
_SAMPLING: Final = 1.0
"""Seconds between two looks at the meters."""


class StationEvent(msgspec.Struct, frozen=True):
    """A line about the station."""

    at: datetime
    text: str


class RunningStation:
    """A virtual station that is started, stopped, and connected to another CSMS. It is listed until it is removed.

    `store_file`: where its state is kept. `changed` is called after every change. `misbehave`: what it does wrong, as
    ``plugfest station --misbehave``; `seed`: of the chances of transport faults. Raises UnusableSettings.
    """

    def __init__(
        self,
        number: int,
        product: Product,
        settings: Settings,
        store_file: Path | str,
        changed: Callable[[], None],
        misbehave: Iterable[str] = (),
        seed: int = 0,
    ) -> None:
        self.number = number
        self.product = product
        self.settings = settings
        self.store_file = store_file
        self.traffic = Traffic()
        self.events: deque[StationEvent] = deque(maxlen=MAX_EVENTS)
        self.histories: dict[int, SessionHistory] = {}
        self.signal = Signal(changed)
        self.failure = ""
        """Why the station could not start; empty if it could."""
        self.virtual: VirtualStation | None = None
        """None while it is stopped."""
        self._lines = EventLines(self._write, product.ocpp_version)
        self._misbehaving = Misbehaving(misbehave, product, settings.identity, seed, self._misbehaved)
        self._sampling: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        """Held while the station starts, stops or is connected elsewhere, so that one follows the other."""

    async def start(self) -> None:
        """Start the station, if it is stopped. Raises ProvisioningError or StoreError."""
        async with self._changing:
            if self.virtual is None:
                self.failure = ""
                self.virtual = virtual = self._new_station()
                self.histories = {evse_id: SessionHistory() for evse_id in virtual.hardware.evses}
                virtual.hardware.listen(self._hardware_changed)
                virtual.power_on()
                self._write("switched on")
                for line in self.misbehaviours:
                    self._misbehaved(line)
                self._start_sampling(virtual)

    async def connect_to(self, settings: Settings) -> None:
        """Connect to another CSMS, or to the same one with other settings.

        Raises ProvisioningError, or ControlError if the station is stopped.
        """
        async with self._changing:
            virtual = self.running()
            await virtual.connect_to(settings)
            self.settings = settings
            self._start_sampling(virtual)
            self.signal.notify()

    async def stop(self) -> None:
        """Shut the station down, if it runs."""
        async with self._changing:
            virtual, self.virtual = self.virtual, None
            if virtual is not None:
                self._stop_sampling()
                await virtual.close()
                self._misbehaving.close()
                self._write("switched off")

    @property
    def misbehaviours(self) -> list[str]:
        """What it does wrong, one line each."""
        return self._misbehaving.lines

    def misbehave(self, text: str) -> None:
        """Do this wrong too, from now on. Raises ControlError."""
        before = self.misbehaviours
        try:
            self._misbehaving.add([text])
        except ActionRefused as error:
            raise ControlError(str(error)) from None
        for line in self.misbehaviours:
            if line not in before:
                self._misbehaved(line)

    def behave(self) -> None:
        """Do nothing wrong any more."""
        self._misbehaving.end()
        self._write("does nothing wrong any more")

    def running(self) -> VirtualStation:
        """The station. Raises ControlError if it is stopped."""
        if self.virtual is None:
            raise ControlError("the station is stopped")
        return self.virtual

    async def present_token_again(self, evse_id: int) -> None:
        """Present the token of the charging session at an EVSE, to end it. Raises ControlError."""
        virtual = self.running()
        station = virtual.station.station
        sessions = None if station is None else station.context.shared.get(ChargingSessions)
        session = None if sessions is None or evse_id not in virtual.hardware.evses else sessions.at(evse_id)
        driver = session and (session.authorization or session.unlock_authorization or session.owner)
        if not driver:
            raise ControlError(f"no driver is authorized at EVSE {evse_id}")
        token = driver.token
        if token.type == "NoAuthorization":
            await virtual.act(lambda control: control.press_start_button(evse_id))
        else:
            await virtual.act(lambda control: control.present_token(token.id_token, token.type, evse_id))

    def _new_station(self) -> VirtualStation:
        return VirtualStation(
            self.product,
            self.settings,
            self.store_file,
            on_frame=self._frame,
            on_event=self._lines.rpc_event,
            on_failure=self._connection_failed,
            on_wait=lambda _: self.signal.notify(),
            on_start=self._lines.station_started,
            on_store=self._write,
            context=self._misbehaving.context,
            open_websocket=self._misbehaving.open_websocket,
        )

    # Listeners of the station.

    def _connection_failed(self, error: LinkError) -> None:
        self._lines.connection_failed(error)
        self.signal.notify()

    def _frame(self, direction: Direction, text: str, _: float) -> None:
        self.traffic.add(direction, text)
        self.signal.notify()

    def _write(self, line: str) -> None:
        self.events.append(StationEvent(utc_now(), without_passwords(line)))  # it may quote a frame
        self.signal.notify()

    def _misbehaved(self, line: str) -> None:
        self._write(f"misbehaves: {line}")

    def _hardware_changed(self, _: HardwareEvent) -> None:
        self.signal.notify()

    def _start_sampling(self, virtual: VirtualStation) -> None:
        self._stop_sampling()
        self._sampling = asyncio.create_task(self._sample(virtual))

    def _stop_sampling(self) -> None:
        if self._sampling is not None:
            self._sampling.cancel()
            self._sampling = None

    async def _sample(self, virtual: VirtualStation) -> None:
        while True:
            now = asyncio.get_running_loop().time()
            for evse_id, evse in virtual.hardware.evses.items():
                self.histories[evse_id].observe(now, measured(evse), connected=evse.ev is not None)
            await asyncio.sleep(_SAMPLING)
