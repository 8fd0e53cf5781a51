"""The operator as a case uses it: every action has a timeout, is recorded, can be undone, and marks the inbox."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from math import inf
from types import MappingProxyType
from typing import Final

import msgspec

from plugfest.lab.csms.inbox import Inbox
from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.ports import Commissioning, OperatorDriver
from plugfest.lab.recording.record import Record
from plugfest.lab.settings import Token
from plugfest.lab.verdict import NotCapable, OperatorFailed, OperatorTooSlow

NOTHING: Final[Mapping[Capability, str]] = MappingProxyType({})


class Operator:
    """Wraps an OperatorDriver for one campaign.

    Raises:
        OperatorFailed: by every action that fails or takes longer than `timeout` seconds.
    """

    def __init__(self, driver: OperatorDriver, inbox: Inbox, record: Record, *, timeout: float) -> None:
        self._driver = driver
        self._inbox = inbox
        self._record = record
        self._timeout = timeout
        self.plugged: dict[tuple[int, int], set[str]] = {}  # the ends of each cable that are plugged in
        self.parked: set[int] = set()
        self.suspended: set[int] = set()
        self.prepared: set[int] = set()  # the EVSEs with an EV that communicates
        self.faulted: set[tuple[int, int]] = set()
        self.jammed: set[tuple[int, int]] = set()
        self.measured: set[tuple[str, str, int | None]] = set()  # component, variable, EVSE
        self.presented: set[int] = set()  # the EVSEs with a driver whose authorization may be pending
        self.network_cut = False
        self.externally_limited: set[int | None] = set()  # EVSEs; None: the station
        self.unavailable: set[Capability] = set()  # the storage that was made unavailable
        self.cannot: dict[Capability, str] = {}
        """What the operator has no means for, with the reason. It is not requested."""
        self._done: set[Capability] = set()
        self._acted = self._restored = False  # since the case began; after the last action
        self.actions: list[OperatorAction] = []
        """The actions that were done, or may have been done, and that rules know, in order."""
        self.on_possible_change: Callable[[], None] = lambda: None
        """Called before each action, and when the station is idle again."""
        self.last_acted = -inf
        """The loop time at which the last action of any kind ended, or failed."""

    @property
    def can_commission(self) -> bool:
        """Whether the operator can commission a station."""
        return self._driver.can_commission and Capability.COMMISSION not in self.cannot

    async def ask_what_is_missing(
        self, excluded: Iterable[Capability] = (), not_provided: Mapping[Capability, str] = NOTHING
    ) -> None:
        """Ask the driver once what it cannot do.

        `excluded`: what it cannot do in any case; `not_provided`: what the user has not given to the lab, and why.
        """
        missing = {**not_provided, **dict.fromkeys(excluded, "excluded by the user"), **await self._driver.missing()}
        self.cannot = {one: f"the operator cannot {one.description}: {reason}" for one, reason in missing.items()}
        if not self._driver.can_commission:
            self.cannot[Capability.COMMISSION] = f"the operator cannot {Capability.COMMISSION.description}"

    def note_restored(self) -> None:
        """The station was found idle after the last action."""
        self._restored = True
        self.presented.clear()
        self.on_possible_change()

    def begin_case(self) -> None:
        """A case begins. Of earlier actions only those matter after which the station was not idle."""
        self._acted = self._acted and not self._restored

    async def confirms_actions(self) -> bool:
        """Whether the driver confirms the actions that may have an effect on this case. True if there was none."""
        if not self._acted:
            return True
        try:
            async with asyncio.timeout(self._timeout):
                return await self._driver.confirms_actions()
        except (TimeoutError, OperatorFailed):
            return False

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        self.plugged[evse_id, connector_id] = {"ev", "evse"}
        await self._perform(
            Capability.PLUG_IN,
            lambda: self._driver.plug_in(evse_id, connector_id, seated=seated),
            "plug in",
            lambda: self.plugged.pop((evse_id, connector_id)),
            note=OperatorAction(kind=ActionKind.PLUG_IN, evse_id=evse_id, connector_id=connector_id, seated=seated),
        )

    async def unplug(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        await self._perform(
            Capability.UNPLUG if side == "both" else Capability.UNPLUG_ONE_END,
            lambda: self._driver.unplug(evse_id, connector_id, side=side),
            "unplug",
            note=OperatorAction(kind=ActionKind.UNPLUG, evse_id=evse_id, connector_id=connector_id, side=side),
        )
        left = self.plugged.pop((evse_id, connector_id), set()) - {side}
        if left and side != "both":
            self.plugged[evse_id, connector_id] = left

    async def present_token(self, token: Token, evse_id: int) -> None:
        before = set(self.presented)
        self.presented |= {evse_id} if token.status == "Accepted" else set()
        await self._perform(
            Capability.PRESENT_TOKEN,
            lambda: self._driver.present_token(token, evse_id),
            "present a token",
            lambda: setattr(self, "presented", before),
            note=OperatorAction(kind=ActionKind.PRESENT_TOKEN, evse_id=evse_id, token=token),
        )

    async def park(self, evse_id: int) -> None:
        self.parked.add(evse_id)
        await self._perform(
            Capability.PARK,
            lambda: self._driver.park(evse_id),
            "park",
            lambda: self.parked.discard(evse_id),
            note=OperatorAction(kind=ActionKind.PARK, evse_id=evse_id),
        )

    async def leave(self, evse_id: int) -> None:
        await self._perform(
            Capability.PARK,
            lambda: self._driver.leave(evse_id),
            "leave the parking bay",
            note=OperatorAction(kind=ActionKind.LEAVE, evse_id=evse_id),
        )
        self.parked.discard(evse_id)

    async def ev_suspend(self, evse_id: int) -> None:
        self.suspended.add(evse_id)
        await self._perform(
            Capability.EV_SUSPEND,
            lambda: self._driver.ev_suspend(evse_id),
            "suspend at the EV",
            lambda: self.suspended.discard(evse_id),
        )

    async def ev_resume(self, evse_id: int) -> None:
        await self._perform(Capability.EV_SUSPEND, lambda: self._driver.ev_resume(evse_id), "resume charging at the EV")
        self.suspended.discard(evse_id)

    async def ev_prepare(self, evse_id: int, ev: CommunicatingEv | None) -> None:
        before = set(self.prepared)
        self.prepared.add(evse_id)
        await self._perform(
            Capability.EV_PREPARE,
            lambda: self._driver.ev_prepare(evse_id, ev),
            "bring an EV that communicates by ISO 15118" if ev else "bring an EV that does not communicate",
            lambda: setattr(self, "prepared", before),
            note=OperatorAction(
                kind=ActionKind.EV_PREPARE,
                evse_id=evse_id,
                contract=None if ev is None or ev.contract is None else ev.contract.chain,
            ),
        )
        if ev is None:
            self.prepared.discard(evse_id)

    async def ev_renegotiate(self, evse_id: int, *, energy: int, departure: int) -> None:
        await self._perform(
            Capability.EV_RENEGOTIATE,
            lambda: self._driver.ev_renegotiate(evse_id, energy=energy, departure=departure),
            "renegotiate at the EV",
        )

    async def ev_stop(self, evse_id: int) -> None:
        await self._perform(
            Capability.EV_STOP,
            lambda: self._driver.ev_stop(evse_id),
            "end the session at the EV",
            note=OperatorAction(kind=ActionKind.EV_STOP, evse_id=evse_id),
        )

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        place = (evse_id, connector_id)
        before = set(self.faulted)
        self.faulted.add(place)
        await self._perform(
            Capability.FAULT,
            lambda: self._driver.fault(evse_id, connector_id, present=present),
            "cause a fault" if present else "clear a fault",
            lambda: setattr(self, "faulted", before),
            note=OperatorAction(
                kind=ActionKind.FAULT if present else ActionKind.CLEAR_FAULT, evse_id=evse_id, connector_id=connector_id
            ),
        )
        if not present:
            self.faulted.discard(place)

    async def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        place = (evse_id, connector_id)
        before = set(self.jammed)
        self.jammed.add(place)
        await self._perform(
            Capability.JAM_LOCK,
            lambda: self._driver.jam_lock(evse_id, connector_id, jammed=jammed),
            "block a lock" if jammed else "release a lock",
            lambda: setattr(self, "jammed", before),
            note=OperatorAction(
                kind=ActionKind.JAM_LOCK if jammed else ActionKind.RELEASE_LOCK,
                evse_id=evse_id,
                connector_id=connector_id,
            ),
        )
        if not jammed:
            self.jammed.discard(place)

    async def set_measured_value(self, component: str, variable: str, evse_id: int | None, value: float | None) -> None:
        """`value` None: the value becomes what it was before."""
        measured = (component, variable, evse_id)
        before = set(self.measured)
        self.measured.add(measured)
        await self._perform(
            Capability.SET_MEASURED_VALUE,
            lambda: self._driver.set_measured_value(component, variable, evse_id, value),
            f"change {component}.{variable}",
            lambda: setattr(self, "measured", before),
            note=OperatorAction(
                kind=ActionKind.SET_MEASURED_VALUE, evse_id=evse_id, measured=(component, variable), value=value
            ),
        )
        if value is None:
            self.measured.discard(measured)

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        await self._perform(
            Capability.CHOOSE_SESSIONS, lambda: self._driver.choose_sessions(evse_ids), "select sessions in the menu"
        )

    async def display_shows(self, text: str, seconds: float) -> bool:
        """Whether the display shows a text at some time within so many seconds. The station is only observed."""
        shown = False

        async def watch() -> None:
            nonlocal shown
            shown = await self._driver.display_shows(text, seconds)

        await self._perform(Capability.READ_DISPLAY, watch, "read the display", observes=True)
        return shown

    async def store_customer(self, identifier: str) -> None:
        await self._perform(
            Capability.STORE_CUSTOMER, lambda: self._driver.store_customer(identifier), "store a customer's data"
        )

    async def customer_storage(self, *, available: bool) -> None:
        await self._storage(
            Capability.CUSTOMER_STORAGE,
            lambda: self._driver.customer_storage(available=available),
            "customer information",
            available=available,
        )

    async def log_storage(self, *, available: bool) -> None:
        await self._storage(
            Capability.LOG_STORAGE, lambda: self._driver.log_storage(available=available), "logs", available=available
        )

    async def _storage(
        self, storage: Capability, action: Callable[[], Awaitable[None]], data: str, *, available: bool
    ) -> None:
        before = set(self.unavailable)
        self.unavailable.add(storage)
        await self._perform(
            storage,
            action,
            f"make the {data} {'available' if available else 'unavailable'}",
            lambda: setattr(self, "unavailable", before),
        )
        if available:
            self.unavailable.discard(storage)

    async def external_limit(self, watts: float | None, evse_id: int | None = None) -> None:
        """Limit the power of an EVSE or of the station beside the CSMS, in W, or release the limit (None)."""
        before = set(self.externally_limited)
        self.externally_limited.add(evse_id)
        await self._perform(
            Capability.EXTERNAL_LIMIT,
            lambda: self._driver.external_limit(watts, evse_id),
            "release the external limit" if watts is None else "set an external limit",
            lambda: setattr(self, "externally_limited", before),
            note=OperatorAction(kind=ActionKind.EXTERNAL_LIMIT, evse_id=evse_id),
        )
        if watts is None:
            self.externally_limited.discard(evse_id)

    async def power_cycle(self) -> None:
        await self._perform(
            Capability.POWER_CYCLE,
            lambda: self._driver.power_cycle(),
            "switch the station off and on",
            note=OperatorAction(kind=ActionKind.POWER_OFF),
        )

    async def commission(self, commissioning: Commissioning) -> None:
        await self._perform(
            Capability.COMMISSION,
            lambda: self._driver.commission(commissioning),
            "commission the station",
            note=OperatorAction(kind=ActionKind.COMMISSION),
        )

    async def network(self, *, up: bool) -> None:
        before, self.network_cut = self.network_cut, not up
        await self._perform(
            Capability.NETWORK,
            lambda: self._driver.network(up=up),
            "connect the network" if up else "disconnect the network",
            lambda: setattr(self, "network_cut", before),
            note=None if up else OperatorAction(kind=ActionKind.NETWORK_DOWN),
        )

    async def clear_faults(self) -> None:
        """Connect the network, clear the faults, release the locks, external limits, the storage and the sensors."""
        if self.network_cut:
            await self.network(up=True)
        for limited in sorted(self.externally_limited, key=str):
            await self.external_limit(None, limited)
        if Capability.CUSTOMER_STORAGE in self.unavailable:
            await self.customer_storage(available=True)
        if Capability.LOG_STORAGE in self.unavailable:
            await self.log_storage(available=True)
        for evse_id, connector_id in sorted(self.jammed):
            await self.jam_lock(evse_id, connector_id, jammed=False)
        for evse_id, connector_id in sorted(self.faulted):
            await self.fault(evse_id, connector_id, present=False)
        for component, variable, place in sorted(self.measured, key=str):
            await self.set_measured_value(component, variable, place, None)

    async def remove_evs(self) -> None:
        """Resume every EV, unplug every cable, clear every parking bay, and have the next EV not communicate."""
        for evse_id in sorted(self.suspended):
            await self.ev_resume(evse_id)
        for evse_id, connector_id in sorted(self.plugged):
            await self.unplug(evse_id, connector_id)
        for evse_id in sorted(self.parked):
            await self.leave(evse_id)
        for evse_id in sorted(self.prepared):
            await self.ev_prepare(evse_id, None)

    async def _perform(
        self,
        capability: Capability,
        action: Callable[[], Awaitable[None]],
        what: str,
        not_done: Callable[[], object] = lambda: None,
        note: OperatorAction | None = None,
        *,
        observes: bool = False,
    ) -> None:
        """Have the driver do an action within the timeout, and record `note`.

        `observes`: the station does not notice it, so that no message can follow from it.
        `not_done` is called if the action has failed; it is not called after a timeout, because the action may have
        been done.
        """
        if capability in self.cannot:
            not_done()
            raise OperatorFailed(self.cannot[capability])
        self._acted, self._restored = True, False
        self.on_possible_change()
        if not observes:
            self._inbox.set_mark()
        loop = asyncio.get_running_loop()
        began, frame, ended = loop.time(), len(self._record), inf
        try:
            async with asyncio.timeout(self._timeout):
                await action()
            ended = loop.time()
            self._done.add(capability)
        except TimeoutError:
            raise OperatorTooSlow(f"the operator did not {what} within {self._timeout:g} s") from None
        except OperatorTooSlow:
            raise
        except OperatorFailed as error:
            note = None
            not_done()
            if isinstance(error, NotCapable) and capability not in self._done:  # not only for this EVSE or token
                self.cannot[capability] = f"the operator cannot {capability.description}: {error}"
            raise
        finally:
            self.last_acted = self.last_acted if observes else loop.time()
            if note is not None:
                self.actions.append(msgspec.structs.replace(note, began=began, ended=ended, frame=frame))
