"""The check of a composite schedule: the limits, and how much higher those of a whole station may be."""

import pytest

from plugfest.lab.checks.smart_charging.limits import Step
from plugfest.lab.checks.smart_charging.schedule_check import PeriodsMatch
from plugfest.lab.expectations import Comparison
from plugfest.ocpp.v201.types import ChargingSchedulePeriodType

SECONDS = 300


def differences(periods: list[tuple[int, float]], *, own_share: float = 0.0) -> list[str]:
    """What differs from a schedule of 12 A, and 32 A from 100 s on."""
    matcher = PeriodsMatch([Step(0, 12.0), Step(100, 32.0)], SECONDS, lambda: 4.0, 3, own_share=own_share)
    comparison = Comparison()
    value = [ChargingSchedulePeriodType(start_period=start, limit=limit) for start, limit in periods]
    matcher.compare(value, "periods", comparison)
    return [each.path for each in comparison.differences]


def test_a_limit_may_be_repeated_in_a_further_period() -> None:
    assert differences([(0, 12.0), (60, 12.0), (100, 32.0), (200, 32.0)]) == []


def test_a_period_may_begin_within_the_tolerance() -> None:
    assert differences([(0, 12.0), (103, 32.0)]) == []
    assert differences([(0, 12.0), (105, 32.0)]) == ["periods[100 s].start_period"]


@pytest.mark.parametrize("limit", [11.5, 12.5])
def test_the_limit_of_an_evse_is_exact(limit: float) -> None:
    assert differences([(0, limit), (100, 32.0)]) == ["periods[0 s].limit"]


def test_the_limit_of_a_station_may_include_its_own_consumption() -> None:
    assert differences([(0, 13.0), (100, 35.0)], own_share=0.1) == []
    assert differences([(0, 13.5), (100, 32.0)], own_share=0.1) == ["periods[0 s].limit"]
    assert differences([(0, 11.5), (100, 32.0)], own_share=0.1) == ["periods[0 s].limit"]
