"""Charging profiles of the cases."""

from plugfest.lab.v201.bench import Bench
from plugfest.ocpp.v201 import types as t

MIN_CURRENT = 6
"""The minimum current of IEC 61851-1, in A."""

VOLTAGE = 230


def charging_profile(bench: Bench, purpose: t.ChargingProfilePurposeEnumType) -> t.ChargingProfileType:
    """A relative limit of 6 A per phase, in W for a DC EVSE (erratum 6.2.69)."""
    evse = next(evse for evse in bench.product.evses if evse.id == bench.settings.evse_id)
    phases = evse.phases or 3
    unit = t.ChargingRateUnitEnumType.A if evse.current == "AC" else t.ChargingRateUnitEnumType.W
    period = t.ChargingSchedulePeriodType(
        start_period=0,
        limit=MIN_CURRENT * (1 if unit == "A" else VOLTAGE * phases),
        number_phases=phases,
    )
    return t.ChargingProfileType(
        id=1,
        stack_level=0,
        charging_profile_purpose=purpose,
        charging_profile_kind=t.ChargingProfileKindEnumType.Relative,
        charging_schedule=[t.ChargingScheduleType(id=1, charging_rate_unit=unit, charging_schedule_period=[period])],
    )
