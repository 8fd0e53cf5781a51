"""The charging profiles that the documents print, through SetChargingProfile and GetCompositeSchedule of a station."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.specification.examples import EXAMPLES, PhaseConflict
from tests.station.blocks.k_smart_charging.test_charging_profiles import MAX, TX, charge, put
from tests.station.blocks.k_smart_charging.test_charging_profiles import profile as profile_201
from tests.station.station_bench import StationBench as StationBench201
from tests.station.station_bench import run_on_bench
from tests.station.v16.smart_charging.profiles import W, composite
from tests.station.v16.station_bench import StationBench, station_bench

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.frames import call
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v201 import messages as m201
from plugfest.ocpp.v201 import types as t201

HOUR = 3600
DAY = 24 * HOUR

# 1.6 3.13.7: at most 6 kW between 08:00 and 20:00, and 11 kW otherwise. Its time has no seconds.
DAILY = {
    "chargingProfileId": 100,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "chargingSchedule": {
        "duration": DAY,
        "startSchedule": "2013-01-01T00:00Z",
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 11000, "numberPhases": 3},
            {"startPeriod": 28800, "limit": 6000, "numberPhases": 3},
            {"startPeriod": 72000, "limit": 11000, "numberPhases": 3},
        ],
    },
}


def exception(number: int, kind: str, start: str, hours: int, limit: float, **more: Any) -> dict[str, Any]:
    """A profile of Part 2 K 3.6.1, as OCPP 1.6 has it: times with a zone, and the duration that the text names."""
    schedule = {
        "duration": hours * HOUR,
        "startSchedule": start,
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
    }
    return {
        "chargingProfileId": 9 + number,
        "stackLevel": number,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": kind,
        "chargingSchedule": schedule,
        **more,
    }


STACKED = (
    exception(1, "Recurring", "2020-01-09T17:00:00Z", 3, 2000, recurrencyKind="Daily"),
    exception(2, "Recurring", "2020-01-05T00:00:00Z", 24, 999999, recurrencyKind="Weekly"),
    exception(3, "Absolute", "2020-12-25T00:00:00Z", 24, 999999, validFrom="2020-01-01T00:00:00Z"),
)
"""Part 2 K 3.6.1: 2 kW from 17:00 to 20:00, but not on Sundays and not on 25 December 2020.

