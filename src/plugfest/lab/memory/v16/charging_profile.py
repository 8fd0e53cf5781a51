"""SetChargingProfile(...): a charging profile is installed. The lab clears it again after the case."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from plugfest import clock
from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

if TYPE_CHECKING:
    from plugfest.lab.v16.bench import Bench

WATTS = 1000.0
"""What the cases give in amperes is so many watts for a product that is limited in watts."""

Periods = Sequence[tuple[int, float]]
"""startPeriod in seconds, and the limit in amperes."""


def rate_unit(bench: "Bench") -> t.ChargingRateUnitType:
    """The unit that the product is tested with: amperes if it has them."""
    return t.ChargingRateUnitType.A if bench.product.supports("SC-1.1") else t.ChargingRateUnitType.W


def in_unit(bench: "Bench", amperes: float) -> float:
    """A limit of a case in the product's unit."""
    return amperes if rate_unit(bench) is t.ChargingRateUnitType.A else amperes * WATTS


def schedule(bench: "Bench", periods: Periods, duration: int | None) -> t.ChargingSchedule:
    """A schedule that began a tolerance ago, so that it holds now, and ends `duration` seconds from now."""
    tolerance = int(bench.settings.time_tolerance)
    return t.ChargingSchedule(
        charging_rate_unit=rate_unit(bench),
        charging_schedule_period=[
            t.ChargingSchedulePeriod(start_period=start, limit=in_unit(bench, limit)) for start, limit in periods
        ],
        duration=UNSET if duration is None else duration + tolerance,
        start_schedule=clock.utc_now() - timedelta(seconds=tolerance),
    )


def absolute_profile(
    bench: "Bench",
    purpose: str,
    periods: Periods,
    *,
    duration: int | None,
    stack_level: int = 0,
    transaction_id: int | UnsetType = UNSET,
) -> t.ChargingProfile:
    """A profile of its own number that holds from a tolerance ago."""
    return t.ChargingProfile(
        charging_profile_id=bench.configuration.next_id(),
        stack_level=stack_level,
        charging_profile_purpose=t.ChargingProfilePurposeType(purpose),
        charging_profile_kind=t.ChargingProfileKindType.Absolute,
        charging_schedule=schedule(bench, periods, duration),
        transaction_id=transaction_id,
    )


async def charging_profile_set(
    bench: "Bench", profile: t.ChargingProfile, *, connector_id: int | None = None, status: object = "Accepted"
) -> None:
    """SetChargingProfile, by default for the connector under test (5.16)."""
    which = bench.connector_id if connector_id is None else connector_id
    request = m.SetChargingProfileRequest(connector_id=which, cs_charging_profiles=profile)
    await bench.call(request, status=status)
