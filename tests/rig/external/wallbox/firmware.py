"""The firmware of the wallbox: one run from its boot until it is switched off or restarts."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ocpp.exceptions import OCPPError
from ocpp.v201 import call
from tests.rig.external.wallbox.charging.authorization import Authorizer
from tests.rig.external.wallbox.charging.metering import Interval, Meter, since_midnight
from tests.rig.external.wallbox.charging.outbox import Outbox
from tests.rig.external.wallbox.charging.session import Session
from tests.rig.external.wallbox.charging.transaction import Transactions, timestamp
from tests.rig.external.wallbox.csms.certificates import Certificates
from tests.rig.external.wallbox.csms.configuration import Configuration
from tests.rig.external.wallbox.csms.files import Files
from tests.rig.external.wallbox.csms.link import Link, Lost
from tests.rig.external.wallbox.csms.network import Network
from tests.rig.external.wallbox.csms.own_certificate import SERIAL_NUMBER, OwnCertificates
from tests.rig.external.wallbox.csms.remote_control import RemoteControl
from tests.rig.external.wallbox.device_model import DeviceModel
from tests.rig.external.wallbox.electronics import Electronics
from tests.rig.external.wallbox.storage import Storage, StoredEvent
from tests.rig.external.wallbox.variables import variables

STARTS_IN = 3.0
"""Seconds from power to the first attempt to connect."""

OWN_BOOT_INTERVAL = 30.0
"""Seconds to the next BootNotificationRequest if the CSMS gives no interval (B02.FR.07)."""


class Firmware:
    """Connects the parts. `restart` restarts the wallbox; `clock` is its quartz, which the CSMS corrects."""

    def __init__(
        self,
        electronics: Electronics,
        storage: Storage,
        points: tuple[frozenset[str], frozenset[str]],
        restart: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self.electronics = electronics
        self.storage = storage
        self.restart = restart
        self._clock = clock
        self._correction = timedelta(0)
        self.model = DeviceModel(variables(), storage.variables)
        self.meter = Meter(electronics)
        self.outbox = Outbox(storage, self.model, self.request, self.online_again, self._event_answered)
        self.authorizer = Authorizer(storage, self.model, self.request, self.is_online, self.now)
        self.session = Session(
            electronics,
            self.model,
            self.authorizer,
            start_points=points[0],
            stop_points=points[1],
            blocked=lambda: self.connector_status() in ("Unavailable", "Faulted"),
            status_changed=self.report_status,
            idle=self._session_ended,
        )
        self.transactions = self.session.transactions = Transactions(
            storage, self.model, self.meter, self.outbox, self.is_online, self.now, self.session.charging_state
        )
        self.configuration = Configuration(self)
        self.remote_control = RemoteControl(self)
        self.certificates = Certificates(self)
        self.own_certificates = OwnCertificates(self)
        self.files = Files(self)
        self.network = Network(self)
        self.registration: str | None = None
        self._link: Link | None = None
        self._accepted = asyncio.Event()
        self._boot_now = asyncio.Event()
        self._reported_status: str | None = None
        self._offline_since: float | None = None
        self._interrupted = storage.transaction
        self._tasks: set[asyncio.Task[Any]] = set()
        model = self.model.current
        model["ClockCtrlr.DateTime"] = self.timestamp
        model["SecurityCtrlr.Identity"] = lambda: storage.identity
        model["SecurityCtrlr.CertificateEntries"] = lambda: str(sum(map(len, storage.certificates.values())))
        model["EVSE.Power"] = lambda: f"{electronics.power:.0f}"
        model["EVSE.AvailabilityState"] = model["Connector.AvailabilityState"] = self.connector_status
        model["ChargingStation.AvailabilityState"] = lambda: (
            "Unavailable" if "station" in storage.inoperative else "Available"
        )

    async def run(self) -> None:
        self.electronics.changed = lambda: self.session.put(self.session.hardware_changed)
        self.electronics.switch_contactor(False)
        self.security_event("StartupOfTheDevice", self.storage.boot_reason)
        await asyncio.sleep(STARTS_IN)
        if self._interrupted is not None:
            self.transactions.end_interrupted(self._interrupted, *self._interruption())
        self.session.boot()
        interval = "AlignedDataCtrlr.Interval"
        aligned = Interval(self.model, interval, lambda: since_midnight(self.now()), self._clock_aligned)
        parts = (
            self.network.run,
            self.outbox.run,
            self.session.run,
            aligned.run,
            self._heartbeats,
            self._security_events,
        )
        try:
            async with asyncio.TaskGroup() as group:
                for part in parts:
                    group.create_task(part())
        finally:
            for task in self._tasks:
                task.cancel()

    def _interruption(self) -> tuple[str, str]:
        return (
            ("PowerLoss", "AbnormalCondition") if self.storage.boot_reason == "PowerUp" else ("Reboot", "ResetCommand")
        )

    def do(self, work: Any) -> None:
        """Run a coroutine beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Time

    def now(self) -> datetime:
        return self._clock() + self._correction

    def timestamp(self) -> str:
        return timestamp(self.now())

    def _set_time(self, value: str) -> None:
        self._correction = datetime.fromisoformat(value) - self._clock()

    # The CSMS

    def is_online(self) -> bool:
        return self._link is not None and self.registration == "Accepted"

    async def online_again(self) -> None:
        """Wait until requests can be sent."""
        await self._accepted.wait()

    async def request(self, payload: Any) -> Any:
        """Send a request of our own. Raises Lost if that is not allowed now, and as `Link.request`."""
        if not self.is_online():
            raise Lost
        return await self.answer_to(payload)

    async def answer_to(self, payload: Any) -> Any:
        """Send a request, also one that the CSMS has asked for before it has accepted the wallbox (B02.FR.02)."""
        if self._link is None:
            raise Lost
        return await self._link.request(payload)

    async def tell(self, payload: Any, *, requested: bool = False) -> None:
        """Send a request whose answer does not matter, and that is not kept if it cannot be sent."""
        with contextlib.suppress(Lost, OCPPError, TimeoutError):
            await (self.answer_to(payload) if requested else self.request(payload))

    async def serve(self, link: Link, *, new_registration: bool) -> None:
        """A connection, until it is lost."""
        self._link = link
        if new_registration:
            self.registration = None
        starting = asyncio.create_task(self._register())
        try:
            await link.start()
        finally:
            starting.cancel()
            self._link = None
            self._accepted.clear()
            self._offline_since = asyncio.get_running_loop().time()

    def refuses_requests(self) -> bool:
        return self.registration not in ("Accepted", "Pending")

    async def _register(self) -> None:
        """Boot if necessary (B01 to B03), then report what has changed (B04)."""
        booted = self.registration != "Accepted"
        reason = self.storage.boot_reason
        while self.registration != "Accepted":
            wait = await self._boot(reason)
            if self.registration != "Accepted":
                reason = await self._next_boot(wait)
        if booted:
            self.storage.boot_reason = "PowerUp"
            self._reported_status = None
        elif self._offline_for() > self.model.number("OCPPCommCtrlr.OfflineThreshold"):
            self._reported_status = None  # B04.FR.01
        self._accepted.set()
        await self.report_status()
        if booted:
            self.files.booted()

    async def _next_boot(self, wait: float) -> str:
        """Wait for the next BootNotificationRequest, and return its reason."""
        self._boot_now.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._boot_now.wait(), wait)
            return "Triggered"
        return self.storage.boot_reason

    async def _boot(self, reason: str) -> float:
        """Send a BootNotificationRequest. The seconds to the next one."""
        station = {
            "vendor_name": "Nordlicht",
            "model": "WB11",
            "serial_number": SERIAL_NUMBER,
            "firmware_version": self.storage.firmware,
        }
        try:
            answer = await self.answer_to(call.BootNotification(charging_station=station, reason=reason))
        except (OCPPError, TimeoutError):
            return OWN_BOOT_INTERVAL
        self._set_time(answer.current_time)  # B01.FR.06
        self.registration = answer.status
        if answer.status == "Accepted" and answer.interval > 0:  # B01.FR.04
            self.model.put("OCPPCommCtrlr.HeartbeatInterval", str(answer.interval))
        return float(answer.interval) or OWN_BOOT_INTERVAL

    def boot_again(self) -> None:
        """The CSMS has asked for a BootNotificationRequest."""
        self._boot_now.set()

    def _offline_for(self) -> float:
        now = asyncio.get_running_loop().time()
        return 0.0 if self._offline_since is None else now - self._offline_since

    async def _heartbeats(self) -> None:
        begun = asyncio.get_running_loop().time()
        elapsed = lambda: asyncio.get_running_loop().time() - begun  # noqa: E731
        await Interval(self.model, "OCPPCommCtrlr.HeartbeatInterval", elapsed, self.heartbeat).run()

    async def heartbeat(self, *, requested: bool = False) -> None:
        with contextlib.suppress(Lost, OCPPError, TimeoutError):
            answer = await (self.answer_to if requested else self.request)(call.Heartbeat())
            self._set_time(answer.current_time)

    # Security events are kept until they are delivered (A04)

    def security_event(self, kind: str, details: str = "") -> None:
        moment = self.timestamp()
        self.storage.security_log.append(f"{moment} {kind} {details}".rstrip())
        self.storage.security_events.append((kind, moment))

    async def _security_events(self) -> None:
        while True:
            await self.online_again()
            while self.storage.security_events:
                kind, moment = self.storage.security_events[0]
                try:
                    await self.request(call.SecurityEventNotification(type=kind, timestamp=moment))
                except Lost:
                    break
                except (OCPPError, TimeoutError):
                    pass
                self.storage.security_events.popleft()
            await asyncio.sleep(1)

    # The connector

    def connector_status(self) -> str:
        if self.electronics.faulted:
            return "Faulted"
        if not self.session.busy and (self.storage.inoperative or self.files.blocks_sessions):
            return "Unavailable"
        return "Occupied" if self.electronics.in_socket else "Available"

    async def report_status(self, *, requested: bool = False) -> None:
        """Tell the CSMS the status of the connector, if it is another one or if the CSMS asked for it."""
        status = self.connector_status()
        if not requested and (status == self._reported_status or not self.is_online()):
            return
        self._reported_status = status
        notification = call.StatusNotification(
            timestamp=self.timestamp(), connector_status=status, evse_id=1, connector_id=1
        )
        await self.tell(notification, requested=requested)

    def _session_ended(self) -> None:
        self.session.put(self.report_status)
        self.configuration.session_ended()
        self.files.session_ended()

    # Transactions

    def _event_answered(self, event: StoredEvent, answer: Any) -> None:
        if answer.id_token_info is None or event.payload.id_token is None:
            return
        self.authorizer.learn(event.payload.id_token, answer.id_token_info)
        self.session.put(lambda: self.session.judged(event.transaction_id, answer.id_token_info))

    async def _clock_aligned(self) -> None:
        if self.transactions.ongoing is not None:
            if not self.model.flag("AlignedDataCtrlr.SendDuringIdle"):  # J01.FR.20
                self.transactions.update_clock_aligned()
        elif self.model.flag("AlignedDataCtrlr.Enabled"):
            await self.meter_values("Sample.Clock")

    async def meter_values(self, context: str, *, requested: bool = False) -> None:
        measurands = self.model.value("AlignedDataCtrlr.Measurands")
        values = self.meter.values(measurands, context, self.timestamp())
        if values:
            await self.tell(call.MeterValues(evse_id=1, meter_value=values), requested=requested)
