"""The model of the station in one power cycle: creates its parts, and passes events of hardware and station to them."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from plugfest.hardware.communication import COMMUNICATION_EVENTS
from plugfest.hardware.ports import EvsesChosen, ExternalLimitChanged, HardwareEvent, MeasurementChanged, TokenPresented
from plugfest.light_event import LightEvent
from plugfest.products import Product
from plugfest.station.connection.boot import BootReason
from plugfest.station.context import Context
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.authorization.local_list import LocalList
from plugfest.station.model.authorization.token_cache import TokenCache
from plugfest.station.model.authorization.token_handler import Capabilities, TokenHandler
from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.connectors.availability import Availability, Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.display.pages import PAGE_SIZE, Pages
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.model.metering.sampler import Sampler
from plugfest.station.model.metering.schedule import SamplingSchedule
from plugfest.station.model.monitoring.event_ids import EventIds
from plugfest.station.model.reservations import Reservations
from plugfest.station.model.settings import (
    ChargingSettings,
    authorization_settings,
    cache_settings,
    charging_settings,
    meter_settings,
)
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.external_limits import ExternalLimits
from plugfest.station.model.smart_charging.limiter import Limiter
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.model.transactions.transactions import Transactions
from plugfest.station.model.triggerable_messages import TriggerableMessages
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.station.setup.version_behaviour import behaviour_of

_log = logging.getLogger(__name__)

_AFTER_POWER_LOSS = frozenset({BootReason.POWER_UP, BootReason.UNKNOWN, BootReason.WATCHDOG})


def register(context: Context) -> None:
    """Create the model and add its parts to the context for the blocks. It starts after all blocks are registered."""
    model = StationModel(context)
    for part in (
        model.sessions,
        model.sampler,
        model.event_recorder,
        model.transactions,
        model.availability,
        model.connectors,
        model.authorizer,
        model.local_list,
        model.reservations,
        model.profiles,
        model.limiter,
        model.external_limits,
        model.charging,
        model.token_handler,
        model.timers,
        model.schedule,
        model.communications,
        TriggerableMessages(),
        EventIds(context.store),
        Pages(partial(context.files.fetch, max_size=PAGE_SIZE), context.spawn, asyncio.get_running_loop().time),
    ):
        context.shared.add(part)
    context.lifecycle.boot_accepted.add(model.boot_accepted)
    context.lifecycle.disconnected.add(model.disconnected)
    context.lifecycle.reset_scheduled.add(model.reset_scheduled)
    context.lifecycle.reset_now.add(model.reset_now)
    context.lifecycle.evse_reset.add(model.evse_reset)
    context.lifecycle.power_failing.add(model.power_failing)
    context.lifecycle.clock_set.add(model.clock_set)
    context.spawn(model.run(), "hardware events")


class StationModel:
    """The parts of the model. Its methods from `boot_accepted` on are called by the hooks of the lifecycle."""

    def __init__(self, context: Context) -> None:
        hardware, store, device_model = context.hardware, context.store, context.device_model
        self._context = context
        self._behaviour = behaviour_of(context.product.ocpp_version)
        settings = partial(charging_settings, device_model, waits_indefinitely=self._behaviour.waits_indefinitely)
        self._service = store.records("service", bool)
        self._events: list[HardwareEvent] = []
        self._event_arrived = LightEvent()
        self.timers = Timers(context.spawn)
        self.sessions = ChargingSessions(store, list(hardware.evses), context.new_id)
        self.sampler = Sampler(partial(meter_settings, device_model), context.now)
        self.event_recorder = TransactionEventRecorder(
            store, self.sessions, self.sampler, context.now, lambda: context.csms.online, context.new_id
        )
        self.paths = {
            evse_id: PowerPath(f"EVSE {evse_id}", evse, self.timers, partial(self._update_evse, evse_id))
            for evse_id, evse in hardware.evses.items()
        }
        self.transactions = Transactions(self.sessions, self.paths, self.event_recorder, settings)
        self.availability = Availability(store, lambda evse_id: any(self.transactions.ongoing(evse_id)))
        self.connectors = Connectors(hardware, self.availability, _connector_types(context.product))
        self.connectors.meter_failed = lambda evse_id: self.paths[evse_id].meter_failed
        self.reservations = Reservations(store, self.sessions, self.connectors, self.timers, context.now)
        self.reservations.on_change.append(self._update_soon)  # H03.FR.10
        self.reservations.on_expiry.append(lambda: self._run_guarded(self.charging.update))  # in no other step
        self.transactions.on_start(self.reservations.end_used)
        self.profiles = ChargingProfiles(store)
        self.limiter = Limiter(self.profiles, self.sessions, self.paths, self.timers, context.now, self._update_evse)
        self.profiles.on_change.append(self.limiter.refresh)
        responds = partial(device_model.boolean, "SmartChargingCtrlr", "ExternalControlSignalsEnabled", default=True)
        self.external_limits = ExternalLimits(self.profiles, self.limiter, context.now, responds)
        self.transactions.on_start(self.profiles.begin)
        self.transactions.on_end(self.profiles.end)
        self.connectors.on_update_complete(self.limiter.delivery_changed)
        self.local_list = LocalList(
            store,
            lambda: device_model.boolean("LocalAuthListCtrlr", "Enabled", default=False),
            lambda: device_model.boolean("LocalAuthListCtrlr", "SupportsExpiryDateTime", default=False),
            context.now,
        )
        self.authorizer = Authorizer(
            self.local_list,
            TokenCache(
                store,
                context.now,
                partial(cache_settings, device_model, reports_expired=self._behaviour.reports_expired),
            ),
            partial(authorization_settings, device_model),
            lambda: context.csms.online,
        )
        self.charging = self._charging(settings)
        self.communications = EvCommunications(hardware.communications)
        self.charging.on_authorized.append(self.communications.authorized)
        self.token_handler = self._token_handler(settings)
        self.schedule = self._sampling_schedule(context)
        self.transactions.on_start(self._transaction_started)
        self.transactions.on_end(self._transaction_ended)
        context.outbox.spare_drivers(self._driver_waits)

    def clock_set(self, jump: timedelta) -> None:
        """Schedule anew what is due at a time of day; what is due after a duration is not."""
        self.authorizer.cache.clock_set(jump)
        self.schedule.start()
        self.reservations.clock_set()
        self.limiter.clock_set(jump)

    def _sampling_schedule(self, context: Context) -> SamplingSchedule:
        schedule = SamplingSchedule(
            context.hardware,
            self.sampler,
            self.transactions,
            self.sessions,
            self.timers,
            context.now,
            samples_grid=self._behaviour.samples_grid,
        )
        schedule.watch_settings(context.device_model)
        return schedule

    def _charging(self, settings: Callable[[], ChargingSettings]) -> Charging:
        return Charging(
            hardware=self._context.hardware,
            sessions=self.sessions,
            paths=self.paths,
            transactions=self.transactions,
            connectors=self.connectors,
            timers=self.timers,
            settings=settings,
            in_service=self._in_service,
            needs_authorization=lambda: self.authorizer.enabled,
            reservations=self.reservations,
        )

    def _token_handler(self, settings: Callable[[], ChargingSettings]) -> TokenHandler:
        return TokenHandler(
            hardware=self._context.hardware,
            sessions=self.sessions,
            charging=self.charging,
            connectors=self.connectors,
            authorizer=self.authorizer,
            reservations=self.reservations,
            settings=settings,
            in_service=self._in_service,
            timers=self.timers,
            capabilities=Capabilities(
                starts_locally=has_capability(self._context.product, Capability.STARTS_LOCALLY),
                stops_locally=has_capability(self._context.product, Capability.STOPS_LOCALLY),
                shows_menu=has_capability(self._context.product, Capability.TRANSACTION_MENU),
                shows_tariff=has_capability(self._context.product, Capability.DISPLAY_MESSAGES),
            ),
            behaviour=self._behaviour,
        )

    async def run(self) -> None:
        """Handle hardware events until power off, which opens all contactors."""
        stop_listening = self._context.hardware.listen(self._queue)
        try:
            self._run_guarded(self._recover)
            while True:
                while self._events:
                    self._run_guarded(partial(self._handle, self._events.pop(0)))
                self._event_arrived.clear()
                await self._event_arrived.wait()
        finally:
            stop_listening()
            for path in self.paths.values():
                path.stop()

    def _queue(self, event: HardwareEvent) -> None:
        self._events.append(event)
        self._event_arrived.set()

    def _recover(self) -> None:
        power_loss = self._context.boot_reason in _AFTER_POWER_LOSS
        for path in self.paths.values():
            path.start_pause()  # how long the EV has been without power is not known
        self.charging.recover(StopReason.POWER_LOSS if power_loss else StopReason.REBOOT)
        self.reservations.start()
        self.limiter.refresh()
        self.schedule.start()

    def boot_accepted(self) -> None:
        self._service.put("accepted", True)
        self._run_guarded(self.charging.update)

    def disconnected(self) -> None:
        """A station that was accepted before is in service again while it is offline. B02.FR.03"""
        self._update_soon()

    def reset_scheduled(self, evse_id: int | None) -> None:
        """Transactions may go on; no new one starts. B12.FR.03, B12.FR.07"""
        self.availability.close(Place(evse_id))
        self.connectors.complete_update()

    async def reset_now(self, evse_id: int | None) -> None:
        """End the transactions. B12.FR.04, B12.FR.08"""
        for session in list(self.transactions.ongoing(evse_id)):
            self.charging.end_transaction(session, TriggerReason.RESET_COMMAND, StopReason.IMMEDIATE_RESET)

    async def power_failing(self) -> None:
        """End the transactions with reason PowerLoss while there is power. 1.6, 4.10"""
        for session in list(self.transactions.ongoing()):
            self.charging.end_transaction(session, TriggerReason.ABNORMAL_CONDITION, StopReason.POWER_LOSS)

    async def evse_reset(self, evse_id: int) -> None:
        """The EVSE takes new drivers again."""
        self.availability.reopen(Place(evse_id))
        self._update_evse(evse_id)

    def _in_service(self) -> bool:
        """Whether charging may start: the CSMS has accepted the station, or has done so before and is not connected.

        B02.FR.03, B03.FR.01: earlier transactions would require TxBeforeAcceptedEnabled.
        """
        csms = self._context.csms
        return csms.accepted or (not csms.connected and "accepted" in self._service)

    def _driver_waits(self) -> bool:
        """Whether a driver is being authorized, or has yet to be, or has yet to connect the EV."""
        return self.token_handler.authorizing or any(session.is_starting for session in self.sessions)

    def _handle(self, event: HardwareEvent) -> None:
        if isinstance(event, TokenPresented):
            token = Token(event.id_token, event.type)
            self._context.spawn(self.token_handler.present(token, event.evse_id), "authorization")
        elif isinstance(event, EvsesChosen):
            self.token_handler.evses_chosen(event.evse_ids)
        elif isinstance(event, COMMUNICATION_EVENTS):
            self.communications.handle(event)
        elif isinstance(event, MeasurementChanged):
            self._context.lifecycle.measured.notify()
            self.charging.update(event.evse_id)  # whether energy flows is measured
        elif isinstance(event, ExternalLimitChanged):
            self.external_limits.apply(event)
        else:
            self.charging.update(event.evse_id)

    def _update_soon(self) -> None:
        """Update after the present step, whose event comes first, and not without power."""
        self.timers.set("update of all EVSEs", 0.0, partial(self._run_guarded, self.charging.update))

    def _update_evse(self, evse_id: int) -> None:
        self._run_guarded(partial(self.charging.update, evse_id))

    def _run_guarded(self, action: Callable[[], None]) -> None:
        """Log an error, so that later events are still handled."""
        try:
            action()
        except Exception:
            _log.exception("a hardware event could not be handled")

    def _transaction_started(self, session: ChargingSession, transaction: Transaction) -> None:
        self._context.activity.begin(f"transaction {transaction.id}", session.evse_id)
        self.schedule.begin(session, transaction)

    def _transaction_ended(self, session: ChargingSession, transaction: Transaction) -> None:
        self._context.activity.end(f"transaction {transaction.id}")
        self.schedule.end(transaction)
        self.communications.transaction_ended(session)


def _connector_types(product: Product) -> dict[Place, str]:
    return {Place(evse.id, connector.id): connector.type for evse in product.evses for connector in evse.connectors}
