"""A station that never stops sending or connecting: the lab stops it, and the campaign ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from tests.lab.scripted_campaign import campaign, outcome
from tests.lab.scripted_station import Called, Script, ScriptedStation
from tests.lab.wrong_stations.two_cases import VERSION, found, next_case, requesting_case, run
from websockets.exceptions import ConnectionClosed

from plugfest.lab.case import case
from plugfest.lab.csms.runaway_limit import MAX_DURATION
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import Verdict
from plugfest.ocpp.v201 import messages as m


async def floods(called: Called) -> None:
    await called.answer(VERSION)
    while not called.peer.closed:
        await called.peer.call(m.HeartbeatRequest())


async def floods_with_nonsense(called: Called) -> None:
    while not called.peer.closed:
        await called.send_text("nonsense")
        await asyncio.sleep(0)


async def floods_with_answers(called: Called) -> None:
    while not called.peer.closed:
        await called.answer(VERSION)
        await asyncio.sleep(0)


async def floods_with_megabytes(called: Called) -> None:
    while not called.peer.closed:
        await called.websocket.send("A" * 1_000_000)


async def floods_with_pings(called: Called) -> None:
    while not called.peer.closed:
        await called.websocket.ping()
        await asyncio.sleep(0)


async def floods_with_parts_of_a_message(called: Called) -> None:
    async def empty_parts() -> AsyncIterator[str]:
        while True:
            yield ""
            await asyncio.sleep(0)

    with contextlib.suppress(ConnectionClosed):
        await called.websocket.send(empty_parts())


FLOODS = (
    floods,
    floods_with_nonsense,
    floods_with_answers,
    floods_with_megabytes,
    floods_with_pings,
    floods_with_parts_of_a_message,
)


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_stopped_and_the_campaign_goes_on(flood: Script) -> None:
    first, second = run(flood)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "frames" in found(first)
    assert "more than the limit" in found(first)
    assert len(first.findings) < 30


def floods_again(station: ScriptedStation) -> None:
    async def keeps_sending() -> None:
        while station.connections > 1 and station.peer is not None:
            await station.peer.call(m.HeartbeatRequest())

    station.on_connected = keeps_sending


def test_a_station_that_floods_again_after_reconnecting_ends_every_case() -> None:
    first, second = run(floods, prepare=floods_again)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.FAIL)
    assert "the station stays connected and finishes the scenario: 1001 frames" in found(second)


def test_where_the_operator_cannot_commission_such_a_station_proves_nothing_about_the_next_case() -> None:
    first, second = run(floods, prepare=floods_again, can_commission=False)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.INCONCLUSIVE)
    assert "the station is idle when the case begins: the station was not restored after TC_X_01_CS" in found(second)
    assert "tried again: 10101 frames" in found(second)


def test_a_station_that_floods_from_the_beginning_is_a_finding_before_the_first_case() -> None:
    def keeps_sending(station: ScriptedStation) -> None:
        async def sends() -> None:
            while station.peer is not None:
                await station.peer.call(m.HeartbeatRequest())

        station.on_connected = sends

    begun = outcome(requesting_case, next_case, prepare=keeps_sending)
    assert [one.verdict for one in begun.results] == [Verdict.FAIL, Verdict.FAIL]
    assert "frames and connection attempts within" in begun.findings[0].actual


def test_a_case_that_the_station_keeps_running_is_stopped_after_five_hours() -> None:
    @case("TC_X_01_CS")
    async def waiting_case(bench: Bench) -> None:
        while await bench.expect_optional(m.HeartbeatRequest, within=60.0):
            bench.judge.checks += 1

    def keeps_sending(station: ScriptedStation) -> None:
        async def sends() -> None:
            while station.peer is not None:
                await asyncio.sleep(50.0)
                await station.peer.call(m.HeartbeatRequest())

        station.on_connected = sends

    (result,) = campaign(waiting_case, prepare=keeps_sending)
    assert (result.verdict, result.duration_s) == (Verdict.FAIL, pytest.approx(MAX_DURATION, abs=5))
    assert "not finished within 18000 s" in found(result)
