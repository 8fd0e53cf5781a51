"""Charging needs of EVs and the schedules that they get (K15 to K17)."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.station.blocks.iso15118.iso15118_bench import Iso15118Bench, ev, run_iso15118

from plugfest.hardware.communication import PowerLimit, Schedule
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.k_smart_charging.ev_schedule_rules import is_same_plan, is_within, limit_at, remaining
from plugfest.station.model.smart_charging.charging_profiles import ChargingProfiles
from plugfest.station.model.smart_charging.profile import (
    ChargingProfile,
    ChargingSchedule,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    SchedulePeriod,
)

STATUS = t.NotifyEVChargingNeedsStatusEnumType


def set_limit(bench: Iso15118Bench, amperes: float, purpose: ProfilePurpose = ProfilePurpose.TX) -> None:
    """What SetChargingProfile leads to."""
    assert bench.station.station is not None
    schedule = ChargingSchedule(unit=RateUnit.AMPERE, periods=(SchedulePeriod(0, amperes),))
    profile = ChargingProfile(
        id=1, evse_id=1, stack_level=0, purpose=purpose, kind=ProfileKind.RELATIVE, schedule=schedule
    )
    bench.station.station.context.shared.get(ChargingProfiles).put(profile)


async def authorized(bench: Iso15118Bench) -> None:
    """A driver who identifies at the station, with an EV that communicates."""
    bench.hardware.ev_prepare(1, ev(None))
    bench.hardware.plug_in(1, 1)
    await asyncio.sleep(5)
    bench.hardware.present_token("04A1B2C3", "ISO14443", 1)


async def needs(bench: Iso15118Bench, number: int = 1) -> m.NotifyEVChargingNeedsRequest:
    return await bench.csms.expect(m.NotifyEVChargingNeedsRequest, number)


async def plan(bench: Iso15118Bench, number: int = 1) -> t.ChargingScheduleType:
    return (await bench.csms.expect(m.NotifyEVChargingScheduleRequest, number)).charging_schedule


def limits(schedule: t.ChargingScheduleType) -> list[float]:
    return [each.limit for each in schedule.charging_schedule_period]


def power(bench: Iso15118Bench) -> float:
    return bench.hardware.evses[1].meter.read().power


def test_the_needs_of_an_ac_ev_are_reported() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        reported = (await needs(bench)).charging_needs
        assert reported.requested_energy_transfer == "AC_three_phase"
        assert reported.dc_charging_parameters is UNSET  # K15.FR.06
        assert reported.ac_charging_parameters == t.ACChargingParametersType(
            energy_amount=48000, ev_min_current=6, ev_max_current=32, ev_max_voltage=230
        )

    run_iso15118(body)


@pytest.mark.parametrize("status", [STATUS.Rejected, STATUS.Processing])
def test_without_a_schedule_of_the_csms_the_ev_charges_at_once_within_the_limits_of_the_evse(status: STATUS) -> None:
    async def body(bench: Iso15118Bench) -> None:
        bench.needs_status = status
        await authorized(bench)
        assert limits(await plan(bench)) == [32.0]
        await asyncio.sleep(5)
        assert power(bench) > 0

    run_iso15118(body)


def test_the_ev_waits_for_the_profile_of_the_csms_and_keeps_to_it() -> None:
    async def body(bench: Iso15118Bench) -> None:
        bench.needs_status = STATUS.Accepted
        await authorized(bench)
        await needs(bench)
        await asyncio.sleep(30)
        assert power(bench) == 0
        set_limit(bench, 10)
        chosen = await plan(bench)
        assert (chosen.charging_rate_unit, limits(chosen)) == ("A", [10.0])
        await asyncio.sleep(5)
        assert 0 < power(bench) <= 10 * 230 * 3

    run_iso15118(body)


def test_without_a_profile_in_time_the_ev_charges_nevertheless() -> None:
    async def body(bench: Iso15118Bench) -> None:
        bench.needs_status = STATUS.Accepted
        await authorized(bench)
        await needs(bench)
        await asyncio.sleep(65)
        assert power(bench) > 0
        assert limits(await plan(bench)) == [32.0]

    run_iso15118(body)


def test_another_profile_leads_to_a_renegotiation_without_new_needs() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        await plan(bench)
        set_limit(bench, 8)
        assert limits(await plan(bench, 2)) == [8.0]  # K16.FR.02
        await asyncio.sleep(5)
        assert 0 < power(bench) <= 8 * 230 * 3
        assert len(bench.csms.all(m.NotifyEVChargingNeedsRequest)) == 1  # K16.FR.09

    run_iso15118(body)


def test_a_profile_that_changes_nothing_leads_to_no_renegotiation() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        await plan(bench)
        set_limit(bench, 32)
        await asyncio.sleep(30)
        assert len(bench.csms.all(m.NotifyEVChargingScheduleRequest)) == 1

    run_iso15118(body)


def test_the_ev_renegotiates_with_other_needs() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        await plan(bench)
        bench.hardware.ev_renegotiate(1, 5000, 3600)
        second = (await needs(bench, 2)).charging_needs  # K17.FR.01
        assert isinstance(second.ac_charging_parameters, t.ACChargingParametersType)
        assert second.ac_charging_parameters.energy_amount == 5000
        assert second.departure_time is not UNSET
        assert (await plan(bench, 2)).duration == 3600

    run_iso15118(body)


def test_offline_the_ev_gets_a_schedule_within_the_default_profile() -> None:
    async def body(bench: Iso15118Bench) -> None:
        set_limit(bench, 6, ProfilePurpose.TX_DEFAULT)
        await authorized(bench)
        await asyncio.sleep(1)
        bench.station.network_off()
        await asyncio.sleep(30)
        assert 0 < power(bench) <= 6 * 230 * 3  # K15.FR.15
        assert bench.csms.all(m.NotifyEVChargingNeedsRequest) == []

    run_iso15118(body)


# The rules

_LIMITS = st.lists(
    st.tuples(st.integers(1, 5000), st.integers(0, 22000)), max_size=5, unique_by=lambda each: each[0]
).map(lambda pairs: (PowerLimit(0, 11000), *(PowerLimit(start, watts) for start, watts in sorted(pairs))))


@given(_LIMITS, st.integers(0, 22000))
def test_a_plan_that_is_cut_to_its_schedule_is_within_it(offered: tuple[PowerLimit, ...], most: int) -> None:
    plan = [PowerLimit(each.start, min(each.watts, most)) for each in offered]
    assert is_within(plan, offered)
    assert is_within(offered, offered)


@given(_LIMITS)
def test_a_plan_above_its_schedule_at_any_time_is_not_within_it(offered: tuple[PowerLimit, ...]) -> None:
    last = offered[-1]
    assert not is_within([*offered[:-1], PowerLimit(last.start, last.watts + 10)], offered)


@given(_LIMITS, st.integers(0, 4000), st.integers(0, 900))
def test_what_remains_of_a_schedule_permits_the_same_as_before(
    offered: tuple[PowerLimit, ...], elapsed: int, later: int
) -> None:
    left = remaining(Schedule(1, offered, 5000), elapsed)
    assert left is not None
    assert left.duration == 5000 - elapsed
    assert left.limits[0].start == 0
    assert limit_at(left.limits, later) == limit_at(offered, elapsed + later)


def test_nothing_remains_of_a_schedule_that_has_ended() -> None:
    assert remaining(Schedule(1, (PowerLimit(0, 1000),), 60), 60) is None


@given(_LIMITS)
def test_a_limit_that_is_repeated_makes_no_difference(offered: tuple[PowerLimit, ...]) -> None:
    last = offered[-1]
    assert is_same_plan(offered, [*offered, PowerLimit(last.start + 100, last.watts)])
    assert not is_same_plan(offered, [*offered, PowerLimit(last.start + 100, last.watts + 500)])
