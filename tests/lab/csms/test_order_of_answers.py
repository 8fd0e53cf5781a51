"""The lab answers a request before anything that follows from it is sent."""

import asyncio

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import Verdict
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def test_a_station_that_refuses_requests_while_it_waits_for_an_answer_is_not_accused() -> None:
    waiting: list[bool] = []
    reports_under_way: list[asyncio.Future[None]] = []

    async def reports(station: ScriptedStation, act: str) -> None:
        if act == "plug in":
            reports_under_way.append(asyncio.ensure_future(reports_status(station)))

    async def reports_status(station: ScriptedStation) -> None:
        waiting.append(True)
        await station.reports_status("Occupied")
        waiting.clear()

    def answers_nothing_meanwhile(station: ScriptedStation) -> None:
        station.handlers[m.ClearCacheRequest] = lambda _: m.ClearCacheResponse(
            status=t.ClearCacheStatusEnumType.Rejected if waiting else t.ClearCacheStatusEnumType.Accepted
        )

    @case("TC_X_01_CS")
    async def asks_at_once(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.expect(m.StatusNotificationRequest, connector_status="Occupied")
        await bench.call(m.ClearCacheRequest(), status="Accepted")

    (result,) = campaign(asks_at_once, on_action=reports, prepare=answers_nothing_meanwhile)
    assert [finding for finding in result.findings if finding.step != "restore"] == []
    assert result.verdict is not Verdict.FAIL
