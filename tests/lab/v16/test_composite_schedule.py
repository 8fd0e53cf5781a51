"""The expected composite schedule, and its comparison with the answer of a station."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from plugfest.lab.checks.smart_charging.limits import Step
from plugfest.lab.checks.smart_charging.schedule_check import PeriodsMatch
from plugfest.lab.expectations import Comparison
from plugfest.lab.v16.composite_schedule import Installed, expected
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import types as t

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PURPOSES = t.ChargingProfilePurposeType
MAX, DEFAULT, TX = PURPOSES.ChargePointMaxProfile, PURPOSES.TxDefaultProfile, PURPOSES.TxProfile


def profile(
    purpose: PURPOSES,
    limits: dict[int, float],
    duration: int | None = None,
    *,
    stack: int = 0,
    valid: int | None = None,
) -> t.ChargingProfile:
    return t.ChargingProfile(
        charging_profile_id=1,
        stack_level=stack,
        charging_profile_purpose=purpose,
        charging_profile_kind=t.ChargingProfileKindType.Absolute,
        charging_schedule=t.ChargingSchedule(
            charging_rate_unit=t.ChargingRateUnitType.A,
            charging_schedule_period=periods(limits),
            duration=UNSET if duration is None else duration,
            start_schedule=NOW,
        ),
        valid_to=UNSET if valid is None else NOW + timedelta(seconds=valid),
    )


def periods(limits: dict[int, float], phases: int | None = None) -> list[t.ChargingSchedulePeriod]:
    return [
        t.ChargingSchedulePeriod(start_period=start, limit=limit, number_phases=UNSET if phases is None else phases)
        for start, limit in limits.items()
    ]


def follows(
    *installed: t.ChargingProfile, seconds: int = 400, own: float = math.inf, after: int = 0
) -> dict[int, float]:
    """The limits of connector 1; profiles for the station are installed at 0, all others at 1."""
    at = [Installed(0 if one.charging_profile_purpose is MAX else 1, one) for one in installed]
    return {step.start: step.limit for step in expected(at, 1, NOW + timedelta(seconds=after), seconds, own)}


def test_the_example_of_the_three_purposes() -> None:
    limits = follows(
        profile(MAX, {0: 10}, 86_400),
        profile(DEFAULT, {0: 6, 60: 10, 120: 8, 180: 25, 260: 8}, 300),
        profile(TX, {0: 8, 50: 11, 140: 16, 200: 6, 240: 12}, 260),
    )
    assert limits == {0: 8, 50: 10, 200: 6, 240: 10, 260: 8, 300: 10}


def test_the_example_of_two_levels() -> None:
    low, high = profile(DEFAULT, {0: 6, 100: 8, 200: 10}, 400), profile(DEFAULT, {0: 7, 100: 9}, 150, stack=1)
    assert follows(low, high, seconds=350) == {0: 7, 100: 9, 150: 8, 200: 10}
    assert follows(low, high, seconds=350, after=120) == {0: 9, 30: 8, 80: 10, 280: math.inf}


def test_a_profile_counts_until_it_is_not_valid_any_more() -> None:
    assert follows(profile(DEFAULT, {0: 6}, valid=30)) == {0: 6, 30: math.inf}


def test_a_profile_for_another_connector_is_ignored() -> None:
    assert expected([Installed(2, profile(DEFAULT, {0: 6}))], 1, NOW, 10, 32) == [Step(0, 32)]


def test_the_limit_of_the_station_may_be_lower() -> None:
    assert follows(profile(DEFAULT, {0: 6, 100: 20}, 200), own=16) == {0: 6, 100: 16}


def test_a_station_limit_below_every_profile_is_ignored() -> None:
    assert follows(profile(DEFAULT, {0: 6, 100: 20}), own=0) == {0: 6, 100: 20}


EXPECTED = [Step(0, 6), Step(46, 10), Step(198, 32)]


def findings(reported: object, phases: int | None = 3) -> list[str]:
    """The paths of the differences, for a schedule of 200 s and a tolerance of 4 s."""
    comparison = Comparison()
    PeriodsMatch(EXPECTED, 200, lambda: 4.0, UNSET if phases is None else phases).compare(
        reported, "periods", comparison
    )
    return [difference.path for difference in comparison.differences]


@pytest.mark.parametrize(
    "reported",
    [
        periods({0: 6, 46: 10}),
        periods({0: 6, 50: 10}),
        periods({0: 6, 42: 10, 199: 16}),  # the end of a schedule is as uncertain as its steps
        periods({0: 6, 20: 6, 46: 10}),
        periods({0: 6, 46: 10}, 3),
    ],
)
def test_correct_schedules(reported: list[t.ChargingSchedulePeriod]) -> None:
    assert findings(reported) == []


@pytest.mark.parametrize(
    ("reported", "wrong"),
    [
        (UNSET, ["periods.start_period", "periods"]),
        ([], ["periods.start_period", "periods"]),
        (periods({0: 6}), ["periods"]),
        (periods({0: 6, 51: 10}), ["periods[46 s].start_period"]),
        (periods({0: 6, 41: 10}), ["periods[46 s].start_period"]),
        (periods({0: 6.1, 46: 10}), ["periods[0 s].limit"]),
        (periods({0: 6, 46: 9.9}), ["periods[46 s].limit"]),
        (periods({0: 6, 46: 10, 100: 12}), ["periods"]),
        (periods({1: 6, 46: 10}), ["periods.start_period"]),
        (periods({0: 6, 46: 10, 200: 32}), ["periods.start_period"]),
        (periods({0: 6, 46: 10}, 1), ["periods.number_phases"]),
    ],
)
def test_wrong_schedules(reported: object, wrong: list[str]) -> None:
    assert findings(reported) == wrong


def test_phases_do_not_matter_for_direct_current() -> None:
    assert findings(periods({0: 6, 46: 10}, 1), phases=None) == []
