"""Composite schedules (1.6, 3.13): examples, and random profiles compared with a slow reference."""

import itertools
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.station.model.smart_charging.drawn_profiles import (
    AC,
    DC,
    NOW,
    ONE_PHASE,
    SECONDS,
    SUPPLIES,
    SWITCHABLE,
    installed,
    profiles,
)
from tests.station.model.smart_charging.slow import SlowLimit, limit_at, total_at

from plugfest.station.model.smart_charging.composite import (
    CompositeRequest,
    Interval,
    Limit,
    Supply,
    composite,
    min_charging_power,
    total,
)
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ChargingSchedule,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)


def profile(
    purpose: ProfilePurpose,
    periods: dict[int, float],
    *,
    unit: RateUnit = RateUnit.AMPERE,
    stack: int = 0,
    evse: int = 1,
    **more: object,
) -> ChargingProfile:
    schedule = ChargingSchedule(
        unit=RateUnit.AMPERE,
        periods=tuple(SchedulePeriod(start, limit) for start, limit in periods.items()),
        duration=more.pop("duration", None),  # type: ignore[arg-type]
        start=more.pop("start", NOW),  # type: ignore[arg-type]
    )
    return ChargingProfile(
        id=1,
        evse_id=0 if purpose is ProfilePurpose.STATION else evse,
        stack_level=stack,
        purpose=purpose,
        kind=more.pop("kind", ProfileKind.ABSOLUTE),  # type: ignore[arg-type]
        schedule=schedule,
        **more,  # type: ignore[arg-type]
    )


def limits(
    profiles: list[ChargingProfile],
    duration: int,
    unit: RateUnit = RateUnit.AMPERE,
    supply: Supply = AC,
    **more: object,
) -> dict[float, float]:
    request = CompositeRequest(start=NOW, duration=duration, evse_id=1, supply=supply, **more)  # type: ignore[arg-type]
    return {interval.start: interval.limit.in_unit(unit) for interval in composite(profiles, request)}


def test_the_lower_limit_of_station_and_transaction_applies() -> None:
    profiles = [
        profile(ProfilePurpose.STATION, {0: 10}, duration=86_400),
        profile(ProfilePurpose.TX_DEFAULT, {0: 6, 60: 10, 120: 8, 180: 25, 260: 8}, duration=300),
        profile(ProfilePurpose.TX, {0: 8, 50: 11, 140: 16, 200: 6, 240: 12}, duration=260),
    ]
    assert limits(profiles, 400) == {0: 8, 50: 10, 200: 6, 240: 10, 260: 8, 300: 10}


def test_the_profile_with_the_higher_stack_level_applies_for_its_duration() -> None:
    profiles = [
        profile(ProfilePurpose.TX_DEFAULT, {0: 6, 100: 8, 200: 10}, duration=400),
        profile(ProfilePurpose.TX_DEFAULT, {0: 7, 100: 9}, stack=1, duration=150),
    ]
    assert limits(profiles, 350) == {0: 7, 100: 9, 150: 8, 200: 10}


def test_without_profiles_the_hardware_is_the_limit() -> None:
    assert limits([], 100) == {0: 32.0}
    assert limits([], 100, RateUnit.WATT, DC) == {0: 200_000.0}


def test_a_default_of_one_evse_replaces_that_of_all() -> None:
    everywhere = profile(ProfilePurpose.TX_DEFAULT, {0: 16}, evse=0)
    here = profile(ProfilePurpose.TX_DEFAULT, {0: 20}, evse=1)
    elsewhere = profile(ProfilePurpose.TX_DEFAULT, {0: 6}, evse=2)
    assert limits([everywhere, here, elsewhere], 10) == {0: 20}
    assert limits([everywhere, elsewhere], 10) == {0: 16}


def test_a_relative_schedule_starts_with_the_transaction() -> None:
    relative = profile(ProfilePurpose.TX_DEFAULT, {0: 6, 60: 16}, kind=ProfileKind.RELATIVE, start=None)
    assert limits([relative], 100, transaction_start=NOW - timedelta(seconds=40)) == {0: 6, 20: 16}
    assert limits([relative], 100) == {0: 6, 60: 16}


