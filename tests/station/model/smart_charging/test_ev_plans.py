"""Composite schedules of EVs that plan to draw less."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.model.smart_charging.composite import Interval, Limit, in_force
from plugfest.station.model.smart_charging.ev_plans import EvPlans, PlannedLimits, lowered

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LENGTH = 60

LIMITS = st.dictionaries(st.integers(1, LENGTH), st.integers(0, 9), max_size=4)


def intervals(first: int, later: dict[int, int]) -> tuple[Interval, ...]:
    return tuple(Interval(float(start), Limit(float(watts), 3)) for start, watts in sorted({0: first, **later}.items()))


SCHEDULES = st.builds(intervals, st.integers(0, 9), LIMITS)
PLANS = st.builds(
    PlannedLimits,
    start=st.integers(-LENGTH, LENGTH).map(lambda second: NOW + timedelta(seconds=second)),
    limits=SCHEDULES,
    duration=st.integers(1, LENGTH).map(float),
)


@given(SCHEDULES, PLANS)
def test_each_second_has_the_lower_limit_while_the_plan_lasts(
    schedule: tuple[Interval, ...], plan: PlannedLimits
) -> None:
    found = lowered(schedule, plan, NOW, LENGTH)
    begin = (plan.start - NOW).total_seconds()
    for second in range(LENGTH):
        limit = in_force(schedule, second).power
        if begin <= second < begin + plan.duration:
            limit = min(limit, in_force(plan.limits, second - begin).power)
        assert in_force(found, second).power == limit


def test_a_plan_is_for_one_evse_and_can_be_dropped() -> None:
    plans, schedule = EvPlans(), intervals(9, {})
    plans.set(1, PlannedLimits(NOW, intervals(4, {}), LENGTH))
    assert plans.expected(1, schedule, NOW, 10.0)[0].limit.power == 4
    assert plans.expected(2, schedule, NOW, 10.0) == schedule
    plans.set(1, None)
    assert not plans
    assert plans.expected(1, schedule, NOW, 10.0) == schedule


def test_before_the_first_limit_of_a_plan_the_schedule_holds() -> None:
    plan = PlannedLimits(NOW, (Interval(5.0, Limit(4.0, 3)),), LENGTH)
    assert [(each.start, each.limit.power) for each in lowered(intervals(9, {}), plan, NOW, 10.0)] == [(0, 9), (5, 4)]
