"""One station from power on to power off. The only place where its parts are assembled."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from plugfest.hardware.ports import Hardware
from plugfest.link.client import OpenWebSocket, connect
from plugfest.link.errors import LinkError
from plugfest.link.peer import Handled
from plugfest.ocpp.message import Request
from plugfest.ocpp.tolerant import UNREADABLE_TIME
from plugfest.ocpp.uuids import new_uuid
from plugfest.ocpp.versions import by_name
from plugfest.products import Product
from plugfest.station.blocks import blocks_of
from plugfest.station.connection.boot import BootReason, RegistrationMessages, RegistrationStatus
from plugfest.station.connection.connection import Connection
from plugfest.station.connection.connection_opener import ConnectionOpener, EventListener, FrameListener, Network
from plugfest.station.connection.handlers import Handlers
from plugfest.station.connection.network_profiles import NetworkProfiles
from plugfest.station.connection.outbox import Outbox
from plugfest.station.connection.registration import Registration
from plugfest.station.context import Context
from plugfest.station.device_model.product_model import build_device_model
from plugfest.station.files.file_transfer import FileClient, FileTransfer
from plugfest.station.lifecycle.station_clock import OutOfRange, StationClock
from plugfest.station.security.trust_store import TrustStore
from plugfest.station.setup.capabilities import Capability, cipher_suites, has_capability
from plugfest.station.setup.version_behaviour import behaviour_of
from plugfest.station.storage.store import Store
from plugfest.transfer import client

BACKUP_POWER_SECONDS = 10.0
"""How long a backup power supply lasts, where there is one."""


@dataclass(frozen=True, kw_only=True)
class StationEnvironment:
    """What outlives the power cycles of a station.

    `on_event` is called for every message, `on_failure` for every failed connection attempt, `on_wait` with the seconds
    until the next one. `strict`: answers that violate the schema are not used. `times_are_utc`: a time of the CSMS
    without a zone is in UTC, else it is not used. `compression`: messages may be compressed. `new_id` makes the ids of
    messages and transactions, of which no two may be equal.
    """

    product: Product
    store: Store
    hardware: Hardware
    network: Network
    random: Callable[[], Random]
    on_frame: FrameListener | None = None
    on_event: EventListener | None = None
    on_failure: Callable[[LinkError], None] | None = None
    on_wait: Callable[[float], None] = lambda _: None
    strict: bool = False
    compression: bool = False
    times_are_utc: bool = False
    open_websocket: OpenWebSocket = connect
    file_client: FileClient = client
    new_id: Callable[[], str] = new_uuid


class Station:
    """One power cycle. `reboot` is called to request the next one."""

    def __init__(
        self, environment: StationEnvironment, reason: BootReason, reboot: Callable[[BootReason], None]
    ) -> None:
        store = environment.store
        self._environment = environment
        self._clock = StationClock(store)
        self._handlers = Handlers()
        self.device_model = build_device_model(environment.product, environment.hardware, store)
        self._protocol = by_name(environment.product.ocpp_version)
        self._outbox = Outbox(store, self.device_model, self._protocol)
        self._trust = TrustStore(store, cipher_suites(environment.product))
        self._files = FileTransfer(
            self.device_model, self._trust, lambda: environment.network.up, environment.file_client
        )
        self._profiles = NetworkProfiles(store, self.device_model)
        self._registration = Registration(
            self.device_model,
            reason,
            self,
            self._registration_messages,
            self._reconnect,
            behaviour_of(environment.product.ocpp_version),
        )
        self._connection = self._make_connection()
        self.context = Context(
            product=environment.product,
            store=store,
            device_model=self.device_model,
            hardware=environment.hardware,
            clock=self._clock,
            csms=self._registration,
            outbox=self._outbox,
            handlers=self._handlers,
            profiles=self._profiles,
            trust=self._trust,
            files=self._files,
            boot_reason=reason,
            reboot=reboot,
            new_id=environment.new_id,
        )
        self.context.lifecycle.time_received.add(self.time_received)
        self.device_model.provide("ClockCtrlr", "DateTime", self._date_time)
        self.device_model.provide("SecurityCtrlr", "CertificateEntries", lambda: str(len(self._trust)))
        self._register_blocks(environment.product.ocpp_version)

    def _register_blocks(self, version: str) -> None:
        """Everything or nothing: a store that fails here leaves no task behind."""
        try:
            for register in blocks_of(version):
                register(self.context)
        except BaseException:
            self.context.power_off()
            raise

    def _make_connection(self) -> Connection:
        opener = ConnectionOpener(
            protocol=self._protocol,
            device_model=self.device_model,
            network=self._environment.network,
            trust=self._trust,
            on_sent=self._registration.frame_sent,
            on_frame=self._environment.on_frame,
            on_event=self._environment.on_event,
            refusal_code=self._registration.refusal_code,
            tolerant=not self._environment.strict,
            compression=self._environment.compression,
            open_websocket=self._environment.open_websocket,
            new_id=self._environment.new_id,
        )
        return Connection(
            open_connection=opener,
            handler=self._registration,
            profiles=self._profiles,
            device_model=self.device_model,
            falls_back=has_capability(self._environment.product, Capability.FALLS_BACK),
            random=self._environment.random,
            on_call=self._answer,
            on_failure=self._failed,
            on_wait=self._environment.on_wait,
            on_exhausted=self._trust.own.fall_back,
        )

    async def run(self) -> None:
        """Run until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._outbox.run())
            tasks.create_task(self._connection.run())

    @property
    def connection(self) -> Connection:
        return self._connection

    async def shut_down(self) -> None:
        """Finish what must not be interrupted, and close the connection."""
        await self.context.lifecycle.shutting_down.notify()
        await self._connection.close()

    async def end_on_backup_power(self) -> None:
        """End the transactions and report their end while the backup supply lasts."""
        await self.context.lifecycle.power_failing.notify()
        await self.send_queued(BACKUP_POWER_SECONDS)

    async def send_queued(self, within: float) -> None:
        """Wait so many seconds at most until every message that can be sent is answered."""
        await self._outbox.drain(within)

    @property
    def outstanding(self) -> int:
        """How many messages are queued or have no answer yet."""
        return self._outbox.outstanding

    def lose_network(self) -> None:
        """The network is down: abort the connection and every file transfer."""
        self._files.cancel_all()
        self._connection.abort()

    def power_off(self) -> None:
        """Stop immediately: nothing more is sent or finished."""
        self._connection.abort()
        self.context.power_off()

    # RegistrationEvents

    def connected(self) -> None:
        self.context.lifecycle.connected.notify()

    def registered(self, status: RegistrationStatus) -> None:
        self.context.lifecycle.registered.notify(status)

    def boot_accepted(self) -> None:
        self._outbox.open(self._registration.send_queued)
        self.context.lifecycle.boot_accepted.notify()

    def reconnected(self, offline_seconds: float) -> None:
        self._outbox.open(self._registration.send_queued)
        self.context.lifecycle.reconnected.notify(offline_seconds)

    def disconnected(self) -> None:
        self._outbox.close()
        self.context.lifecycle.disconnected.notify()

    def time_received(self, time: datetime) -> None:
        if "Heartbeat" not in self.device_model.members("ClockCtrlr", "TimeSource"):
            return  # B01.FR.06
        if time.tzinfo is None:
            if time == UNREADABLE_TIME or not self._environment.times_are_utc:
                return
            time = time.replace(tzinfo=UTC)
        try:
            self.set_clock(time)
        except OutOfRange as error:
            self.context.lifecycle.time_ignored.notify(str(error))

    @property
    def clock_offset(self) -> timedelta:
        """How far the clock is ahead of that of the computer."""
        return self._clock.offset

    def set_clock(self, time: datetime) -> None:
        """Set the clock: what is due at a time of day is scheduled anew. Raises OutOfRange."""
        jump = self._clock.set(time)
        if jump:
            self.context.lifecycle.clock_set.notify(jump)
        seconds = jump.total_seconds()
        if abs(seconds) > self.device_model.integer("ClockCtrlr", "TimeAdjustmentReportingThreshold"):
            self.context.security_event("SettingSystemTime", f"{seconds:+.0f} s")

    # Called by the connection

    def _answer(self, request: Request[Any]) -> Handled | Awaitable[Handled]:
        self._registration.check_incoming()
        return self._handlers.answer(request)

    def _failed(self, error: LinkError) -> None:
        self.context.lifecycle.connect_failed.notify(error)
        if self._environment.on_failure is not None:
            self._environment.on_failure(error)

    def _registration_messages(self) -> RegistrationMessages:
        assert self.context.registration_messages is not None, "no block has set the registration messages"
        return self.context.registration_messages

    def _date_time(self) -> str:
        return self._clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")

    def _reconnect(self, by_priority: bool) -> None:
        self._connection.reconnect(by_priority=by_priority)
