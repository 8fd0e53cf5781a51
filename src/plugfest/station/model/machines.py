"""Puts the model of one power cycle together and lets it hear the hardware."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from plugfest.hardware.ports import EvsesChosen, HardwareEvent, TokenPresented
from plugfest.station.abilities import Ability, can
from plugfest.station.boot import BootReason
from plugfest.station.context import Context
from plugfest.station.manners import manners_of
from plugfest.station.model.authorizer import Authorizer
from plugfest.station.model.availability import Availability, Place
from plugfest.station.model.charging import Charging
from plugfest.station.model.connectors import Connectors
from plugfest.station.model.events import StopReason, Trigger
from plugfest.station.model.local_list import LocalList
from plugfest.station.model.power_path import PowerPath
from plugfest.station.model.reception import Abilities, Reception
from plugfest.station.model.reservations import Reservations
from plugfest.station.model.sampling import Sampler
from plugfest.station.model.schedule import Schedule
from plugfest.station.model.settings import (
    ChargingSettings,
    authorization_settings,
    cache_settings,
    charging_settings,
    meter_settings,
)
from plugfest.station.model.smart_charging.installed import Profiles
from plugfest.station.model.smart_charging.limiter import Limiter
from plugfest.station.model.teller import Teller
from plugfest.station.model.timers import Timers
from plugfest.station.model.token_cache import TokenCache
from plugfest.station.model.tokens import Token
from plugfest.station.model.transactions import Transactions
from plugfest.station.model.triggers import Triggers
from plugfest.station.model.visit import Transaction, Visit
from plugfest.station.model.visits import Visits

_log = logging.getLogger(__name__)

_AFTER_POWER_LOSS = frozenset({BootReason.POWER_UP, BootReason.UNKNOWN, BootReason.WATCHDOG})


def register(context: Context) -> None:
    """Add the machines of the model to the context. They begin to work as soon as the blocks are there."""
    crew = Crew(context)
    for machine in (
        crew.visits,
        crew.sampler,
        crew.teller,
        crew.transactions,
        crew.availability,
        crew.connectors,
        crew.authorizer,
        crew.local_list,
        crew.reservations,
        crew.profiles,
        crew.limiter,
        crew.charging,
        crew.reception,
        crew.timers,
        crew.schedule,
        Triggers(),
    ):
        context.machines.add(machine)
    context.lifecycle.boot_accepted.add(crew.accepted)
    context.lifecycle.reset_scheduled.add(crew.reset_scheduled)
    context.lifecycle.reset_now.add(crew.reset_now)
    context.lifecycle.evse_reset.add(crew.evse_reset)
    context.lifecycle.mains_lost.add(crew.mains_lost)
    context.spawn(crew.work(), "hearing the hardware")


class Crew:
    """The machines of one power cycle, and what moves them."""

    def __init__(self, context: Context) -> None:
        hardware, store, device_model = context.hardware, context.store, context.device_model
        self._context = context
        self._manners = manners_of(context.product.ocpp_version)
        settings = partial(charging_settings, device_model, waits_for_ever=self._manners.waits_for_ever)
        self._service = store.records("service", bool)
        self._heard: asyncio.Queue[HardwareEvent] = asyncio.Queue()
        self.timers = Timers(context.spawn)
        self.visits = Visits(store, list(hardware.evses))
        self.sampler = Sampler(partial(meter_settings, device_model), context.now)
        self.teller = Teller(store, self.visits, self.sampler, context.now, lambda: context.csms.online)
        self.paths = {
            evse_id: PowerPath(f"EVSE {evse_id}", evse, self.timers, partial(self._look, evse_id))
            for evse_id, evse in hardware.evses.items()
        }
        self.transactions = Transactions(self.visits, self.paths, self.teller, settings)
        self.availability = Availability(store, lambda evse_id: any(self.transactions.ongoing(evse_id)))
        self.connectors = Connectors(hardware, self.availability)
        self.reservations = Reservations(store, self.visits, self.connectors, self.timers, context.now)
        self.reservations.on_change.append(lambda: self._guard(self.charging.look_around))
        self.transactions.on_place(self.reservations.used)
        self.profiles = Profiles(store)
        self.limiter = Limiter(self.profiles, self.visits, self.paths, self.timers, context.now, self._look)
        self.profiles.on_change.append(self.limiter.refresh)
        self.transactions.on_place(self.profiles.begin)
        self.transactions.on_end(self.profiles.end)
        self.connectors.on_settled(self.limiter.follow)
        self.local_list = LocalList(
            store, lambda: device_model.boolean("LocalAuthListCtrlr", "Enabled", default=False), context.now
        )
        self.authorizer = Authorizer(
            TokenCache(
                store,
                context.now,
                partial(cache_settings, device_model, remembers_expired=self._manners.remembers_expired),
            ),
            partial(authorization_settings, device_model),
            lambda: context.csms.online,
        )
        self.authorizer.local_list = self.local_list.lookup
        self.charging = self._charging(settings)
        self.reception = self._reception(settings)
        self.schedule = Schedule(hardware, self.sampler, self.transactions, self.visits, self.timers, context.now)
        self.schedule.follow(device_model)
        self.transactions.on_place(self._transaction_placed)
        self.transactions.on_end(self._transaction_ended)

    def _charging(self, settings: Callable[[], ChargingSettings]) -> Charging:
        return Charging(
            hardware=self._context.hardware,
            visits=self.visits,
            paths=self.paths,
            transactions=self.transactions,
            connectors=self.connectors,
            timers=self.timers,
            settings=settings,
            in_service=self._in_service,
            needs_authorization=lambda: self.authorizer.enabled,
        )

    def _reception(self, settings: Callable[[], ChargingSettings]) -> Reception:
        return Reception(
            hardware=self._context.hardware,
            visits=self.visits,
            charging=self.charging,
            connectors=self.connectors,
            authorizer=self.authorizer,
            reservations=self.reservations,
            settings=settings,
            in_service=self._in_service,
            timers=self.timers,
            abilities=Abilities(
                starts_locally=can(self._context.product, Ability.STARTS_LOCALLY),
                stops_locally=can(self._context.product, Ability.STOPS_LOCALLY),
                offers_choice=can(self._context.product, Ability.MENU_OF_TRANSACTIONS),
            ),
            manners=self._manners,
        )

    async def work(self) -> None:
        """Hear the hardware until the power goes. Then the contactors have nothing that holds them."""
        stop_listening = self._context.hardware.listen(self._heard.put_nowait)
        try:
            self._guard(self._recover)
            while True:
                self._guard(partial(self._handle, await self._heard.get()))
        finally:
            stop_listening()
            for path in self.paths.values():
                path.halt()

    def _recover(self) -> None:
        power_loss = self._context.boot_reason in _AFTER_POWER_LOSS
        self.charging.recover(StopReason.POWER_LOSS if power_loss else StopReason.REBOOT)
        self.reservations.start()
        self.limiter.refresh()
        self.schedule.start()

    # What happens to the station

    def accepted(self) -> None:
        """The CSMS has accepted the station."""
        self._service.put("accepted", True)
        self._guard(self.charging.look_around)

    def reset_scheduled(self, evse_id: int | None) -> None:
        """B12.FR.03, B12.FR.07: those who charge may go on, nobody new begins."""
        self.availability.close(Place(evse_id))
        self.connectors.settled()

    async def reset_now(self, evse_id: int | None) -> None:
        """B12.FR.04, B12.FR.08"""
        for visit in list(self.transactions.ongoing(evse_id)):
            self.charging.end(visit, Trigger.RESET_COMMAND, StopReason.IMMEDIATE_RESET)

    async def mains_lost(self) -> None:
        """1.6, 4.10: whoever still can says why it is over."""
        for visit in list(self.transactions.ongoing()):
            self.charging.end(visit, Trigger.ABNORMAL_CONDITION, StopReason.POWER_LOSS)

    async def evse_reset(self, evse_id: int) -> None:
        self.availability.reopen(Place(evse_id))
        self._look(evse_id)

    def _in_service(self) -> bool:
        """Whether anybody may begin to charge: no CSMS that hesitates, and one that has accepted the station before.

        B02.FR.03, B03.FR.01: transactions before that would be possible with TxBeforeAcceptedEnabled only.
        """
        csms = self._context.csms
        return csms.accepted or (not csms.connected and "accepted" in self._service)

    def _handle(self, event: HardwareEvent) -> None:
        if isinstance(event, TokenPresented):
            token = Token(event.id_token, event.type)
            self._context.spawn(self.reception.present(token, event.evse_id), "authorization")
        elif isinstance(event, EvsesChosen):
            self.reception.chosen(event.evse_ids)
        else:
            self.charging.look(event.evse_id)

    def _look(self, evse_id: int) -> None:
        self._guard(partial(self.charging.look, evse_id))

    def _guard(self, action: Callable[[], None]) -> None:
        """One thing that goes wrong must not make the station deaf."""
        try:
            action()
        except Exception:
            _log.exception("the hardware told something that could not be handled")

    def _transaction_placed(self, visit: Visit, transaction: Transaction) -> None:
        self._context.activity.begin(f"transaction {transaction.id}", visit.evse_id)
        self.schedule.begin(visit, transaction)

    def _transaction_ended(self, visit: Visit, transaction: Transaction) -> None:
        self._context.activity.end(f"transaction {transaction.id}")
        self.schedule.end(transaction)
