"""Stations with smart charging: other composite schedules, other limits, and less of what is optional."""

from typing import Any

import msgspec

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.products import Product
from plugfest.rig.selftest.behaviours.behaviour import Patch
from plugfest.rig.selftest.variants import charging_limits
from plugfest.rig.selftest.variants.changes import changing, or_else
from plugfest.rig.selftest.variants.message_filter import MessageFilter
from plugfest.rig.selftest.variants.variant import Variant, permitted_v16
from plugfest.station.blocks.k_smart_charging import v16 as block

_replace = msgspec.structs.replace


def _schedule(change: Any) -> MessageFilter:
    """Changes the schedule of each GetCompositeSchedule.conf."""

    def changed_response(response: m.GetCompositeScheduleResponse) -> m.GetCompositeScheduleResponse:
        schedule = response.charging_schedule
        return response if schedule is UNSET else _replace(response, charging_schedule=change(schedule))

    return changing(m.GetCompositeScheduleResponse, changed_response)


def _periods(change: Any) -> MessageFilter:
    """Changes each period of each GetCompositeSchedule.conf."""
    return _schedule(
        lambda schedule: _replace(
            schedule, charging_schedule_period=[change(period) for period in schedule.charging_schedule_period]
        )
    )


def _without_default_phases(period: t.ChargingSchedulePeriod) -> t.ChargingSchedulePeriod:
    return _replace(period, number_phases=UNSET) if period.number_phases == 3 else period


def _with_default_phases(period: t.ChargingSchedulePeriod) -> t.ChargingSchedulePeriod:
    return _replace(period, number_phases=or_else(period.number_phases, 3))


def _in_whole_seconds(response: m.GetCompositeScheduleResponse) -> m.GetCompositeScheduleResponse:
    start = response.schedule_start
    return response if start is UNSET else _replace(response, schedule_start=start.replace(microsecond=0))


def _few(product: Product) -> Product | None:
    if not product.named("Smart Charging"):
        return None
    few = {"ORS-14": 1, "ORS-15": 5, "ORS-19": 3}
    return _replace(product, answered={**product.answered, **few})


VARIANTS: tuple[Variant, ...] = (
    permitted_v16(
        "composite schedules with a period for each minute",
        "section 5.7",
        "a limit may be repeated in a further period",
        Patch(block, "schedule_periods", charging_limits.periods_of(60)),
    ),
    permitted_v16(
        "composite schedules in steps of 2 s",
        "sections 3.13.3 and 5.7",
        "limits may begin within the tolerance, a lower one earlier",
        Patch(block, "schedule_periods", charging_limits.starts_in_steps_of(2)),
    ),
    permitted_v16(
        "composite schedules without numberPhases where it is 3",
        "section 7.14",
        "the field is optional; 3 is the default",
        filter=_periods(_without_default_phases),
    ),
    permitted_v16(
        "composite schedules with the default numberPhases",
        "section 7.14",
        "3 is the default",
        filter=_periods(_with_default_phases),
    ),
    permitted_v16(
        "composite schedules that start at a whole second",
        "section 5.7",
        "no precision is required",
        filter=changing(m.GetCompositeScheduleResponse, _in_whole_seconds),
    ),
    permitted_v16(
        "a grid connection of 13 A",
        "sections 3.13.3 and 3.13.5",
        "the limit of the station itself may be below that of a profile",
        *charging_limits.grid_connection_of(13.0),
    ),
    permitted_v16(
        "signals a new limit to the EV in 10 s",
        "section 3.13",
        "OCPP sets no time",
        charging_limits.applies_limits_after(charging_limits.REACTION),
    ),
    permitted_v16(
        "limits in A only",
        "section 9.4, ChargingScheduleAllowedChargingRateUnit",
        "one unit is enough",
        product=charging_limits.supporting(["SC-1.1"], ["SC-1.2"]),
    ),
    permitted_v16(
        "limits in W only",
        "section 9.4, ChargingScheduleAllowedChargingRateUnit",
        "one unit is enough",
        product=charging_limits.supporting(["SC-1.2"], ["SC-1.1"]),
    ),
    permitted_v16(
        "few stack levels, periods and charging profiles",
        "section 9.4",
        "the station chooses the maximum values",
        product=_few,
    ),
    permitted_v16(
        "no switch between three phases and one",
        "section 9.4, ConnectorSwitch3to1PhaseSupported",
        "the key is optional",
        product=charging_limits.without_phase_switching,
    ),
)
