"""Charging schedules that are negotiated with EVs (K15 to K17), in any OCPP version."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from plugfest.hardware.communication import ChargingNeeds, NeedsSent, PowerLimit, Schedule, ScheduleChosen
from plugfest.light_event import LightEvent
from plugfest.station.blocks.k_smart_charging.ev_schedule_rules import (
    is_same_plan,
    is_within,
    on_phases,
    remaining,
    schedule_for_ev,
)
from plugfest.station.blocks.k_smart_charging.station_limits import rate_units
from plugfest.station.context import Context
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.composite import Interval, Limit
from plugfest.station.model.smart_charging.ev_plans import PlannedLimits
from plugfest.station.model.smart_charging.limiter import Limiter
from plugfest.station.model.smart_charging.profile import ChargingProfile, ProfilePurpose, RateUnit
from plugfest.station.model.transactions.transactions import Transactions

PROFILE_TIMEOUT: Final = 55.0
"""Seconds to wait for the charging profile of the CSMS: an EV waits for 60 s (K15, error handling)."""

HORIZON: Final = 24 * 3600.0
"""Seconds of a schedule for an EV that sends no time of departure."""

_log = logging.getLogger(__name__)

ReportNeeds = Callable[[int, ChargingNeeds], Awaitable[bool]]
"""Sends what the EV at an EVSE needs. Returns whether the CSMS is about to send a charging profile."""


class EvPlan(msgspec.Struct, frozen=True):
    """What an EV plans to draw: limits from `start` on, for `duration` seconds.

    `schedule_id`, `unit`: of the schedule of the CSMS that the EV has chosen.
    """

    evse_id: int
    schedule_id: int
    start: datetime
    limits: tuple[Interval, ...]
    duration: float
    unit: RateUnit


class _Offer(msgspec.Struct, frozen=True):
    """Schedules that were offered to an EV with these needs at a time of the loop. They are numbered from 1."""

    at: float
    needs: ChargingNeeds
    schedules: tuple[Schedule, ...]

    def elapsed(self) -> float:
        return asyncio.get_running_loop().time() - self.at


class _Waiting(msgspec.Struct, frozen=True):
    """An EV that waits for a profile of the CSMS, and the profiles of its transaction before."""

    before: tuple[ChargingProfile, ...]
    received: LightEvent


class EvSchedules:
    """Offers each EV the composite schedules of its EVSE. `report_plan`: sends what the EV has chosen."""

    def __init__(self, context: Context, report_needs: ReportNeeds, report_plan: Callable[[EvPlan], None]) -> None:
        self._context = context
        self._report_needs = report_needs
        self._report_plan = report_plan
        self._ports = context.hardware.communications
        self._profiles = context.shared.get(ChargingProfiles)
        self._negotiations: dict[int, asyncio.Task[None]] = {}
        self._waiting: dict[int, _Waiting] = {}
        self._offered: dict[int, _Offer] = {}
        self._asked_again: set[int] = set()
        """EVSEs whose EV renegotiates because its plan exceeded its schedule."""

    def begin(self) -> None:
        communications = self._context.shared.get(EvCommunications)
        communications.needs_sent.add(self._needs_sent)
        communications.schedule_chosen.add(self._chosen)
        communications.session_stopped.add(lambda request: self._forget(request.evse_id))
        communications.session_set_up.add(lambda request: self._forget(request.evse_id))
        self._context.shared.get(Transactions).on_end(self._transaction_ended)
        # The answer to the request that has changed the profiles comes before the plan of the EV.
        self._profiles.on_change.append(lambda: self._context.handlers.after_response(self._profiles_changed))

    def _transaction_ended(self, session: ChargingSession, _: Transaction) -> None:
        if session.evse_id is not None:
            self._remember(None, session.evse_id)

    def _forget(self, evse_id: int) -> None:
        self._cancel_negotiation(evse_id)
        self._offered.pop(evse_id, None)
        self._asked_again.discard(evse_id)
        self._remember(None, evse_id)

    def _cancel_negotiation(self, evse_id: int) -> None:
        negotiation = self._negotiations.pop(evse_id, None)
        if negotiation is not None:
            negotiation.cancel()
        self._waiting.pop(evse_id, None)

    # The needs of an EV

    def _needs_sent(self, request: NeedsSent) -> None:
        self._cancel_negotiation(request.evse_id)
        if request.requested:
            self._offer(request.evse_id, request.needs)  # K16.FR.03, K16.FR.09
            return
        self._negotiations[request.evse_id] = self._context.spawn(
            self._negotiate(request.evse_id, request.needs), "charging needs"
        )

    async def _negotiate(self, evse_id: int, needs: ChargingNeeds) -> None:
        """K15.FR.01, K17.FR.01. Without a charging profile in time the EV gets what the EVSE can deliver."""
        waiting = self._waiting[evse_id] = _Waiting(self._of_transaction(evse_id), LightEvent())
        if self._context.csms.online and await self._report_needs(evse_id, needs):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PROFILE_TIMEOUT):
                    await waiting.received.wait()
        self._waiting.pop(evse_id, None)
        self._offer(evse_id, needs)  # K15.FR.15, K17.FR.15

    def _offer(self, evse_id: int, needs: ChargingNeeds) -> None:
        schedules = self._schedules(evse_id, needs, needs.departure or HORIZON)
        self._offered[evse_id] = _Offer(asyncio.get_running_loop().time(), needs, schedules)
        self._ports[evse_id].offer_schedules(schedules)

    def _schedules(self, evse_id: int, needs: ChargingNeeds, duration: float) -> tuple[Schedule, ...]:
        """A composite schedule for each schedule of the profiles of the transaction, three at most. K15.FR.22"""
        count = max((len(profile.choices) for profile in self._of_transaction(evse_id)), default=0)
        limiter = self._context.shared.get(Limiter)
        return tuple(
            schedule_for_ev(
                number + 1,
                limiter.schedule(evse_id, duration, number),
                duration,
                phases=needs.phases,
                max_limits=needs.max_limits,
            )
            for number in range(count or 1)
        )

    # The plan of an EV

    def _chosen(self, request: ScheduleChosen) -> None:
        """K15.FR.09, K15.FR.10, K15.FR.19; K16.FR.04, K16.FR.05, K16.FR.13; K17.FR.09, K17.FR.10, K17.FR.16"""
        offer = self._offered.get(request.evse_id)
        if offer is None:
            return
        schedule = next((each for each in offer.schedules if each.id == request.schedule_id), None)
        left = None if schedule is None else remaining(schedule, offer.elapsed())
        exceeds = left is None or not is_within(request.profile or left.limits, left.limits)
        if exceeds and request.evse_id not in self._asked_again:
            _log.info("the plan of the EV at EVSE %d exceeds its schedule", request.evse_id)
            self._asked_again.add(request.evse_id)
            self._ports[request.evse_id].renegotiate()
            return
        self._asked_again.discard(request.evse_id)
        if schedule is not None and left is not None:
            transaction = self._context.shared.get(ChargingSessions).at(request.evse_id).transaction
            if transaction is not None and len(offer.schedules) > 1:
                self._profiles.choose(transaction.id, schedule.id - 1)
            plan = self._plan(request, offer, schedule)
            self._remember(plan if request.profile else None, request.evse_id)
            self._report_plan(plan)

    def _remember(self, plan: EvPlan | None, evse_id: int) -> None:
        """The plan counts in composite schedules until the EV has another one. K15.FR.14, K16.FR.10, K17.FR.14"""
        limits = None if plan is None else PlannedLimits(plan.start, plan.limits, plan.duration)
        self._context.shared.get(Limiter).ev_plans.set(evse_id, limits)

    def _plan(self, request: ScheduleChosen, offer: _Offer, schedule: Schedule) -> EvPlan:
        """The plan of the EV from now on, or the schedule that it has chosen from its offer on."""
        elapsed = offer.elapsed()
        start = self._context.now() if request.profile else self._context.now() - timedelta(seconds=elapsed)
        duration = schedule.duration or HORIZON
        limiting = self._limiting_profile(request.evse_id)
        own = limiting is not None and limiting.purpose is ProfilePurpose.TX
        return EvPlan(
            evse_id=request.evse_id,
            schedule_id=limiting.schedule.id if limiting is not None and own else schedule.id,
            start=start,
            limits=self._on_phases(request.evse_id, offer.needs, request.profile or schedule.limits),
            duration=duration - elapsed if request.profile else duration,
            unit=self._preferred_unit() if limiting is None else limiting.schedule.unit,
        )

    def _on_phases(self, evse_id: int, needs: ChargingNeeds, limits: tuple[PowerLimit, ...]) -> tuple[Interval, ...]:
        """The limits with the phases that the EV uses now."""
        allowed = self._context.shared.get(Limiter).schedule(evse_id, 1.0)[0].limit
        phases = on_phases(allowed, needs.phases).phases
        return tuple(Interval(each.start, Limit(each.watts, phases)) for each in limits)

    # The charging profiles

    def _profiles_changed(self) -> None:
        """EVs that wait get their schedules; others renegotiate if a composite schedule differs (K16.FR.02)."""
        for evse_id, waiting in self._waiting.items():
            if any(all(each is not old for old in waiting.before) for each in self._of_transaction(evse_id)):
                waiting.received.set()
        for evse_id, offer in list(self._offered.items()):
            if evse_id not in self._waiting and self._differs(evse_id, offer):
                self._ports[evse_id].renegotiate()

    def _differs(self, evse_id: int, offer: _Offer) -> bool:
        """Whether the EV would be offered other schedules for the time that remains."""
        elapsed = offer.elapsed()
        left = [each for each in (remaining(each, elapsed) for each in offer.schedules) if each is not None]
        if not left or left[0].duration is None:
            return False
        present = self._schedules(evse_id, offer.needs, left[0].duration)
        return len(left) != len(present) or not all(
            is_same_plan(old.limits, new.limits) for old, new in zip(left, present, strict=True)
        )

    def _of_transaction(self, evse_id: int) -> tuple[ChargingProfile, ...]:
        """The profiles of the transaction at an EVSE."""
        transaction = self._context.shared.get(ChargingSessions).at(evse_id).transaction
        if transaction is None:
            return ()
        own = (each for each in self._profiles if each.purpose is ProfilePurpose.TX)
        return tuple(each for each in own if each.transaction_id == transaction.id)

    def _limiting_profile(self, evse_id: int) -> ChargingProfile | None:
        """The profile with the highest priority at an EVSE."""
        here = [
            each for each in self._profiles if each.evse_id in (0, evse_id) and each.purpose is not ProfilePurpose.TX
        ]
        ranked = sorted((*self._of_transaction(evse_id), *here), key=_priority)
        return ranked[-1] if ranked else None

    def _preferred_unit(self) -> RateUnit:
        model = self._context.device_model
        return rate_units(model)[0] if model.has("SmartChargingCtrlr", "RateUnit") else RateUnit.WATT


_PRIORITY: Final = (ProfilePurpose.EXTERNAL, ProfilePurpose.STATION, ProfilePurpose.TX_DEFAULT, ProfilePurpose.TX)


def _priority(profile: ChargingProfile) -> tuple[int, int]:
    return _PRIORITY.index(profile.purpose), profile.stack_level
