"""The CSMS sets the clock: what is due at a time of day is scheduled anew, what is due after a duration is not."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.station.v16.smart_charging.profiles import DEFAULT, KINDS, MAX, install, power, profile
from tests.station.v16.station_bench import CARD, StationBench, station_bench

from plugfest.clock import run_simulated, utc_now
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

MINUTES = pytest.mark.parametrize("minutes", [-90, -60, 10, 61])


async def set_clock(bench: StationBench, ahead: timedelta) -> None:
    """The clock of the CSMS, and with it that of the station, is `ahead` of real time."""
    bench.csms.ahead = ahead.total_seconds()
    trigger = m.TriggerMessageRequest(requested_message=t.TriggerMessageRequestedMessage.Heartbeat)
    before = len(bench.csms.all(m.HeartbeatRequest))
    await bench.csms.call(trigger)
    await bench.csms.expect(m.HeartbeatRequest, before + 1)
    await asyncio.sleep(1)


@MINUTES
def test_aligned_meter_values_follow_the_clock(minutes: int) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("ClockAlignedDataInterval", "300")
            await asyncio.sleep(400)
            await set_clock(bench, timedelta(minutes=minutes, seconds=30))
            bench.clear_messages()
            await asyncio.sleep(901)
            times = [each.meter_value[0].timestamp for each in bench.csms.all(m.MeterValuesRequest)]
            moments = sorted(set(times))
            assert len(moments) == 3
            assert all(each.minute % 5 == 0 and each.second == 0 for each in moments)
            assert abs(moments[-1] - bench.csms.now()) < timedelta(minutes=5, seconds=2)

    run_simulated(scenario())


def test_a_reservation_expires_when_the_clock_reaches_its_end() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            expiry = utc_now() + timedelta(seconds=300)
            await bench.csms.call(
                m.ReserveNowRequest(connector_id=1, expiry_date=expiry, id_tag=CARD, reservation_id=5)
            )
            await bench.status("Reserved")
            await set_clock(bench, timedelta(seconds=-600))
            await asyncio.sleep(400)
            assert bench.statuses()[-1] == "Reserved"
            await set_clock(bench, timedelta(seconds=600))
            assert bench.statuses()[-1] == "Available"

    run_simulated(scenario())


def test_a_profile_begins_when_the_clock_reaches_its_start() -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            later = {"start_schedule": utc_now() + timedelta(minutes=50), "duration": 600}
            await install(bench, 1, profile(DEFAULT, {0: 6000}, schedule=later))
            assert power(bench) == 150_000
            await set_clock(bench, timedelta(minutes=55))
            assert power(bench) == 6000
            await set_clock(bench, timedelta())
            assert power(bench) == 150_000

    run_simulated(scenario())


WITHOUT_START: dict[str, Any] = {"schedule": {"start_schedule": UNSET}}


@MINUTES
@pytest.mark.parametrize(
    ("connector_id", "purpose", "fields"),
    [(1, DEFAULT, {"charging_profile_kind": KINDS.Relative, **WITHOUT_START}), (0, MAX, WITHOUT_START)],
    ids=["relative to the transaction", "of the station, without a start"],
)
def test_a_profile_without_a_time_of_day_does_not_follow_the_clock(
    minutes: int, connector_id: int, purpose: t.ChargingProfilePurposeType, fields: dict[str, Any]
) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            assert await install(bench, connector_id, profile(purpose, {0: 6000, 600: 7000}, **fields)) == "Accepted"
            await asyncio.sleep(300)
            await set_clock(bench, timedelta(minutes=minutes))
            assert power(bench) == 6000
            await asyncio.sleep(310)
            assert power(bench) == 7000

    run_simulated(scenario())


@MINUTES
def test_the_connection_timeout_does_not_follow_the_clock(minutes: int) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.change("ConnectionTimeOut", "60")
            bench.hardware.present_token(CARD, "ISO14443", 1)
            await bench.status("Preparing")
            await set_clock(bench, timedelta(minutes=minutes))
            await asyncio.sleep(40)
            assert bench.statuses()[-1] == "Preparing"
            await asyncio.sleep(30)
            assert bench.statuses()[-1] == "Available"

    run_simulated(scenario())


@MINUTES
def test_an_external_limit_does_not_follow_the_clock(minutes: int) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await bench.charge()
            bench.hardware.set_external_limit("EMS", 6000)
            await asyncio.sleep(10)
            await set_clock(bench, timedelta(minutes=minutes))
            assert power(bench) == 6000

    run_simulated(scenario())
