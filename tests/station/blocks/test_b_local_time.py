"""The offset of the clock that the driver sees (Part 2 sections 2.1.27 to 2.1.31)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from tests.station.scene import Scene, scene

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


def play(body: Callable[[Scene], Awaitable[None]], product: str = "reference-ac") -> None:
    async def run() -> None:
        async with scene(product) as it:
            await body(it)

    run_simulated(run())


async def put(it: Scene, variable: t.VariableType, value: str) -> str:
    data = t.SetVariableDataType(attribute_value=value, component=CLOCK, variable=variable)
    answer = await it.csms.call(m.SetVariablesRequest(set_variable_data=[data]))
    return answer.set_variable_result[0].attribute_status.value


async def offset(it: Scene) -> str | None:
    data = t.GetVariableDataType(component=CLOCK, variable=OFFSET)
    answer = await it.csms.call(m.GetVariablesRequest(get_variable_data=[data]))
    return given(answer.get_variable_result[0].attribute_value)


async def plan(it: Scene, seconds: float, new_offset: str) -> None:
    when = (clock.utc_now() + timedelta(seconds=seconds)).isoformat(timespec="seconds").replace("+00:00", "Z")
    assert await put(it, NEXT_OFFSET, new_offset) == "Accepted"
    assert await put(it, TRANSITION, when) == "Accepted"


@pytest.mark.parametrize("value", ["+01:00", "-09:30", "+14:00"])
def test_an_offset_is_hours_and_minutes(value: str) -> None:
    async def body(it: Scene) -> None:
        assert await put(it, OFFSET, value) == "Accepted"
        assert await offset(it) == value

    play(body)


@pytest.mark.parametrize("value", ["", "1", "01:00", "+1:00", "+15:00", "+01:60", "Z", "Europe/Oslo"])
def test_nothing_else_is_one(value: str) -> None:
    async def body(it: Scene) -> None:
        assert await put(it, OFFSET, value) == await put(it, NEXT_OFFSET, value) == "Rejected"
        assert await offset(it) == "+00:00"

    play(body)


@pytest.mark.parametrize(
    ("value", "status"), [("Europe/Oslo", "Accepted"), ("UTC", "Accepted"), ("+01:00", "Rejected"), ("", "Rejected")]
)
def test_a_time_zone_is_a_name(value: str, status: str) -> None:
    async def body(it: Scene) -> None:
        assert await put(it, ZONE, value) == status

    play(body, "reference-dc")


def test_the_offset_changes_when_its_next_transition_comes() -> None:
    async def body(it: Scene) -> None:
        await plan(it, 3600, "+02:00")
        await asyncio.sleep(3590)
        assert await offset(it) == "+00:00"
        await asyncio.sleep(20)
        assert await offset(it) == "+02:00"

    play(body)


def test_it_changes_once() -> None:
    async def body(it: Scene) -> None:
        await plan(it, 60, "+02:00")
        await asyncio.sleep(70)
        assert await put(it, OFFSET, "+03:00") == "Accepted"
        await it.station.power_off()
        it.station.power_on()
        await asyncio.sleep(70)
        assert await offset(it) == "+03:00"

    play(body)


def test_a_transition_while_the_power_is_off_is_made_up_for() -> None:
    async def body(it: Scene) -> None:
        await plan(it, 60, "+02:00")
        await it.station.power_off()
        await asyncio.sleep(120)
        it.station.power_on()
        await asyncio.sleep(30)
        assert await offset(it) == "+02:00"

    play(body)


def test_a_transition_in_the_past_changes_nothing() -> None:
    async def body(it: Scene) -> None:
        await plan(it, -60, "+02:00")
        await asyncio.sleep(10)
        assert await offset(it) == "+00:00"

    play(body)


def test_it_is_the_stations_clock_that_counts() -> None:
    async def body(it: Scene) -> None:
        await plan(it, 3600, "+02:00")
        it.csms.ahead = 7200
        await it.csms.expect(m.HeartbeatRequest)
        await asyncio.sleep(1)
        assert await offset(it) == "+02:00"

    play(body)
