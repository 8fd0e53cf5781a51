"""Answers that the lab sends only after it has had the answer to a request of its own."""

import asyncio
import contextlib

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation

from plugfest.lab.case import case
from plugfest.lab.csms.deferred_answers import deferred_answers
from plugfest.lab.recording.exchanges import exchanges
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.v201.bench import Bench
from plugfest.link.errors import ConnectionLost
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


class Reports:
    """Reports the status Occupied when the EV is plugged in; `answered` after the lab has answered."""

    def __init__(self) -> None:
        self.answered = False
        self._under_way: set[asyncio.Future[None]] = set()

    async def act(self, station: ScriptedStation, act: str) -> None:
        if act == "plug in":
            self._under_way.add(asyncio.ensure_future(self._report(station)))

    async def _report(self, station: ScriptedStation) -> None:
        with contextlib.suppress(ConnectionLost):  # a lab that never answers
            await station.reports_status("Occupied")
            self.answered = True


def with_cache(station: ScriptedStation) -> None:
    station.handlers[m.ClearCacheRequest] = lambda _: m.ClearCacheResponse(status=t.ClearCacheStatusEnumType.Accepted)


def statuses(bench: Bench) -> list[tuple[str, bool]]:
    """The last status of the station, and whether the lab has answered it."""
    every = exchanges(bench.csms.record.frames, bench.csms.protocol)
    found = [one for one in every if one.by is Direction.FROM_STATION and one.action == "StatusNotification"]
    return [(one.request.connector_status, one.answered_in is not None) for one in found[-1:]]  # type: ignore[union-attr]


def test_a_request_is_answered_after_the_answer_of_the_station() -> None:
    reports, seen = Reports(), []

    @case("TC_X_01_CS")
    async def asks_meanwhile(bench: Bench) -> None:
        async with deferred_answers(bench.csms, m.StatusNotificationRequest):
            await bench.operator.plug_in(1, 1)
            await bench.expect(m.StatusNotificationRequest, connector_status="Occupied")
            await bench.call(m.ClearCacheRequest(), status="Accepted")
            seen.append((statuses(bench), reports.answered))
        await bench.wait(1)
        seen.append((statuses(bench), reports.answered))

    campaign(asks_meanwhile, on_action=reports.act, prepare=with_cache)
    assert seen == [([("Occupied", False)], False), ([("Occupied", True)], True)]


def test_a_request_of_a_connection_that_has_ended_is_not_answered() -> None:
    reports = Reports()
    answers: list[Frame] = []

    @case("TC_X_01_CS")
    async def loses_the_connection(bench: Bench) -> None:
        async with deferred_answers(bench.csms, m.StatusNotificationRequest):
            await bench.operator.plug_in(1, 1)
            await bench.expect(m.StatusNotificationRequest, connector_status="Occupied")
            await bench.csms.close_connection()
            await bench.wait(ScriptedStation.back_off + 1)
            before = len(bench.csms.record)
        answers.extend(bench.csms.record.since(before))

    campaign(loses_the_connection, on_action=reports.act, prepare=with_cache)
    assert answers == []
    assert not reports.answered


def test_the_next_request_is_answered_at_once() -> None:
    reports, seen = Reports(), []

    @case("TC_X_01_CS")
    async def asks_afterwards(bench: Bench) -> None:
        async with deferred_answers(bench.csms, m.StatusNotificationRequest):
            pass
        await bench.operator.plug_in(1, 1)
        await bench.wait(1)
        seen.append(reports.answered)

    campaign(asks_afterwards, on_action=reports.act, prepare=with_cache)
    assert seen == [True]
