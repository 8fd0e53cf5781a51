"""Charging profiles for the tests of OCPP 1.6: by default absolute, in W."""

from typing import Any

from tests.station.v16.station_bench import StationBench

from plugfest.clock import utc_now
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

A, W = t.ChargingRateUnitType.A, t.ChargingRateUnitType.W
KINDS, PURPOSES = t.ChargingProfileKindType, t.ChargingProfilePurposeType

DEFAULT, TX, MAX = PURPOSES.TxDefaultProfile, PURPOSES.TxProfile, PURPOSES.ChargePointMaxProfile


def profile(
    purpose: t.ChargingProfilePurposeType,
    periods: dict[int, float],
    *,
    schedule: dict[str, Any] | None = None,
    **more: Any,
) -> t.ChargingProfile:
    """An absolute profile in W that begins now."""
    return t.ChargingProfile(
        **{
            "charging_profile_id": 1,
            "stack_level": 0,
            "charging_profile_purpose": purpose,
            "charging_profile_kind": KINDS.Absolute,
            "charging_schedule": t.ChargingSchedule(
                **{
                    "charging_rate_unit": W,
                    "charging_schedule_period": [
                        t.ChargingSchedulePeriod(start_period=start, limit=limit) for start, limit in periods.items()
                    ],
                    "start_schedule": utc_now(),
                }
                | (schedule or {})
            ),
        }
        | more
    )


async def install(bench: StationBench, connector_id: int, charging_profile: t.ChargingProfile) -> str:
    request = m.SetChargingProfileRequest(connector_id=connector_id, cs_charging_profiles=charging_profile)
    return (await bench.csms.call(request)).status.value


async def composite(
    bench: StationBench, connector_id: int = 1, duration: int = 400, unit: t.ChargingRateUnitType = W
) -> dict[int, float]:
    """The composite schedule as its periods: start and limit."""
    request = m.GetCompositeScheduleRequest(connector_id=connector_id, duration=duration, charging_rate_unit=unit)
    response = await bench.csms.call(request)
    schedule = given(response.charging_schedule)
    assert schedule is not None
    assert (response.connector_id, schedule.duration, schedule.start_schedule) == (connector_id, duration, UNSET)
    return {period.start_period: period.limit for period in schedule.charging_schedule_period}


def power(bench: StationBench, connector_id: int = 1) -> float:
    return round(bench.hardware.evses[connector_id].meter.read().power)
