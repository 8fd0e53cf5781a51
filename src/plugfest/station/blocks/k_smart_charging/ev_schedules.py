"""Charging schedules that are negotiated with EVs (K15 to K17), in any OCPP version."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import msgspec

from plugfest.hardware.communication import ChargingNeeds, NeedsSent, PowerLimit, Schedule, ScheduleChosen
from plugfest.station.blocks.k_smart_charging.ev_schedule_rules import is_same_plan, is_within, remaining
from plugfest.station.context import Context
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.limiter import Limiter
from plugfest.station.model.smart_charging.profile import ProfilePurpose, RateUnit

PROFILE_TIMEOUT: Final = 55.0
"""Seconds to wait for the charging profile of the CSMS: an EV waits for 60 s (K15, error handling)."""

HORIZON: Final = 24 * 3600.0
"""Seconds of a schedule for an EV that sends no time of departure."""

_SCHEDULE_ID: Final = 1

_log = logging.getLogger(__name__)

ReportNeeds = Callable[[int, ChargingNeeds], Awaitable[bool]]
"""Sends what the EV at an EVSE needs. Returns whether the CSMS is about to send a charging profile."""


class EvPlan(msgspec.Struct, frozen=True):
    """What an EV plans to draw from `start` on. `unit`: of the charging profile that limits it."""

    evse_id: int
    start: datetime
    schedule: Schedule
    unit: RateUnit


class _Offered(msgspec.Struct, frozen=True):
    """A schedule that was offered to an EV, and when."""

    at: datetime
    schedule: Schedule
    again: bool
    """Whether it was offered because the EV did not keep to an earlier one."""


class EvSchedules:
    """Offers each EV the composite schedule of its EVSE. `report_plan`: sends what the EV has chosen."""

    def __init__(self, context: Context, report_needs: ReportNeeds, report_plan: Callable[[EvPlan], None]) -> None:
        self._context = context
        self._report_needs = report_needs
        self._report_plan = report_plan
        self._ports = context.hardware.communications
        self._profiles = context.shared.get(ChargingProfiles)
        self._waiting: dict[int, asyncio.Event] = {}
        self._offered: dict[int, _Offered] = {}
        self._refused: set[int] = set()

    def begin(self) -> None:
        communications = self._context.shared.get(EvCommunications)
        communications.needs_sent.add(self._needs_sent)
        communications.schedule_chosen.add(self._chosen)
        communications.session_stopped.add(lambda request: self._forget(request.evse_id))
        communications.session_set_up.add(lambda request: self._forget(request.evse_id))
        self._profiles.on_change.append(self._profiles_changed)

    def _forget(self, evse_id: int) -> None:
        self._offered.pop(evse_id, None)
        self._refused.discard(evse_id)

    def _needs_sent(self, request: NeedsSent) -> None:
        if request.requested:
            self._offer(request.evse_id, request.needs)  # K16.FR.03, K16.FR.09
        else:
            self._context.spawn(self._negotiate(request.evse_id, request.needs), "charging needs")

    async def _negotiate(self, evse_id: int, needs: ChargingNeeds) -> None:
        """K15.FR.01, K17.FR.01. Without a charging profile in time the EV gets what the EVSE can deliver."""
        profile_set = self._waiting[evse_id] = asyncio.Event()
        try:
            if self._context.csms.online and await self._report_needs(evse_id, needs):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PROFILE_TIMEOUT):
                        await profile_set.wait()
        finally:
            self._waiting.pop(evse_id, None)
        self._offer(evse_id, needs)  # K15.FR.15

    def _offer(self, evse_id: int, needs: ChargingNeeds, *, again: bool = False) -> None:
        schedule = self._composite(evse_id, needs.departure or HORIZON)
        limits = schedule.limits[: needs.max_limits]
        schedule = msgspec.structs.replace(schedule, limits=limits)
        self._offered[evse_id] = _Offered(self._context.now(), schedule, evse_id in self._refused)
        self._ports[evse_id].offer_schedules([schedule])

    def _composite(self, evse_id: int, duration: float) -> Schedule:
        intervals = self._context.shared.get(Limiter).schedule(evse_id, duration)
        limits = tuple(PowerLimit(each.start, each.limit.power) for each in intervals)
        return Schedule(_SCHEDULE_ID, limits, duration)

    def _chosen(self, request: ScheduleChosen) -> None:
        """K15.FR.09, K15.FR.10, K15.FR.19; K16.FR.04, K16.FR.05, K16.FR.13."""
        offered = self._offered.get(request.evse_id)
        if offered is None:
            return
        plan = request.profile or offered.schedule.limits
        if not is_within(plan, offered.schedule.limits) and not offered.again:
            _log.info("the plan of the EV at EVSE %d exceeds its schedule", request.evse_id)
            self._refused.add(request.evse_id)
            self._ports[request.evse_id].renegotiate()
            return
        self._refused.discard(request.evse_id)
        chosen = Schedule(request.schedule_id, plan, offered.schedule.duration)
        self._report_plan(EvPlan(request.evse_id, self._context.now(), chosen, self._unit(request.evse_id)))

    def _profiles_changed(self) -> None:
        """EVs that wait get their schedules; others renegotiate if the composite schedule differs (K16.FR.02)."""
        for profile_set in self._waiting.values():
            profile_set.set()
        for evse_id, offered in list(self._offered.items()):
            elapsed = (self._context.now() - offered.at).total_seconds()
            left = remaining(offered.schedule, elapsed)
            if evse_id in self._waiting or left is None or left.duration is None:
                continue
            if not is_same_plan(left.limits, self._composite(evse_id, left.duration).limits):
                self._ports[evse_id].renegotiate()

    def _unit(self, evse_id: int) -> RateUnit:
        """The unit of the charging profile with the highest priority at an EVSE."""
        here = [profile for profile in self._profiles if profile.evse_id in (0, evse_id)]
        by_purpose = {profile.purpose: profile.schedule.unit for profile in here}
        priority = (ProfilePurpose.TX, ProfilePurpose.TX_DEFAULT, ProfilePurpose.STATION)
        return next((by_purpose[purpose] for purpose in priority if purpose in by_purpose), RateUnit.WATT)
