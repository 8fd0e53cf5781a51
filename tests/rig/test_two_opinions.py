"""Lab and station compute composite schedules independently: the results have to be equal."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from plugfest.lab.v16.composite_schedule import Installed, expected
from plugfest.ocpp.v16 import types as t
from plugfest.station.blocks.conversion.v16 import profile_of
from plugfest.station.model.smart_charging.composite import CompositeRequest, Supply, composite
from plugfest.station.model.smart_charging.profile import RateUnit

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
OWN = 64.0
"""A: more than any profile allows."""

MOMENTS = st.integers(-100, 100).map(lambda second: NOW + timedelta(seconds=second))
PURPOSES = t.ChargingProfilePurposeType


@st.composite
def profiles(draw: st.DrawFn) -> t.ChargingProfile:
    starts = sorted(draw(st.sets(st.integers(1, 150), max_size=3)))
    return t.ChargingProfile(
        charging_profile_id=1,
        stack_level=draw(st.integers(0, 2)),
        charging_profile_purpose=draw(st.sampled_from(PURPOSES)),
        charging_profile_kind=t.ChargingProfileKindType.Absolute,
        charging_schedule=t.ChargingSchedule(
            charging_rate_unit=t.ChargingRateUnitType.A,
            charging_schedule_period=[
                t.ChargingSchedulePeriod(start_period=start, limit=float(draw(st.integers(6, 32))))
                for start in (0, *starts)
            ],
            duration=draw(st.integers(1, 200)),
            start_schedule=draw(MOMENTS),
        ),
        valid_from=draw(MOMENTS),
        valid_to=draw(MOMENTS),
    )


def one_per_stack_level(drawn: list[t.ChargingProfile]) -> list[Installed]:
    """No two with one stack level and purpose (3.13.2)."""
    places = {(one.charging_profile_purpose, one.stack_level): one for one in drawn}
    return [
        Installed(0 if purpose is PURPOSES.ChargePointMaxProfile else 1, one) for (purpose, _), one in places.items()
    ]


@settings(max_examples=200)
@given(st.lists(profiles(), max_size=6).map(one_per_stack_level))
def test_lab_and_station_compute_the_same_schedule(installed: list[Installed]) -> None:
    supply = Supply(frozenset({3}), OWN * 230.0 * 3)
    question = CompositeRequest(start=NOW, duration=120, evse_id=1, supply=supply)
    own = [
        msgspec.structs.replace(profile_of(one.profile, one.connector_id), id=number)
        for number, one in enumerate(installed)
    ]
    of_the_station = [
        (interval.start, interval.limit.in_unit(RateUnit.AMPERE)) for interval in composite(own, question)
    ]
    of_the_lab = [(step.start, step.limit) for step in expected(installed, 1, NOW, 120, OWN)]
    assert of_the_station == of_the_lab
