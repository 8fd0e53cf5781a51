"""The limits that follow from charging profiles."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.lab.checks.smart_charging.limits import LimitProfile, Purpose, Step, expected_steps

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
SECONDS = 40

moments = st.floats(-20, 60).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
profiles = st.builds(
    LimitProfile,
    evse_id=st.integers(0, 2),
    purpose=st.sampled_from(Purpose),
    stack_level=st.integers(0, 2),
    steps=st.dictionaries(st.integers(1, 30), st.integers(0, 5)).map(
        lambda steps: (Step(0, 32), *(Step(start, steps[start]) for start in sorted(steps)))
    ),
    start=st.none() | moments,
    duration=st.none() | st.integers(1, 40),
    valid_from=st.none() | moments,
    valid_to=st.none() | moments,
)


@given(st.lists(profiles, max_size=4), moments)
def test_the_limits_are_those_of_each_second_alone(installed: list[LimitProfile], started: datetime) -> None:
    def limits(first: int, seconds: int) -> list[Step]:
        begin = BEGIN + timedelta(seconds=first)
        return expected_steps(installed, 1, begin, seconds, 16, transaction_start=started)

    steps = limits(0, SECONDS)
    for second in range(SECONDS):
        holding = [step for step in steps if step.start <= second][-1]
        assert holding.limit == limits(second, 1)[0].limit


def test_a_limit_that_does_not_change_is_one_step() -> None:
    profile = LimitProfile(
        evse_id=1, purpose=Purpose.STATION, stack_level=0, steps=(Step(0, 10), Step(5, 10), Step(9, 8)), start=BEGIN
    )
    assert expected_steps([profile], 1, BEGIN, SECONDS, 32) == [Step(0, 10), Step(9, 8)]


def limited_to(amperes: float, stack_level: int = 0) -> LimitProfile:
    return LimitProfile(
        evse_id=1, purpose=Purpose.DEFAULT, stack_level=stack_level, steps=(Step(0, amperes),), start=BEGIN
    )


@pytest.mark.parametrize(("local", "expected"), [(32.0, 10), (5.0, 5), (0.0, 10)])
def test_the_limit_of_the_station_counts_unless_it_does_not_charge_yet(local: float, expected: float) -> None:
    assert expected_steps([limited_to(10)], 1, BEGIN, SECONDS, local) == [Step(0, expected)]


def test_of_profiles_on_one_stack_level_any_may_apply() -> None:
    profiles = [limited_to(10), limited_to(16), limited_to(32, stack_level=-1)]
    assert expected_steps(profiles, 1, BEGIN, SECONDS, 32) == [Step(0, 16)]


def test_before_its_first_step_a_profile_has_no_limit() -> None:
    late = LimitProfile(evse_id=1, purpose=Purpose.DEFAULT, stack_level=0, steps=(Step(9, 6),), start=BEGIN)
    assert expected_steps([late], 1, BEGIN, SECONDS, 32) == [Step(0, 32), Step(9, 6)]
