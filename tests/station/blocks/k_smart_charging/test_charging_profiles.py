"""Smart charging on the wire (K01 to K13)."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.station.station_bench import StationBench, run_on_bench

from plugfest.hardware.ports import LimitPeriod
from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

AC = "reference-ac"
START = datetime(2020, 1, 1, tzinfo=UTC)
PURPOSES = t.ChargingProfilePurposeEnumType
MAX, DEFAULT, TX = PURPOSES.ChargingStationMaxProfile, PURPOSES.TxDefaultProfile, PURPOSES.TxProfile
EXTERNAL = PURPOSES.ChargingStationExternalConstraints
KINDS = t.ChargingProfileKindEnumType


def profile(
    id: int = 1,
    purpose: PURPOSES = DEFAULT,
    limit: float = 6.0,
    *,
    kind: KINDS = KINDS.Absolute,
    start: datetime | UnsetType = START,
    unit: str = "A",
    level: int = 0,
    phases: int | UnsetType = UNSET,
    phase: int | UnsetType = UNSET,
    transaction_id: str | UnsetType = UNSET,
    valid_to: datetime | UnsetType = UNSET,
    valid_from: datetime | UnsetType = UNSET,
) -> t.ChargingProfileType:
    period = t.ChargingSchedulePeriodType(start_period=0, limit=limit, number_phases=phases, phase_to_use=phase)
    schedule = t.ChargingScheduleType(
        id=7,
        charging_rate_unit=t.ChargingRateUnitEnumType(unit),
        charging_schedule_period=[period],
        start_schedule=start,
    )
    return t.ChargingProfileType(
        id=id,
        stack_level=level,
        charging_profile_purpose=purpose,
        charging_profile_kind=kind,
        charging_schedule=[schedule],
        transaction_id=transaction_id,
        valid_from=valid_from,
        valid_to=valid_to,
    )


async def put(bench: StationBench, wanted: t.ChargingProfileType, evse_id: int = 1) -> str:
    """The reason code, or the status without one."""
    response = await bench.csms.call(m.SetChargingProfileRequest(evse_id=evse_id, charging_profile=wanted))
    info = given(response.status_info)
    return response.status.value if info is None else info.reason_code


async def reports(
    bench: StationBench, evse_id: int | UnsetType = UNSET, **criteria: object
) -> list[m.ReportChargingProfilesRequest]:
    number = len(bench.csms.all(m.ReportChargingProfilesRequest))
    wanted = t.ChargingProfileCriterionType(**criteria)  # type: ignore[arg-type]
    await bench.csms.call(m.GetChargingProfilesRequest(request_id=5, charging_profile=wanted, evse_id=evse_id))
    await asyncio.sleep(1)
    return bench.csms.all(m.ReportChargingProfilesRequest)[number:]


async def limits(bench: StationBench, evse_id: int = 1, unit: str = "A") -> list[float]:
    """The limits of the composite schedule."""
    response = await bench.csms.call(
        m.GetCompositeScheduleRequest(
            evse_id=evse_id, duration=600, charging_rate_unit=t.ChargingRateUnitEnumType(unit)
        )
    )
    schedule = given(response.schedule)
    return [] if schedule is None else [period.limit for period in schedule.charging_schedule_period]


async def charge(bench: StationBench) -> str:
    bench.hardware.plug_in(1, 1)
    bench.hardware.present_token("A", "ISO14443")
    await asyncio.sleep(20)
    return bench.events[-1].transaction_info.transaction_id


def amperes(bench: StationBench) -> float:
    return max(bench.hardware.evses[1].meter.read().currents)


TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.mark.parametrize(
    ("wanted", "evse_id", "answer"),
    [
        (profile(), 1, "Accepted"),
        (profile(), 9, "UnknownEvse"),
        (profile(purpose=MAX), 1, "InvalidProfile"),
        (profile(purpose=EXTERNAL), 0, "InvalidProfile"),
        (profile(purpose=TX), 1, "MissingParam"),
        (profile(purpose=TX, transaction_id="none"), 0, "InvalidProfile"),
        (profile(purpose=TX, transaction_id="none"), 1, "TxNotFound"),
        (profile(transaction_id="none"), 1, "InvalidProfile"),
        (profile(level=99), 1, "InvalidStackLevel"),
        (profile(start=UNSET), 1, "InvalidSchedule"),
        (profile(kind=KINDS.Relative), 1, "InvalidSchedule"),
        (profile(kind=KINDS.Relative, start=UNSET), 1, "Accepted"),
        (profile(phases=1, phase=1), 1, "Accepted"),
        (profile(phases=1, phase=2), 1, "InvalidSchedule"),
        (profile(phases=3, phase=1), 1, "InvalidSchedule"),
    ],
)
def test_the_answer_to_a_charging_profile(wanted: t.ChargingProfileType, evse_id: int, answer: str) -> None:
    async def body(bench: StationBench) -> None:
        assert await put(bench, wanted, evse_id) == answer

    run_on_bench(body, AC)


def test_a_unit_that_is_not_supported_is_rejected() -> None:
    async def body(bench: StationBench) -> None:
        assert await put(bench, profile()) == "UnsupportedRateUnit"
        assert await limits(bench) == []
        assert await limits(bench, unit="W") != []

    run_on_bench(body, "reference-dc")


def test_a_profile_is_replaced_by_one_with_its_id_and_not_by_another() -> None:
    async def body(bench: StationBench) -> None:
        assert await put(bench, profile(1)) == "Accepted"
        assert await put(bench, profile(2)) == "DuplicateProfile"  # K01.FR.06
        assert await put(bench, profile(2), 0) == "DuplicateProfile"  # K01.FR.52
        assert await put(bench, profile(1, limit=8)) == "Accepted"  # K01.FR.05
        assert await limits(bench) == [8]
        assert await put(bench, profile(3, level=1, valid_to=START)) == "Accepted"
        assert await put(bench, profile(4, level=1, valid_from=TOMORROW)) == "Accepted"

    run_on_bench(body, AC)


def test_a_default_profile_that_has_ended_is_installed_until_it_is_cleared() -> None:
    """So no default profile of an EVSE can stand beside one of EVSE 0 on its stack level."""

    async def body(bench: StationBench) -> None:
        assert await put(bench, profile(1, valid_to=START)) == "Accepted"
        assert await put(bench, profile(2), 0) == "DuplicateProfile"  # K01.FR.52
        assert await put(bench, profile(3, level=1, valid_to=START), 0) == "Accepted"
        assert await put(bench, profile(4, level=1)) == "DuplicateProfile"  # K01.FR.53
        assert await put(bench, profile(1, limit=9), 0) == "Accepted"  # K01.FR.05: it moves to EVSE 0
        assert await limits(bench) == [9]

    run_on_bench(body, AC)


def test_profiles_of_each_evse_and_source_are_reported_as_they_were_sent() -> None:
    async def body(bench: StationBench) -> None:
        station, default = profile(1, MAX, 4140, unit="W"), profile(2, phases=3)
        assert (await put(bench, station, 0), await put(bench, default)) == ("Accepted", "Accepted")
        first, second = await reports(bench)
        assert (first.evse_id, first.charging_profile, first.tbc) == (0, [station], True)
        assert (second.evse_id, second.charging_profile, second.tbc) == (1, [default], False)
        assert [each.evse_id for each in await reports(bench, 0)] == [0]
        assert [each.evse_id for each in await reports(bench, charging_profile_purpose=DEFAULT)] == [1]
        assert [each.evse_id for each in await reports(bench, stack_level=0, charging_profile_id=[2])] == [1]
        assert await reports(bench, charging_limit_source=[t.ChargingLimitSourceEnumType.EMS]) == []

    run_on_bench(body, AC)


def test_a_limit_in_watts_is_a_current_on_each_of_its_phases() -> None:
    async def body(bench: StationBench) -> None:
        await put(bench, profile(1, limit=6 * 690, unit="W", phases=3), 0)
        assert (await limits(bench, 1), await limits(bench, 2)) == ([6], [6])  # K01.FR.50
        assert (await limits(bench, 1, "W"), await limits(bench, 2, "W")) == ([4140], [1380])
        assert (await limits(bench, 0), await limits(bench, 0, "W")) == ([12], [5520])  # both use the first phase

    run_on_bench(body, AC)


def test_the_ev_follows_a_profile_for_its_transaction_until_it_is_cleared() -> None:
    async def body(bench: StationBench) -> None:
        transaction_id = await charge(bench)
        full = amperes(bench)
        own = profile(1, TX, 8, kind=KINDS.Relative, start=UNSET, transaction_id=transaction_id)
        assert await put(bench, own) == "Accepted"
        await asyncio.sleep(5)
        assert full > amperes(bench) == pytest.approx(8)
        await bench.csms.call(m.ClearChargingProfileRequest(charging_profile_id=1))
        await asyncio.sleep(5)
        assert amperes(bench) == full

    run_on_bench(body, AC)


@pytest.mark.parametrize("start_point", ["Authorized", "EVConnected", "EnergyTransfer"])
def test_a_remote_start_brings_its_profile(start_point: str) -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(2)
        request = m.RequestStartTransactionRequest(
            id_token=t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443),
            remote_start_id=3,
            evse_id=1,
            charging_profile=profile(1, TX, 8, kind=KINDS.Relative, start=UNSET),
        )
        assert (await bench.csms.call(request)).status is t.RequestStartStopStatusEnumType.Accepted
        await asyncio.sleep(20)
        (report,) = await reports(bench)
        transaction_id = bench.events[-1].transaction_info.transaction_id
        assert report.charging_profile[0].transaction_id == transaction_id
        assert amperes(bench) == pytest.approx(8)

    run_on_bench(body, AC, start=start_point)


def test_a_remote_start_with_another_purpose_is_rejected() -> None:
    async def body(bench: StationBench) -> None:
        request = m.RequestStartTransactionRequest(
            id_token=t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443),
            remote_start_id=3,
            evse_id=1,
            charging_profile=profile(),
        )
        response = await bench.csms.call(request)
        assert response.status is t.RequestStartStopStatusEnumType.Rejected  # F01.FR.26

    run_on_bench(body, AC)


def test_an_external_limit_is_obeyed_reported_and_released() -> None:
    async def body(bench: StationBench) -> None:
        await charge(bench)
        full = amperes(bench)
        bench.hardware.set_external_limit("EMS", 10 * 690)
        await asyncio.sleep(5)
        assert amperes(bench) == pytest.approx(10)
        assert bench.transcript()[-1] == "Updated ChargingRateChanged"  # K11.FR.04
        (notified,) = bench.csms.all(m.NotifyChargingLimitRequest)
        assert (notified.charging_limit.charging_limit_source.value, notified.charging_schedule) == ("EMS", UNSET)
        (report,) = await reports(bench, charging_profile_purpose=EXTERNAL)
        assert (report.charging_limit_source.value, report.charging_profile[0].id < 0) == ("EMS", True)
        for request in (m.ClearChargingProfileRequest(), m.ClearChargingProfileRequest(charging_profile_id=-1)):
            assert (await bench.csms.call(request)).status.value == "Unknown"  # K10.FR.08, K10.FR.09
        bench.hardware.set_external_limit("EMS", 10.05 * 690)
        await asyncio.sleep(1)
        assert len(bench.csms.all(m.NotifyChargingLimitRequest)) == 1  # less than LimitChangeSignificance
        bench.hardware.set_external_limit("EMS", None)
        await asyncio.sleep(5)
        assert len(bench.csms.all(m.ClearedChargingLimitRequest)) == 1  # K13.FR.02
        assert amperes(bench) == full

    run_on_bench(body, AC)


def test_an_external_limit_of_an_evse_is_for_that_evse_alone() -> None:
    async def body(bench: StationBench) -> None:
        station, other = await limits(bench, 0), await limits(bench, 2)
        await charge(bench)
        full = amperes(bench)
        bench.hardware.set_external_limit("SO", 10 * 690, 1)
        await asyncio.sleep(5)
        assert amperes(bench) == pytest.approx(10)  # K11.FR.01
        assert await limits(bench, 1) == [10]
        assert await limits(bench, 2) == other
        assert await limits(bench, 0) == [pytest.approx(station[0] - full + 10)]
        (notified,) = bench.csms.all(m.NotifyChargingLimitRequest)
        assert notified.evse_id == 1
        (report,) = await reports(bench, charging_profile_purpose=EXTERNAL)
        assert (report.evse_id, report.charging_profile[0].id < 0) == (1, True)
        bench.hardware.set_external_limit("SO", None)
        await asyncio.sleep(1)
        assert bench.csms.all(m.ClearedChargingLimitRequest) == []  # there is no limit of the station
        bench.hardware.set_external_limit("SO", None, 1)
        await asyncio.sleep(5)
        (cleared,) = bench.csms.all(m.ClearedChargingLimitRequest)
        assert (cleared.evse_id, cleared.charging_limit_source.value) == (1, "SO")  # K13.FR.02
        assert amperes(bench) == full

    run_on_bench(body, AC)


def test_an_external_limit_does_not_replace_a_profile_of_the_csms_with_a_negative_id() -> None:
    async def body(bench: StationBench) -> None:
        assert await put(bench, profile(-1, limit=10.0), 0) == "Accepted"
        for watts in (16 * 690, 20 * 690):  # the second one keeps the id of the first
            bench.hardware.set_external_limit("EMS", watts)
            await asyncio.sleep(1)
            found = await reports(bench)
            assert [each.charging_profile[0].id for each in found] == [-1, -2]
            assert await limits(bench, 1) == [10]  # K08.FR.04
        bench.hardware.set_external_limit("SO", 8 * 690)
        await asyncio.sleep(1)
        assert await limits(bench, 1) == [8]
        assert await put(bench, profile(-2, level=1), 0) == "DuplicateProfile"  # K01.FR.05

    run_on_bench(body, AC)


def test_external_limits_of_the_station_and_of_an_evse_apply_together() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.set_external_limit("EMS", 8 * 690, 1)
        bench.hardware.set_external_limit("EMS", 12 * 690)
        await asyncio.sleep(1)
        assert [each.evse_id for each in bench.csms.all(m.NotifyChargingLimitRequest)] == [1, UNSET]
        assert await limits(bench, 1) == [8]
        bench.hardware.set_external_limit("EMS", None, 1)
        await asyncio.sleep(1)
        assert await limits(bench, 1) == [12]

    run_on_bench(body, AC)


def test_an_external_limit_is_reported_with_its_schedule_if_the_csms_wants_that() -> None:
    async def body(bench: StationBench) -> None:
        bench.hardware.set_external_limit("SO", 4140)
        await asyncio.sleep(1)
        (notified,) = bench.csms.all(m.NotifyChargingLimitRequest)
        (schedule,) = given(notified.charging_schedule) or []
        assert schedule.charging_schedule_period[0].limit == 4140  # K12.FR.03

    run_on_bench(body, AC, SmartChargingCtrlr__NotifyChargingLimitWithSchedules="true")


def test_an_external_limit_may_have_several_periods_and_an_end() -> None:
    async def body(bench: StationBench) -> None:
        (full,) = await limits(bench, 1)
        later = [LimitPeriod(60, 8 * 690)]
        bench.hardware.set_external_limit("Other", 10 * 690, 1, later, 120)
        await asyncio.sleep(1)
        assert await limits(bench, 1) == [10, 8, full]
        (notified,) = bench.csms.all(m.NotifyChargingLimitRequest)
        (schedule,) = given(notified.charging_schedule) or []
        assert (notified.charging_limit.charging_limit_source.value, notified.evse_id) == ("Other", 1)
        assert (len(schedule.charging_schedule_period), schedule.duration) == (2, 120)  # K12.FR.03
        (report,) = await reports(bench, charging_profile_purpose=EXTERNAL)
        (reported,) = report.charging_profile[0].charging_schedule
        assert [each.limit for each in reported.charging_schedule_period] == [6900, 5520]
        bench.hardware.set_external_limit("Other", 10 * 690, 1, [LimitPeriod(60, 8.01 * 690)], 120)
        await asyncio.sleep(1)
        assert len(bench.csms.all(m.NotifyChargingLimitRequest)) == 1  # less than LimitChangeSignificance
        bench.hardware.set_external_limit("Other", 10 * 690, 1, later)
        await asyncio.sleep(1)
        assert len(bench.csms.all(m.NotifyChargingLimitRequest)) == 2  # another end

    run_on_bench(body, AC, SmartChargingCtrlr__NotifyChargingLimitWithSchedules="true")


def test_a_station_that_ignores_external_signals_keeps_its_limits() -> None:
    async def body(bench: StationBench) -> None:
        before = await limits(bench)
        bench.hardware.set_external_limit("EMS", 4140)
        await asyncio.sleep(1)
        assert await limits(bench) == before
        assert bench.csms.all(m.NotifyChargingLimitRequest) == []

    run_on_bench(body, AC, SmartChargingCtrlr__ExternalControlSignalsEnabled="false")
