"""GetCompositeSchedule of OCPP 2.0.1 (K08)."""

from functools import partial

from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.charging_profiles_v201 import period_type
from plugfest.station.blocks.conversion.v201 import status_info
from plugfest.station.blocks.k_smart_charging.schedules import schedule_periods
from plugfest.station.blocks.k_smart_charging.station_limits import rate_units
from plugfest.station.context import Context
from plugfest.station.model.smart_charging.composite import MAX_DURATION
from plugfest.station.model.smart_charging.limiter import STATION, Limiter
from plugfest.station.model.smart_charging.profile import RateUnit

_STATUS = t.GenericStatusEnumType


def register(context: Context) -> None:
    context.handlers.add(m.GetCompositeScheduleRequest, partial(_get, context))


def _get(context: Context, request: m.GetCompositeScheduleRequest) -> m.GetCompositeScheduleResponse:
    units = rate_units(context.device_model)
    requested = given(request.charging_rate_unit)
    unit = units[0] if requested is None else RateUnit(requested.value)
    if request.evse_id not in (STATION, *context.hardware.evses):
        return _rejected("UnknownEvse")  # K08.FR.05
    if unit not in units:
        return _rejected("UnsupportedRateUnit")  # K08.FR.07
    if request.duration <= 0:
        return _rejected("ValueTooLow")
    duration = min(request.duration, int(MAX_DURATION))
    now = context.now()
    schedule = context.shared.get(Limiter).expected(request.evse_id, duration)  # K08.FR.03, K08.FR.06
    return m.GetCompositeScheduleResponse(
        status=_STATUS.Accepted,
        schedule=t.CompositeScheduleType(
            evse_id=request.evse_id,
            schedule_start=now,  # K08.FR.02
            duration=duration,
            charging_rate_unit=t.ChargingRateUnitEnumType(unit.value),
            charging_schedule_period=[period_type(each) for each in schedule_periods(schedule, unit, duration)],
        ),
    )


def _rejected(reason_code: str) -> m.GetCompositeScheduleResponse:
    return m.GetCompositeScheduleResponse(status=_STATUS.Rejected, status_info=status_info(reason_code))
