"""Invalid charging profiles in OCPP 1.6, and the answers that the specification requires."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from tests.station.v16.smart_charging.profiles import DEFAULT, KINDS, MAX, TX, A, composite, install, profile
from tests.station.v16.station_bench import CARD, station_bench

from plugfest.clock import run_simulated, utc_now
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp import codec
from plugfest.ocpp.errors import ErrorCode, RemoteError
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


@pytest.mark.parametrize(
    "wanted",
    [
        lambda: profile(DEFAULT, {0: 7000}),
        lambda: profile(TX, {0: 7000}, transaction_id=5),
        lambda: profile(TX, {10: 7000}),
    ],
)
def test_a_remote_start_with_an_invalid_profile_is_rejected(wanted: Any) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            request = m.RemoteStartTransactionRequest(id_tag=CARD, connector_id=1, charging_profile=wanted())
            assert (await bench.csms.call(request)).status is t.RemoteStartTransactionResponseStatus.Rejected

    run_simulated(scenario())


PAST = datetime(2020, 1, 1, tzinfo=UTC)


DAILY = {"charging_profile_kind": KINDS.Recurring, "recurrency_kind": t.RecurrencyKindType.Daily}

NONSENSE: dict[str, tuple[int, Callable[[], t.ChargingProfile]]] = {
    "for a transaction that there is not": (1, lambda: profile(TX, {0: 1})),
    "for a transaction that is over": (1, lambda: profile(TX, {0: 1}, transaction_id=1000)),
    "for a transaction of the whole station": (0, lambda: profile(TX, {0: 1})),
    "a limit of the station at one connector": (1, lambda: profile(MAX, {0: 1})),
    "a limit of the station relative to nothing": (
        0,
        lambda: profile(MAX, {0: 1}, charging_profile_kind=KINDS.Relative),
    ),
    "a default for one transaction": (1, lambda: profile(DEFAULT, {0: 1}, transaction_id=9)),
    "a stack level over ChargeProfileMaxStackLevel": (1, lambda: profile(DEFAULT, {0: 1}, stack_level=6)),
    "a stack level below zero": (1, lambda: profile(DEFAULT, {0: 1}, stack_level=-1)),
    "no period": (1, lambda: profile(DEFAULT, {})),
    "a first period that is not at 0": (1, lambda: profile(DEFAULT, {5: 1})),
    "periods out of order": (1, lambda: profile(DEFAULT, {0: 1, 60: 2, 30: 3})),
    "two periods at once": (1, lambda: _doubled(profile(DEFAULT, {0: 1}))),
    "more periods than ChargingScheduleMaxPeriods": (1, lambda: profile(DEFAULT, dict.fromkeys(range(49), 1.0))),
    "a limit below zero": (1, lambda: profile(DEFAULT, {0: -1})),
    "no duration at all": (1, lambda: profile(DEFAULT, {0: 1}, schedule={"duration": 0})),
    "a duration beyond all bounds": (1, lambda: profile(DEFAULT, {0: 1}, schedule={"duration": 10**15})),
    "a period beyond all bounds": (1, lambda: profile(DEFAULT, {0: 1, 10**15: 2})),
    "a unit that is not allowed": (1, lambda: profile(DEFAULT, {0: 1}, schedule={"charging_rate_unit": A})),
    "recurring without a recurrency": (1, lambda: profile(DEFAULT, {0: 1}, charging_profile_kind=KINDS.Recurring)),
    "recurring without a start": (1, lambda: profile(DEFAULT, {0: 1}, schedule={"start_schedule": UNSET}, **DAILY)),
    "a recurring limit of the station without a start": (
        0,
        lambda: profile(MAX, {0: 1}, schedule={"start_schedule": UNSET}, **DAILY),
    ),
    "a recurrency of what does not recur": (
        1,
        lambda: profile(DEFAULT, {0: 1}, recurrency_kind=t.RecurrencyKindType.Daily),
    ),
    "an end before the beginning": (1, lambda: profile(DEFAULT, {0: 1}, valid_from=utc_now(), valid_to=PAST)),
}


def _doubled(one: t.ChargingProfile) -> t.ChargingProfile:
    schedule = one.charging_schedule
    twice = msgspec.structs.replace(schedule, charging_schedule_period=2 * schedule.charging_schedule_period)
    return msgspec.structs.replace(one, charging_schedule=twice)


@pytest.mark.parametrize(("connector_id", "wanted"), NONSENSE.values(), ids=NONSENSE)
def test_an_invalid_profile_is_rejected_and_not_installed(connector_id: int, wanted: Any) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            assert await install(bench, connector_id, wanted()) == "Rejected"
            cleared = await bench.csms.call(m.ClearChargingProfileRequest())
            assert cleared.status is t.ClearChargingProfileResponseStatus.Unknown

    run_simulated(scenario())


def test_a_schedule_longer_than_its_recurrence_is_accepted() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            daily = profile(DEFAULT, {0: 6000, 90_000: 7000}, schedule={"duration": 100_000}, **DAILY)
            assert await install(bench, 1, daily) == "Accepted"
            assert await composite(bench, 1, 100_000) == {0: 6000}  # erratum 3.44: what is over is not executed

    run_simulated(scenario())


def test_a_profile_for_another_transaction_is_rejected() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            number = await bench.charge()
            assert await install(bench, 1, profile(TX, {0: 1}, transaction_id=number + 1)) == "Rejected"

    run_simulated(scenario())


def test_an_unknown_connector_is_an_error() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            with pytest.raises(CallErrorReceived) as caught:
                await install(bench, 3, profile(DEFAULT, {0: 1}))
            assert caught.value.code == "PropertyConstraintViolation"  # erratum 3.39
            answer = await bench.csms.call(m.GetCompositeScheduleRequest(connector_id=3, duration=60))
            assert answer.status is t.GetCompositeScheduleResponseStatus.Rejected  # 5.7

    run_simulated(scenario())


def test_an_unknown_unit_is_an_error() -> None:
    asked = b'{"connectorId":1,"duration":60,"chargingRateUnit":"kW"}'
    with pytest.raises(RemoteError) as caught:
        codec.decode(m.GetCompositeScheduleRequest, asked)
    assert caught.value.code is ErrorCode.PropertyConstraintViolation  # erratum 3.24
    schedule = b'{"chargingRateUnit":"kW","chargingSchedulePeriod":[{"startPeriod":0,"limit":6}]}'
    with pytest.raises(RemoteError) as caught:
        codec.decode(t.ChargingSchedule, schedule)
    assert caught.value.code is ErrorCode.PropertyConstraintViolation  # erratum 3.38


@pytest.mark.parametrize("fields", [{"charging_rate_unit": A}, {"duration": 0}, {"duration": -1}])
def test_an_impossible_composite_schedule_is_rejected(fields: dict[str, Any]) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            asked = m.GetCompositeScheduleRequest(**{"connector_id": 1, "duration": 60} | fields)
            answer = await bench.csms.call(asked)
            assert answer.status is t.GetCompositeScheduleResponseStatus.Rejected  # 5.7
            assert answer.charging_schedule is UNSET

    run_simulated(scenario())


def test_without_smart_charging_profiles_are_not_supported() -> None:
    async def scenario() -> None:
        async with station_bench("reference-16-plain") as bench:
            for request in (
                m.SetChargingProfileRequest(connector_id=1, cs_charging_profiles=profile(DEFAULT, {0: 1})),
                m.ClearChargingProfileRequest(),
                m.GetCompositeScheduleRequest(connector_id=1, duration=60),
            ):
                with pytest.raises(CallErrorReceived) as caught:
                    await bench.csms.call(request)
                assert caught.value.code == "NotSupported"  # erratum 3.39

    run_simulated(scenario())


def test_the_number_of_profiles_is_limited() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            numbers = [(connector, stack) for connector in (0, 1, 2) for stack in range(6)]
            answers = [
                await install(bench, connector, profile(DEFAULT, {0: 1}, stack_level=stack, charging_profile_id=number))
                for number, (connector, stack) in enumerate(numbers)
            ]
            assert answers == ["Accepted"] * 10 + ["Rejected"] * 8
            assert await install(bench, 0, profile(DEFAULT, {0: 2}, charging_profile_id=0)) == "Accepted"  # replaced

    run_simulated(scenario())
