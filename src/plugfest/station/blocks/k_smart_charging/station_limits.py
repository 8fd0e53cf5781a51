"""What the station supports of charging profiles: the limits that its variables report."""

from plugfest.station.blocks.k_smart_charging.rules import Limits
from plugfest.station.context import Context
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.model.smart_charging.profile import RateUnit


def limits_of(context: Context) -> Limits:
    """The limits of profiles."""
    model = context.device_model
    maximum = model.variable("SmartChargingCtrlr", "Entries", instance="ChargingProfiles").characteristics.maximum
    return Limits(
        stack_level=model.integer("SmartChargingCtrlr", "ProfileStackLevel"),
        periods=model.integer("SmartChargingCtrlr", "PeriodsPerSchedule"),
        profiles=int(maximum or 0),
        units=frozenset(rate_units(model)),
        min_phases={
            evse_id: min(evse.phase_counts) for evse_id, evse in context.hardware.evses.items() if evse.phase_counts
        },
    )


def rate_units(model: DeviceModel) -> list[RateUnit]:
    """The supported units, the preferred one first."""
    return [RateUnit(unit) for unit in model.members("SmartChargingCtrlr", "RateUnit")]