def test_a_daily_schedule_starts_at_the_time_of_day_of_its_start() -> None:
    daily = profile(
        ProfilePurpose.TX_DEFAULT,
        {0: 6, 3600: 16},
        kind=ProfileKind.RECURRING,
        recurrency=Recurrency.DAILY,
        start=NOW - timedelta(days=10, minutes=30),
        duration=7200,
    )
    assert limits([daily], 86_400) == {0: 6, 1800: 16, 5400: 32, 84_600: 6}


def test_a_schedule_longer_than_its_recurrence_is_cut_off() -> None:
    daily = profile(
        ProfilePurpose.TX_DEFAULT,
        {0: 6, 90_000: 16},
        kind=ProfileKind.RECURRING,
        recurrency=Recurrency.DAILY,
        start=NOW - timedelta(days=2),
    )
    assert limits([daily], 100_000) == {0: 6}  # erratum 3.44


def test_a_profile_applies_while_it_is_valid() -> None:
    valid = {"valid_from": NOW + timedelta(seconds=10), "valid_to": NOW + timedelta(seconds=30)}
    assert limits([profile(ProfilePurpose.TX_DEFAULT, {0: 6}, **valid)], 100) == {0: 32, 10: 6, 30: 32}


def test_a_weekly_schedule_starts_on_the_weekday_of_its_start() -> None:
    weekly = profile(
        ProfilePurpose.TX_DEFAULT,
        {0: 6},
        kind=ProfileKind.RECURRING,
        recurrency=Recurrency.WEEKLY,
        start=NOW - timedelta(days=8),
        duration=3600,
    )
    six_days = 6 * 86_400
    assert limits([weekly], 7 * 86_400) == {0: 32, six_days: 6, six_days + 3600: 32}  # erratum 3.79


def test_a_recurring_schedule_does_not_apply_before_its_start() -> None:
    later = profile(
        ProfilePurpose.TX_DEFAULT,
        {0: 6},
        kind=ProfileKind.RECURRING,
        recurrency=Recurrency.DAILY,
        start=NOW + timedelta(minutes=1),
        duration=60,
    )
    assert limits([later], 86_400) == {0: 32, 60: 6, 120: 32}


def test_a_default_of_one_evse_replaces_that_of_all_level_by_level() -> None:
    everywhere = [
        profile(ProfilePurpose.TX_DEFAULT, {0: 16}, evse=0),
        profile(ProfilePurpose.TX_DEFAULT, {0: 10}, evse=0, stack=1),
    ]
    here = profile(ProfilePurpose.TX_DEFAULT, {0: 20}, evse=1, stack=1, duration=60)
    assert limits([*everywhere, here], 100) == {0: 20, 60: 16}


def test_min_charging_power_is_that_of_the_profile_of_the_transaction() -> None:
    def min_power(*profiles: ChargingProfile, phases: int = 3) -> float:
        return min_charging_power(
            profiles, CompositeRequest(start=NOW, duration=1, evse_id=1, supply=SWITCHABLE), phases
        )

    default, own = profile(ProfilePurpose.TX_DEFAULT, {0: 16}), profile(ProfilePurpose.TX, {0: 16})
    assert min_power() == min_power(default) == 0
    limited = msgspec.structs.replace(default, schedule=msgspec.structs.replace(default.schedule, min_rate=6.0))
    assert min_power(limited) == 6 * 230 * 3
    assert min_power(limited, phases=1) == 6 * 230
    assert min_power(limited, own) == 0  # 3.13.1


def test_a_limit_of_the_station_in_amperes_is_the_same_for_direct_current_in_both_units() -> None:
    station = profile(ProfilePurpose.STATION, {0: 10})
    assert limits([station], 10, RateUnit.AMPERE, DC) == {0: 10}
    assert limits([station], 10, RateUnit.WATT, DC) == {0: 4000}


