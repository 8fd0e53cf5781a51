"""Smart charging in OCPP 1.6 (3.13, 5.5, 5.7, 5.16): what is taken, what follows, and that the EV follows it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.station.v16.scene import CARD, Scene, scene

from plugfest.clock import run_simulated, utc_now
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.station.store import Store

W = t.ChargingRateUnitType.W
KINDS, PURPOSES = t.ChargingProfileKindType, t.ChargingProfilePurposeType

DEFAULT, TX, MAX = PURPOSES.TxDefaultProfile, PURPOSES.TxProfile, PURPOSES.ChargePointMaxProfile


def profile(
    purpose: t.ChargingProfilePurposeType,
    periods: dict[int, float],
    *,
    schedule: dict[str, Any] | None = None,
    **more: Any,
) -> t.ChargingProfile:
    """An absolute profile in W that begins now."""
    return t.ChargingProfile(
        **{
            "charging_profile_id": 1,
            "stack_level": 0,
            "charging_profile_purpose": purpose,
            "charging_profile_kind": KINDS.Absolute,
            "charging_schedule": t.ChargingSchedule(
                **{
                    "charging_rate_unit": W,
                    "charging_schedule_period": [
                        t.ChargingSchedulePeriod(start_period=start, limit=limit) for start, limit in periods.items()
                    ],
                    "start_schedule": utc_now(),
                }
                | (schedule or {})
            ),
        }
        | more
    )


async def install(it: Scene, connector_id: int, wanted: t.ChargingProfile) -> str:
    request = m.SetChargingProfileRequest(connector_id=connector_id, cs_charging_profiles=wanted)
    return (await it.csms.call(request)).status.value


async def composite(it: Scene, connector_id: int = 1, duration: int = 400) -> dict[int, float]:
    """The composite schedule as its periods: start and limit in W."""
    request = m.GetCompositeScheduleRequest(connector_id=connector_id, duration=duration, charging_rate_unit=W)
    response = await it.csms.call(request)
    schedule = given(response.charging_schedule)
    assert schedule is not None
    assert (response.connector_id, schedule.duration, schedule.start_schedule) == (connector_id, duration, UNSET)
    return {period.start_period: period.limit for period in schedule.charging_schedule_period}


def power(it: Scene, connector_id: int = 1) -> float:
    return round(it.hands.evses[connector_id].meter.read().power)


def test_the_three_purposes_together() -> None:
    async def scenario() -> None:
        async with scene() as it:
            number = await it.charge()
            assert await install(it, 0, profile(MAX, {0: 10_000}, charging_profile_id=1)) == "Accepted"
            default = profile(
                DEFAULT,
                {0: 6000, 60: 10_000, 120: 8000, 180: 25_000, 260: 8000},
                schedule={"duration": 300},
                charging_profile_id=2,
            )
            own = profile(
                TX,
                {0: 8000, 50: 11_000, 140: 16_000, 200: 6000, 240: 12_000},
                schedule={"duration": 260},
                charging_profile_id=3,
                transaction_id=number,
            )
            assert await install(it, 1, default) == "Accepted"
            assert await install(it, 1, own) == "Accepted"
            assert await composite(it) == {0: 8000, 50: 10_000, 200: 6000, 240: 10_000, 260: 8000, 300: 10_000}

    run_simulated(scenario())


def test_the_ev_follows_the_limits_as_they_come() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await it.charge()
            assert power(it) == 150_000
            await install(it, 1, profile(DEFAULT, {0: 6000, 60: 0, 120: 10_000}, schedule={"duration": 180}))
            assert power(it) == 6000
            await it.status("SuspendedEVSE")  # erratum 3.64
            assert power(it) == 0
            await it.status("Charging")
            assert power(it) == 10_000
            await asyncio.sleep(60)
            assert power(it) == 150_000

    run_simulated(scenario())


def test_a_limit_of_the_station_is_shared() -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await install(it, 0, profile(MAX, {0: 50_000})) == "Accepted"
            await it.charge(1)
            assert power(it, 1) == 50_000
            await it.charge(2, "04112233")
            assert (power(it, 1), power(it, 2)) == (25_000, 25_000)  # 3.13.3
            it.hands.present_token(CARD, "ISO14443", 1)
            await it.status("Finishing", 1)
            assert (power(it, 1), power(it, 2)) == (0, 50_000)
            assert await composite(it, 0, 60) == {0: 50_000}

    run_simulated(scenario())


def test_a_default_profile_outlives_a_power_cut() -> None:
    async def scenario() -> None:
        store = Store()
        async with scene(store=store) as it:
            assert await install(it, 1, profile(DEFAULT, {0: 6000})) == "Accepted"
        async with scene(store=store) as it:
            assert await composite(it) == {0: 6000}  # erratum 3.37

    run_simulated(scenario())


def test_the_profile_of_a_transaction_ends_with_it() -> None:
    async def scenario() -> None:
        async with scene() as it:
            number = await it.charge()
            assert await install(it, 1, profile(TX, {0: 6000}, transaction_id=number)) == "Accepted"
            assert power(it) == 6000
            it.hands.present_token(CARD, "ISO14443", 1)
            await it.status("Finishing")
            assert await composite(it) == {0: 200_000}

    run_simulated(scenario())


def test_a_remote_start_brings_its_profile() -> None:
    async def scenario() -> None:
        async with scene() as it:
            wanted = profile(TX, {0: 7000})
            request = m.RemoteStartTransactionRequest(id_tag=CARD, connector_id=1, charging_profile=wanted)
            assert (await it.csms.call(request)).status is t.RemoteStartTransactionResponseStatus.Accepted
            it.hands.plug_in(1, 1)
            await it.status("Charging")
            assert power(it) == 7000
            assert await composite(it) == {0: 7000}

    run_simulated(scenario())


@pytest.mark.parametrize(
    "wanted",
    [
        lambda: profile(DEFAULT, {0: 7000}),
        lambda: profile(TX, {0: 7000}, transaction_id=5),
        lambda: profile(TX, {10: 7000}),
    ],
)
def test_a_remote_start_with_a_profile_that_makes_no_sense_is_rejected(wanted: Any) -> None:
    async def scenario() -> None:
        async with scene() as it:
            request = m.RemoteStartTransactionRequest(id_tag=CARD, connector_id=1, charging_profile=wanted())
            assert (await it.csms.call(request)).status is t.RemoteStartTransactionResponseStatus.Rejected

    run_simulated(scenario())


PAST = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("connector_id", "wanted"),
    [
        (1, lambda: profile(TX, {0: 1})),  # no transaction
        (1, lambda: profile(MAX, {0: 1})),
        (0, lambda: profile(TX, {0: 1})),
        (0, lambda: profile(MAX, {0: 1}, charging_profile_kind=KINDS.Relative)),
        (1, lambda: profile(DEFAULT, {0: 1}, transaction_id=9)),
        (1, lambda: profile(DEFAULT, {0: 1}, stack_level=6)),
        (1, lambda: profile(DEFAULT, {0: 1}, stack_level=-1)),
        (1, lambda: profile(DEFAULT, {})),
        (1, lambda: profile(DEFAULT, {5: 1})),
        (1, lambda: profile(DEFAULT, {0: 1, 60: 2, 30: 3})),
        (1, lambda: profile(DEFAULT, {0: -1})),
        (1, lambda: profile(DEFAULT, dict.fromkeys(range(49), 1.0))),
        (1, lambda: profile(DEFAULT, {0: 1}, schedule={"duration": 0})),
        (1, lambda: profile(DEFAULT, {0: 1}, schedule={"duration": 10**15})),
        (1, lambda: profile(DEFAULT, {0: 1, 10**15: 2})),
        (1, lambda: profile(DEFAULT, {0: 1}, schedule={"charging_rate_unit": t.ChargingRateUnitType.A})),
        (1, lambda: profile(DEFAULT, {0: 1}, charging_profile_kind=KINDS.Recurring)),
        (1, lambda: profile(DEFAULT, {0: 1}, recurrency_kind=t.RecurrencyKindType.Daily)),
        (1, lambda: profile(DEFAULT, {0: 1}, valid_from=utc_now(), valid_to=PAST)),
    ],
)
def test_a_profile_that_makes_no_sense_is_rejected(connector_id: int, wanted: Any) -> None:
    async def scenario() -> None:
        async with scene() as it:
            assert await install(it, connector_id, wanted()) == "Rejected"

    run_simulated(scenario())


def test_a_profile_for_another_transaction_is_rejected() -> None:
    async def scenario() -> None:
        async with scene() as it:
            number = await it.charge()
            assert await install(it, 1, profile(TX, {0: 1}, transaction_id=number + 1)) == "Rejected"

    run_simulated(scenario())


def test_a_connector_that_is_not_there_is_an_error() -> None:
    async def scenario() -> None:
        async with scene() as it:
            with pytest.raises(CallErrorReceived) as caught:
                await install(it, 3, profile(DEFAULT, {0: 1}))
            assert caught.value.code == "PropertyConstraintViolation"  # erratum 3.39
            answer = await it.csms.call(m.GetCompositeScheduleRequest(connector_id=3, duration=60))
            assert answer.status is t.GetCompositeScheduleResponseStatus.Rejected  # 5.7

    run_simulated(scenario())


def test_no_more_profiles_than_there_is_room_for() -> None:
    async def scenario() -> None:
        async with scene() as it:
            numbers = [(connector, stack) for connector in (0, 1, 2) for stack in range(6)]
            answers = [
                await install(it, connector, profile(DEFAULT, {0: 1}, stack_level=stack, charging_profile_id=number))
                for number, (connector, stack) in enumerate(numbers)
            ]
            assert answers == ["Accepted"] * 10 + ["Rejected"] * 8
            assert await install(it, 0, profile(DEFAULT, {0: 2}, charging_profile_id=0)) == "Accepted"  # replaced

    run_simulated(scenario())


async def clear(it: Scene, **fields: Any) -> str:
    return (await it.csms.call(m.ClearChargingProfileRequest(**fields))).status.value


def test_clearing() -> None:
    async def scenario() -> None:
        async with scene() as it:
            await install(it, 1, profile(DEFAULT, {0: 6000}, stack_level=1, charging_profile_id=1))
            await install(it, 1, profile(DEFAULT, {0: 7000}, stack_level=0, charging_profile_id=2))
            await install(it, 0, profile(MAX, {0: 8000}, charging_profile_id=3))
            assert await composite(it) == {0: 6000}
            assert await clear(it, id=9) == "Unknown"
            assert await clear(it, id=1, connector_id=2) == "Accepted"  # erratum 3.26: the id alone counts
            assert await composite(it) == {0: 7000}
            assert await clear(it, connector_id=1, charging_profile_purpose=DEFAULT, stack_level=1) == "Unknown"
            assert await clear(it, connector_id=1, charging_profile_purpose=DEFAULT, stack_level=0) == "Accepted"
            assert await composite(it) == {0: 8000}
            assert await clear(it) == "Accepted"
            assert await composite(it) == {0: 200_000}
            assert await clear(it) == "Unknown"

    run_simulated(scenario())


def test_a_recurring_profile_limits_from_time_to_time() -> None:
    async def scenario() -> None:
        async with scene() as it:
            daily = profile(
                DEFAULT,
                {0: 6000},
                charging_profile_kind=KINDS.Recurring,
                recurrency_kind=t.RecurrencyKindType.Daily,
                schedule={"duration": 600, "start_schedule": utc_now() - timedelta(days=3, minutes=-5)},
            )
            assert await install(it, 1, daily) == "Accepted"
            assert await composite(it, 1, 86_400) == {0: 200_000, 300: 6000, 900: 200_000}

    run_simulated(scenario())
