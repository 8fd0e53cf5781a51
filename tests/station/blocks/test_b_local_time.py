"""The offset of the local time (Part 2 sections 2.1.27 to 2.1.31)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from tests.station.station_bench import StationBench, station_bench

from plugfest import clock
from plugfest.clock import run_simulated
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

OFFSET = t.VariableType(name="TimeOffset")
NEXT_OFFSET = t.VariableType(name="TimeOffset", instance="NextTransition")
TRANSITION = t.VariableType(name="NextTimeOffsetTransitionDateTime")
ZONE = t.VariableType(name="TimeZone")
CLOCK = t.ComponentType(name="ClockCtrlr")


def run_on_bench(body: Callable[[StationBench], Awaitable[None]], product: str = "reference-ac") -> None:
    async def run() -> None:
        async with station_bench(product) as bench:
            await body(bench)

    run_simulated(run())


async def put(bench: StationBench, variable: t.VariableType, value: str) -> str:
    data = t.SetVariableDataType(attribute_value=value, component=CLOCK, variable=variable)
    answer = await bench.csms.call(m.SetVariablesRequest(set_variable_data=[data]))
    return answer.set_variable_result[0].attribute_status.value


async def offset(bench: StationBench) -> str | None:
    data = t.GetVariableDataType(component=CLOCK, variable=OFFSET)
    answer = await bench.csms.call(m.GetVariablesRequest(get_variable_data=[data]))
    return given(answer.get_variable_result[0].attribute_value)


async def plan(bench: StationBench, seconds: float, new_offset: str) -> None:
    when = (clock.utc_now() + timedelta(seconds=seconds)).isoformat(timespec="seconds").replace("+00:00", "Z")
    assert await put(bench, NEXT_OFFSET, new_offset) == "Accepted"
    assert await put(bench, TRANSITION, when) == "Accepted"


@pytest.mark.parametrize("value", ["+01:00", "-09:30", "+14:00"])
def test_an_offset_of_hours_and_minutes_is_accepted(value: str) -> None:
    async def body(bench: StationBench) -> None:
        assert await put(bench, OFFSET, value) == "Accepted"
        assert await offset(bench) == value

    run_on_bench(body)


@pytest.mark.parametrize("value", ["", "1", "01:00", "+1:00", "+15:00", "+01:60", "Z", "Europe/Oslo"])
def test_other_offsets_are_rejected(value: str) -> None:
    async def body(bench: StationBench) -> None:
        assert await put(bench, OFFSET, value) == await put(bench, NEXT_OFFSET, value) == "Rejected"
        assert await offset(bench) == "+00:00"

    run_on_bench(body)


@pytest.mark.parametrize(
    ("value", "status"), [("Europe/Oslo", "Accepted"), ("UTC", "Accepted"), ("+01:00", "Rejected"), ("", "Rejected")]
)
def test_a_time_zone_must_be_a_name(value: str, status: str) -> None:
    async def body(bench: StationBench) -> None:
        assert await put(bench, ZONE, value) == status

    run_on_bench(body, "reference-dc")


def test_the_offset_changes_at_its_next_transition() -> None:
    async def body(bench: StationBench) -> None:
        await plan(bench, 3600, "+02:00")
        await asyncio.sleep(3590)
        assert await offset(bench) == "+00:00"
        await asyncio.sleep(20)
        assert await offset(bench) == "+02:00"

    run_on_bench(body)


def test_it_changes_once() -> None:
    async def body(bench: StationBench) -> None:
        await plan(bench, 60, "+02:00")
        await asyncio.sleep(70)
        assert await put(bench, OFFSET, "+03:00") == "Accepted"
        await bench.station.power_off()
        bench.station.power_on()
        await asyncio.sleep(70)
        assert await offset(bench) == "+03:00"

    run_on_bench(body)


def test_a_transition_during_power_off_takes_effect_at_the_start() -> None:
    async def body(bench: StationBench) -> None:
        await plan(bench, 60, "+02:00")
        await bench.station.power_off()
        await asyncio.sleep(120)
        bench.station.power_on()
        await asyncio.sleep(30)
        assert await offset(bench) == "+02:00"

    run_on_bench(body)


def test_a_transition_in_the_past_has_no_effect() -> None:
    async def body(bench: StationBench) -> None:
        await plan(bench, -60, "+02:00")
        await asyncio.sleep(10)
        assert await offset(bench) == "+00:00"

    run_on_bench(body)


def test_the_transition_follows_the_clock_of_the_station() -> None:
    async def body(bench: StationBench) -> None:
        await plan(bench, 3600, "+02:00")
        bench.csms.ahead = 7200
        await bench.csms.expect(m.HeartbeatRequest)
        await asyncio.sleep(1)
        assert await offset(bench) == "+02:00"

    run_on_bench(body)
