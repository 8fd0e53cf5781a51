"""Charging needs of EVs and the schedules that they get (K15 to K17)."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.station.blocks.iso15118.iso15118_bench import Iso15118Bench, ev, run_iso15118

from plugfest import clock
from plugfest.hardware.communication import ChargingNeeds, NeedsSent, PowerLimit, Schedule, ScheduleChosen
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.k_smart_charging.ev_schedule_rules import (
    is_same_plan,
    is_within,
    limit_at,
    on_phases,
    remaining,
    schedule_for_ev,
)
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.model.smart_charging.composite import Interval, Limit

STATUS = t.NotifyEVChargingNeedsStatusEnumType
PURPOSE = t.ChargingProfilePurposeEnumType


def schedule_of(id: int, *limits: tuple[int, float]) -> t.ChargingScheduleType:
    """A schedule in A: starts in seconds, and limits."""
    return t.ChargingScheduleType(
        id=id,
        charging_rate_unit=t.ChargingRateUnitEnumType.A,
        charging_schedule_period=[
            t.ChargingSchedulePeriodType(start_period=start, limit=amperes) for start, amperes in limits
        ],
    )


async def set_profile(
    bench: Iso15118Bench, *schedules: t.ChargingScheduleType, purpose: PURPOSE = PURPOSE.TxProfile
) -> m.SetChargingProfileResponse:
    """SetChargingProfile with these schedules, for the transaction or as default."""
    own = purpose is PURPOSE.TxProfile
    profile = t.ChargingProfileType(
        id=1 if own else 2,
        stack_level=0,
        charging_profile_purpose=purpose,
        charging_profile_kind=t.ChargingProfileKindEnumType.Relative,
        charging_schedule=list(schedules),
        transaction_id=bench.events[-1].transaction_info.transaction_id if own else UNSET,
    )
    return await bench.csms.call(m.SetChargingProfileRequest(evse_id=1, charging_profile=profile))


async def set_limit(bench: Iso15118Bench, amperes: float, purpose: PURPOSE = PURPOSE.TxProfile) -> None:
    response = await set_profile(bench, schedule_of(70, (0, amperes)), purpose=purpose)
    assert response.status == "Accepted"


def emit(bench: Iso15118Bench, event: NeedsSent | ScheduleChosen) -> None:
    """An EV sends something else than the virtual one does."""
    assert bench.station.station is not None
    bench.station.station.context.shared.get(EvCommunications).handle(event)


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
        await set_limit(bench, 10)
        assert bench.csms.all(m.NotifyEVChargingScheduleRequest) == []  # after the response
        chosen = await plan(bench)
        assert (chosen.id, chosen.charging_rate_unit, limits(chosen)) == (70, "A", [10.0])
        await asyncio.sleep(5)
        assert 0 < power(bench) <= 10 * 230 * 3

    run_iso15118(body)


def test_a_profile_for_something_else_is_not_the_one_that_the_ev_waits_for() -> None:
    async def body(bench: Iso15118Bench) -> None:
        bench.needs_status = STATUS.Accepted
        await authorized(bench)
        await needs(bench)
        await set_limit(bench, 6, PURPOSE.TxDefaultProfile)
        await asyncio.sleep(10)
        assert power(bench) == 0
        await set_limit(bench, 10)
        assert limits(await plan(bench)) == [10.0]

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
        await set_limit(bench, 8)
        assert limits(await plan(bench, 2)) == [8.0]  # K16.FR.02
        await asyncio.sleep(5)
        assert 0 < power(bench) <= 8 * 230 * 3
        assert len(bench.csms.all(m.NotifyEVChargingNeedsRequest)) == 1  # K16.FR.09

    run_iso15118(body)


def test_a_profile_that_changes_nothing_leads_to_no_renegotiation() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        await plan(bench)
        await set_limit(bench, 32)
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
        await set_limit(bench, 6, PURPOSE.TxDefaultProfile)
        await authorized(bench)
        await asyncio.sleep(1)
        bench.station.network_off()
        await asyncio.sleep(30)
        assert 0 < power(bench) <= 6 * 230 * 3  # K15.FR.15
        assert bench.csms.all(m.NotifyEVChargingNeedsRequest) == []

    run_iso15118(body)


def test_an_external_limit_leads_to_a_renegotiation() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        await plan(bench)
        bench.hardware.set_external_limit("EMS", 6900)
        assert limits(await plan(bench, 2)) == [6900.0]  # K16.FR.02
        bench.hardware.set_external_limit("EMS", None)
        assert limits(await plan(bench, 3)) == [32.0]

    run_iso15118(body)


def test_the_ev_chooses_one_of_three_schedules_and_keeps_to_it() -> None:
    async def body(bench: Iso15118Bench) -> None:
        bench.needs_status = STATUS.Accepted
        await authorized(bench)
        await needs(bench)
        offered = [schedule_of(71, (0, 8)), schedule_of(72, (0, 6), (60, 20)), schedule_of(73, (0, 10))]
        assert (await set_profile(bench, *offered)).status == "Accepted"
        chosen = await plan(bench)
        assert (chosen.id, limits(chosen)) == (72, [6.0, 20.0])
        await asyncio.sleep(5)
        assert 0 < power(bench) <= 6 * 230 * 3
        criteria = t.ChargingProfileCriterionType(charging_profile_purpose=PURPOSE.TxProfile)
        await bench.csms.call(m.GetChargingProfilesRequest(request_id=1, charging_profile=criteria))
        (reported,) = (await bench.csms.expect(m.ReportChargingProfilesRequest)).charging_profile
        assert [each.id for each in reported.charging_schedule] == [71, 72, 73]
        assert len(bench.csms.all(m.NotifyEVChargingScheduleRequest)) == 1

    run_iso15118(body)


def test_several_schedules_are_only_for_an_ev_that_has_sent_its_needs() -> None:
    async def body(bench: Iso15118Bench) -> None:
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(2)
        response = await set_profile(bench, schedule_of(71, (0, 8)), schedule_of(72, (0, 6)))
        assert response.status == "Rejected"  # K01.FR.34

    run_iso15118(body)


def test_each_of_several_schedules_is_verified() -> None:
    async def body(bench: Iso15118Bench) -> None:
        bench.needs_status = STATUS.Accepted
        await authorized(bench)
        await needs(bench)
        response = await set_profile(bench, schedule_of(71, (0, 8)), schedule_of(72, (5, 6)))
        assert response.status == "Rejected"  # K01.FR.31
        assert isinstance(response.status_info, t.StatusInfoType)
        assert response.status_info.reason_code == "InvalidSchedule"

    run_iso15118(body)


def test_an_ev_whose_plan_exceeds_its_schedule_renegotiates() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        await plan(bench)
        await set_limit(bench, 10)
        await plan(bench, 2)
        emit(bench, ScheduleChosen(1, 1, (PowerLimit(0, 22080),)))
        assert limits(await plan(bench, 3)) == [10.0]  # K15.FR.09

    run_iso15118(body)


def test_the_plan_of_the_ev_lowers_the_composite_schedule_until_the_session_ends() -> None:
    async def composite(bench: Iso15118Bench, evse_id: int) -> list[tuple[int, float]]:
        request = m.GetCompositeScheduleRequest(evse_id=evse_id, duration=600)
        schedule = (await bench.csms.call(request)).schedule
        assert isinstance(schedule, t.CompositeScheduleType)
        return [(each.start_period, each.limit) for each in schedule.charging_schedule_period]

    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        await plan(bench)
        assert await composite(bench, 1) == [(0, 32)]
        emit(bench, ScheduleChosen(1, 1, (PowerLimit(0, 10 * 690), PowerLimit(60, 20 * 690))))
        for evse_id in (0, 1):
            assert await composite(bench, evse_id) == [(0, 10), (60, 20)]  # K15.FR.14, SC.04
        bench.hardware.ev_stop(1)
        await asyncio.sleep(5)
        assert await composite(bench, 1) == [(0, 32)]

    run_iso15118(body)


def test_without_a_plan_of_the_ev_its_schedule_is_reported_from_the_offer_on() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        first = await bench.csms.expect(m.NotifyEVChargingScheduleRequest)
        await asyncio.sleep(30)
        emit(bench, ScheduleChosen(1, 1))
        second = await bench.csms.expect(m.NotifyEVChargingScheduleRequest, 2)
        assert abs(second.time_base - first.time_base) < timedelta(seconds=1)  # K15.FR.19
        assert second.time_base < clock.utc_now() - timedelta(seconds=29)

    run_iso15118(body)


def test_an_ev_with_one_phase_gets_the_current_of_one_phase() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await authorized(bench)
        await plan(bench)
        await set_limit(bench, 10)
        await plan(bench, 2)
        needs = ChargingNeeds(phases=1, energy=5000, max_current=32, max_voltage=230)
        emit(bench, NeedsSent(1, needs, requested=True))
        emit(bench, ScheduleChosen(1, 1))
        reported = await plan(bench, 3)
        assert limits(reported) == [10.0]
        assert reported.charging_schedule_period[0].number_phases == 1

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


_CHANGES = st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 32)), max_size=20, unique_by=lambda each: each[0])
_COMPOSITE = _CHANGES.map(
    lambda changes: [Interval(start, Limit(690.0 * amperes, 3)) for start, amperes in [(0, 16), *sorted(changes)]]
)


@given(_COMPOSITE, st.integers(1, 12), st.integers(0, 3))
def test_a_schedule_for_an_ev_never_exceeds_the_composite_schedule(
    composite: list[Interval], max_limits: int, phases: int
) -> None:
    schedule = schedule_for_ev(1, composite, 6000, phases=phases, max_limits=max_limits)
    permitted = [PowerLimit(each.start, on_phases(each.limit, phases).power) for each in composite]
    assert len(schedule.limits) <= max_limits
    assert is_within(schedule.limits, permitted)


@given(st.floats(0, 32), st.integers(1, 3))
def test_an_ev_with_fewer_phases_gets_the_same_current(amperes: float, phases: int) -> None:
    assert on_phases(Limit(amperes * 690.0, 3), phases).current == pytest.approx(amperes)


def test_direct_current_has_no_phases() -> None:
    assert on_phases(Limit(5000.0, 0), 0) == Limit(5000.0, 0)
