"""NotifyEVChargingNeeds and NotifyEVChargingSchedule of OCPP 2.0.1 (K15 to K17)."""

import math
from datetime import timedelta
from functools import partial
from typing import Final

from plugfest.hardware.communication import ChargingNeeds
from plugfest.link.errors import LinkError
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.charging_profiles_v201 import period_type
from plugfest.station.blocks.k_smart_charging.ev_schedules import EvPlan, EvSchedules
from plugfest.station.blocks.k_smart_charging.schedules import schedule_periods
from plugfest.station.context import Context, Offline
from plugfest.station.setup.capabilities import Capability, has_capability

_TRANSFERS: Final = {
    0: t.EnergyTransferModeEnumType.DC,
    1: t.EnergyTransferModeEnumType.AC_single_phase,
    2: t.EnergyTransferModeEnumType.AC_two_phase,
    3: t.EnergyTransferModeEnumType.AC_three_phase,
}


def register(context: Context) -> None:
    if has_capability(context.product, Capability.HIGH_LEVEL_COMMUNICATION):
        EvSchedules(context, partial(_report_needs, context), partial(_report_plan, context)).begin()


async def _report_needs(context: Context, evse_id: int, needs: ChargingNeeds) -> bool:
    """K15.FR.01, K15.FR.06"""
    departure = UNSET if needs.departure is None else context.now() + timedelta(seconds=needs.departure)
    charging_needs = t.ChargingNeedsType(
        requested_energy_transfer=_TRANSFERS[needs.phases],
        departure_time=departure,
        ac_charging_parameters=_ac(needs) if needs.phases else UNSET,
        dc_charging_parameters=UNSET if needs.phases else _dc(needs),
    )
    request = m.NotifyEVChargingNeedsRequest(
        charging_needs=charging_needs, evse_id=evse_id, max_schedule_tuples=needs.max_limits
    )
    try:
        status = (await context.csms.call(request)).status
    except (Offline, LinkError):
        return False
    return status is t.NotifyEVChargingNeedsStatusEnumType.Accepted  # K15.FR.05: Processing renegotiates later


def _ac(needs: ChargingNeeds) -> t.ACChargingParametersType:
    return t.ACChargingParametersType(
        energy_amount=round(needs.energy),
        ev_min_current=math.ceil(needs.min_current),
        ev_max_current=math.floor(needs.max_current),
        ev_max_voltage=round(needs.max_voltage),
    )


def _dc(needs: ChargingNeeds) -> t.DCChargingParametersType:
    return t.DCChargingParametersType(
        ev_max_current=math.floor(needs.max_current),
        ev_max_voltage=round(needs.max_voltage),
        energy_amount=round(needs.energy),
        ev_max_power=UNSET if needs.max_power is None else math.floor(needs.max_power),
        state_of_charge=UNSET if needs.state_of_charge is None else math.floor(needs.state_of_charge),
        ev_energy_capacity=UNSET if needs.capacity is None else round(needs.capacity),
    )


def _report_plan(context: Context, plan: EvPlan) -> None:
    """K15.FR.10, K16.FR.05, K17.FR.10"""
    duration = round(plan.duration)
    schedule = t.ChargingScheduleType(
        id=plan.schedule_id,
        charging_rate_unit=t.ChargingRateUnitEnumType(plan.unit.value),
        charging_schedule_period=[period_type(each) for each in schedule_periods(plan.limits, plan.unit, duration)],
        duration=duration,
    )
    request = m.NotifyEVChargingScheduleRequest(time_base=plan.start, charging_schedule=schedule, evse_id=plan.evse_id)
    context.outbox.send(request)