The document prints a duration of 1080 s, which is not three hours, and times without a zone.
"""


async def install(bench: StationBench, connector_id: int, profile: dict[str, Any]) -> None:
    """Send the profile as text: its times are written as the document prints them."""
    assert bench.csms.peer is not None
    request = {"connectorId": connector_id, "csChargingProfiles": profile}
    text = call(f"profile-{profile['chargingProfileId']}", "SetChargingProfile", json.dumps(request).encode())
    await bench.csms.peer.send_text(text)
    await asyncio.sleep(1)


async def install_at_evse(bench: StationBench201, evse_id: int, profile: dict[str, Any]) -> None:
    """Send the same profile to a station with OCPP 2.0.1, as text."""
    assert bench.csms.peer is not None
    renamed = {"id": profile["chargingProfileId"], "chargingSchedule": [{"id": 1, **profile["chargingSchedule"]}]}
    others = {key: value for key, value in profile.items() if key not in ("chargingProfileId", "chargingSchedule")}
    request = {"evseId": evse_id, "chargingProfile": others | renamed}
    await bench.csms.peer.send_text(call("profile", "SetChargingProfile", json.dumps(request).encode()))
    await asyncio.sleep(1)


async def limit_at_evse(bench: StationBench201, moment: datetime) -> float:
    wait = int((moment - utc_now()).total_seconds())
    response = await bench.csms.call(
        m201.GetCompositeScheduleRequest(
            evse_id=1, duration=wait + 60, charging_rate_unit=t201.ChargingRateUnitEnumType.W
        )
    )
    schedule = given(response.schedule)
    assert schedule is not None
    return [each.limit for each in schedule.charging_schedule_period if each.start_period <= wait][-1]


async def limit_at(bench: StationBench, moment: datetime) -> float:
    """The limit at this time, from a composite schedule that reaches to it."""
    wait = int((moment - utc_now()).total_seconds())
    periods = await composite(bench, 1, wait + 60)
    return periods[max(start for start in periods if start <= wait)]


@pytest.mark.parametrize(("hour", "limit"), [(0, 11000), (7, 11000), (8, 6000), (19, 6000), (20, 11000), (23, 11000)])
def test_the_daily_default_profile_of_1_6(hour: int, limit: int) -> None:
    async def scenario() -> float:
        async with station_bench("reference-16-dc") as bench:
            await install(bench, 1, DAILY)
            day = utc_now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            return await limit_at(bench, day + timedelta(hours=hour, minutes=30))

    assert run_simulated(scenario()) == limit


@pytest.mark.parametrize(("hour", "limit"), [(0, 11000), (7, 11000), (8, 6000), (19, 6000), (20, 11000), (23, 11000)])
def test_the_daily_default_profile_of_2_0_1(hour: int, limit: int) -> None:
    """Part 2 K 3.6."""

    async def body(bench: StationBench201) -> None:
        await install_at_evse(bench, 1, DAILY)
        day = utc_now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        assert await limit_at_evse(bench, day + timedelta(hours=hour, minutes=30)) == limit

    run_on_bench(body, "reference-ac")


@pytest.mark.parametrize("example", EXAMPLES.phase_conflicts, ids=lambda one: f"{one.station}-{one.transaction}")
def test_profiles_with_different_phases(example: PhaseConflict) -> None:
    async def body(bench: StationBench201) -> None:
        transaction_id = await charge(bench)
        first, second = example.phase_to_use or (UNSET, UNSET)
        assert await put(bench, profile_201(1, MAX, 16.0, phases=example.station, phase=first), 0) == "Accepted"
        own = profile_201(2, TX, 10.0, phases=example.transaction, phase=second, transaction_id=transaction_id)
        status = await put(bench, own)
        if example.refused:
            assert status == "InvalidSchedule"
            return
        assert status == "Accepted"
        response = await bench.csms.call(
            m201.GetCompositeScheduleRequest(evse_id=1, duration=60, charging_rate_unit=t201.ChargingRateUnitEnumType.A)
        )
        schedule = given(response.schedule)
        assert schedule is not None
        assert [each.number_phases for each in schedule.charging_schedule_period] == [example.used]

    run_on_bench(body, "reference-ac")


def test_one_decimal_of_a_limit_is_used() -> None:
    """1.6 7.14: for example 8.1."""

    async def scenario() -> float:
        async with station_bench("reference-16-dc") as bench:
            await install(bench, 1, exception(1, "Recurring", "2020-01-09T00:00:00Z", 24, 8.1, recurrencyKind="Daily"))
            return (await composite(bench, 1, 60, W))[0]

    assert run_simulated(scenario()) == 8.1


@pytest.mark.parametrize(
    ("weekday", "hour", "limited"),
    [(0, 16, False), (0, 17, True), (0, 19, True), (0, 20, False), (5, 18, True), (6, 18, False)],
)
def test_the_stacked_profiles_of_2_0_1(weekday: int, hour: int, limited: bool) -> None:
    async def scenario() -> float:
        async with station_bench("reference-16-dc") as bench:
            for profile in STACKED:
                await install(bench, 1, profile)
            midnight = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
            days = (weekday - midnight.weekday()) % 7 or 7
            moment = midnight + timedelta(days=days, hours=hour, minutes=30)
            return await limit_at(bench, moment.astimezone(UTC))

    assert (run_simulated(scenario()) == 2000) is limited


def test_an_unlimited_profile_is_not_refused_for_its_high_limit() -> None:
    async def scenario() -> list[str]:
        async with station_bench("reference-16-dc") as bench:
            await install(bench, 1, STACKED[1])
            response = await bench.csms.call(m.ClearChargingProfileRequest(id=11))
            return [response.status.value]

    assert run_simulated(scenario()) == ["Accepted"]
