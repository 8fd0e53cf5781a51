"""Functional block K of OCPP 2.0.1: a module for each group of use cases."""

from plugfest.station.blocks.k_smart_charging.v201 import (
    composite_schedules,
    external_limits,
    priorities,
    profiles,
    reports,
)
from plugfest.station.context import Context
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles


def register(context: Context) -> None:
    """Without smart charging its requests are not supported (K01.FR.29)."""
    if not context.device_model.has("SmartChargingCtrlr", "Enabled"):
        return
    installed = context.shared.get(ChargingProfiles)
    context.device_model.provide(
        "SmartChargingCtrlr", "Entries", lambda: str(len(installed)), instance="ChargingProfiles"
    )
    for module in (profiles, reports, composite_schedules, external_limits, priorities):
        module.register(context)