@pytest.mark.parametrize(
    ("supply", "period", "watts"),
    [
        (AC, SchedulePeriod(0, 10), 6900),
        (SWITCHABLE, SchedulePeriod(0, 10, 1), 2300),
        (SWITCHABLE, SchedulePeriod(0, 10, 2), 2300),
        (ONE_PHASE, SchedulePeriod(0, 10), 2300),  # erratum 3.34: phases that the supply does not have do not count
        (AC, SchedulePeriod(0, 10, 1), 0),  # K01.FR.43: it cannot use fewer
        (DC, SchedulePeriod(0, 10), 4000),
    ],
)
def test_amperes_are_per_phase(supply: Supply, period: SchedulePeriod, watts: float) -> None:
    in_amperes = profile(ProfilePurpose.TX_DEFAULT, {0: 0})
    schedule = ChargingSchedule(unit=RateUnit.AMPERE, periods=(period,), start=NOW)
    profile_of_period = ChargingProfile(
        id=1, evse_id=1, stack_level=0, purpose=in_amperes.purpose, kind=ProfileKind.ABSOLUTE, schedule=schedule
    )
    assert limits([profile_of_period], 10, RateUnit.WATT, supply) == {0: watts}


# Random profiles

LENGTH = 200


def composite_request(evse_id: int, supply: Supply, started: int | None) -> CompositeRequest:
    begun = None if started is None else NOW - timedelta(seconds=abs(started))
    return CompositeRequest(start=NOW, duration=LENGTH, evse_id=evse_id, supply=supply, transaction_start=begun)


@settings(max_examples=300)
@given(st.lists(profiles(), max_size=6).map(installed), st.none() | SECONDS, SUPPLIES)
def test_every_second_is_as_in_the_slow_reference(
    drawn: list[ChargingProfile], started: int | None, supply: Supply
) -> None:
    requested = composite_request(1, supply, started)
    assert_as_in_the_slow_reference(
        composite(drawn, requested), [limit_at(drawn, requested, second) for second in range(LENGTH)]
    )


@settings(max_examples=200)
@given(st.lists(profiles(), max_size=6).map(installed), st.none() | SECONDS, st.lists(SUPPLIES, min_size=1, max_size=3))
def test_every_second_of_the_whole_station_is_as_in_the_slow_reference(
    drawn: list[ChargingProfile], started: int | None, supplies: list[Supply]
) -> None:
    requested = [composite_request(number, supply, started) for number, supply in enumerate(supplies, start=1)]
    assert_as_in_the_slow_reference(
        total(drawn, requested[0], [composite(drawn, each) for each in requested]),
        [total_at(drawn, requested, second) for second in range(LENGTH)],
    )


def assert_as_in_the_slow_reference(fast: tuple[Interval, ...], slow: list[SlowLimit]) -> None:
    """The same power in W, current in A and number of phases in each second."""
    in_seconds = [at(fast, second) for second in range(LENGTH)]
    assert [limit.phases for limit in in_seconds] == [limit.phases for limit in slow]
    assert [limit.in_unit(RateUnit.WATT) for limit in in_seconds] == pytest.approx([limit.watts for limit in slow])
    assert [limit.in_unit(RateUnit.AMPERE) for limit in in_seconds] == pytest.approx([limit.amperes for limit in slow])


@settings(max_examples=100)
@given(st.lists(profiles(), max_size=6).map(installed))
def test_a_composite_schedule_starts_at_0_and_has_no_equal_neighbours(drawn: list[ChargingProfile]) -> None:
    request = CompositeRequest(start=NOW, duration=200, evse_id=1, supply=SWITCHABLE)
    schedule = composite(drawn, request)
    assert schedule[0].start == 0
    assert all(one.start < other.start for one, other in itertools.pairwise(schedule))
    assert all(one.limit != other.limit for one, other in itertools.pairwise(schedule))


def at(schedule: tuple[Interval, ...], second: int) -> Limit:
    return next(interval.limit for interval in reversed(schedule) if interval.start <= second)
