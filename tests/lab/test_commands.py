"""A case that a person skips, repeats or pauses, and a failure that may be the fault of the person."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest
from tests.lab.scripted_campaign import outcome
from tests.lab.scripted_station import ScriptedStation

from plugfest.lab import events
from plugfest.lab.case import Case, case
from plugfest.lab.case_runner import NOT_CONFIRMED
from plugfest.lab.composition import Lab
from plugfest.lab.engine import CampaignOutcome
from plugfest.lab.operator.control import CampaignQuit, Command
from plugfest.lab.restore.between_cases import RESTORE
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.verdict import Finding, Verdict
from plugfest.link.errors import LinkError
from plugfest.ocpp.v201 import messages as m

BROKEN_FRAME = '[2,"x","StatusNotification",{"connectorStatus":"Broken"}]'


@case("TC_X_01_CS")
async def occupied(bench: Bench) -> None:
    await bench.operator.plug_in(1, 1)
    await connector_becomes(bench, "Occupied")
    await bench.operator.unplug(1, 1)
    await connector_becomes(bench, "Available")


@case("TC_X_02_CS")
async def connected(bench: Bench) -> None:
    bench.check(bench.csms.connected, "connected", "not connected")


async def reported(station: ScriptedStation, action: str) -> None:
    if action in ("plug in", "unplug"):
        await station.reports_status("Occupied" if action == "plug in" else "Available")


Act = Callable[[ScriptedStation, str], Awaitable[None]]


class Commands:
    """Gives commands at the actions with these numbers, instead of the action."""

    def __init__(self, by_number: dict[int, Command], act: Act = reported, pause: float = 0.0) -> None:
        self._by_number = by_number
        self._act = act
        self._pause = pause
        self.actions: list[str] = []
        self.events: list[events.Event] = []
        self.lab: Lab | None = None

    def run(self, *cases: Case, is_certain: bool = True) -> CampaignOutcome:
        return outcome(
            *cases, on_action=self._on_action, listener=self.events.append, on_lab=self._take, is_certain=is_certain
        )

    def _take(self, lab: Lab) -> None:
        self.lab = lab

    async def _on_action(self, station: ScriptedStation, action: str) -> None:
        self.actions.append(action)
        command = self._by_number.pop(len(self.actions), None)
        if command is None:
            await self._act(station, action)
            return
        assert self.lab is not None
        if command is Command.PAUSE:
            asyncio.get_running_loop().call_later(self._pause, self.lab.control.resume)
        assert self.lab.control.give(command)
        await asyncio.sleep(1000)


def test_a_case_that_is_skipped_is_inconclusive_and_the_next_one_runs() -> None:
    commands = Commands({1: Command.SKIP})
    first, second = commands.run(occupied, connected).results
    assert (first.verdict, second.verdict) == (Verdict.INCONCLUSIVE, Verdict.PASS)
    assert [finding.actual for finding in first.findings] == ["skipped by the operator"]
    assert [attempt.reason for attempt in first.abandoned] == ["skipped by the operator"]
    assert commands.actions == ["plug in", "unplug"]  # it may have been plugged in


@pytest.mark.parametrize(("at", "attempt"), [(1, ["plug in", "unplug"]), (2, ["plug in", "unplug", "unplug"])])
def test_a_case_that_is_repeated_is_restored_and_gets_the_verdict_of_the_last_attempt(
    at: int, attempt: list[str]
) -> None:
    commands = Commands({at: Command.REDO})
    (result,) = commands.run(occupied).results
    assert (result.verdict, result.findings) == (Verdict.PASS, ())
    assert commands.actions == [*attempt, "plug in", "unplug"]
    (abandoned,) = result.abandoned
    assert abandoned.reason == "repeated by the operator"
    assert abandoned.frames[1] <= result.frames[0]
    assert events.AttemptAbandoned("TC_X_01_CS", abandoned.reason) in commands.events


@pytest.mark.parametrize(
    ("command", "reasons"), [(Command.REDO, []), (Command.PAUSE, []), (Command.SKIP, ["skipped by the operator"])]
)
def test_no_attempt_begins_on_a_station_that_was_not_restored_after_the_last_one(
    command: Command, reasons: list[str]
) -> None:
    async def stays_occupied(station: ScriptedStation, action: str) -> None:
        if action == "plug in":
            await station.reports_status("Occupied")

    commands = Commands({2: command}, stays_occupied, pause=60.0)
    (result,) = commands.run(occupied).results
    *about_attempt, not_restored = result.findings
    assert result.verdict is Verdict.INCONCLUSIVE
    assert [finding.actual for finding in about_attempt] == reasons
    assert not_restored.expected == "the station is idle again after the case"
    assert not_restored.step == RESTORE
    assert len(result.abandoned) == commands.actions.count("plug in") == 1
    assert events.FindingMade("TC_X_01_CS", not_restored) in commands.events


def test_restoring_the_station_is_a_step_of_its_own() -> None:
    commands = Commands({})
    commands.run(occupied)
    assert [one for one in commands.events if isinstance(one, events.StepStarted)][-1].step == "restore"


def test_what_the_restoring_waits_for_is_known() -> None:
    async def occupied_for_a_while(station: ScriptedStation, action: str) -> None:
        await station.reports_status("Occupied")
        if action == "unplug":
            asyncio.get_running_loop().call_later(5, lambda: tasks.append(asyncio.ensure_future(available(station))))

    async def available(station: ScriptedStation) -> None:
        await station.reports_status("Available")

    @case("TC_X_01_CS")
    async def stays_plugged_in(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    tasks: list[asyncio.Future[None]] = []
    commands = Commands({}, occupied_for_a_while)
    commands.run(stays_plugged_in)
    restoring = commands.events.index(events.StepStarted("TC_X_01_CS", RESTORE))
    waits = [one for one in commands.events[restoring:] if isinstance(one, events.WaitBegan | events.WaitEnded)]
    assert waits == [events.WaitBegan("all connectors to be Available", 30.0), events.WaitEnded()]


def test_what_an_abandoned_attempt_has_found_is_kept_but_does_not_count() -> None:
    async def wrong_first(station: ScriptedStation, action: str) -> None:
        if len(commands.actions) == 1:
            assert station.peer is not None
            await station.peer.send_text(BROKEN_FRAME)
        await reported(station, action)

    commands = Commands({2: Command.REDO}, wrong_first)
    (result,) = commands.run(occupied).results
    assert result.verdict is Verdict.PASS
    assert any("StatusNotification" in finding.expected for finding in result.abandoned[0].findings)


def test_a_paused_case_starts_again_and_no_timeout_runs_in_the_pause() -> None:
    commands = Commands({2: Command.PAUSE}, pause=24 * 3600.0)
    (result,) = commands.run(occupied).results
    assert result.verdict is Verdict.PASS
    assert result.duration_s < 60
    assert [attempt.reason for attempt in result.abandoned] == ["paused by the operator"]
    assert [one for one in commands.events if isinstance(one, events.CampaignPaused | events.CampaignResumed)] == [
        events.CampaignPaused(),
        events.CampaignResumed(),
    ]


STOOD_STILL = "the lab stood still for 40 s"


class Standstill(Commands):
    """The lab stands still at the first action; meanwhile the station may give up the connection."""

    def __init__(self, *, disconnects: bool) -> None:
        super().__init__({})
        self._disconnects = disconnects

    async def _on_action(self, station: ScriptedStation, action: str) -> None:
        self.actions.append(action)
        if len(self.actions) > 1:
            with contextlib.suppress(LinkError):  # it is not connected again
                await self._act(station, action)
            return
        assert self.lab is not None
        assert station.peer is not None
        if self._disconnects:
            station.peer.abort()
        self.lab.note_standstill(STOOD_STILL)
        await asyncio.sleep(1000)


@pytest.mark.parametrize("disconnects", [False, True])
def test_a_case_in_which_the_lab_stood_still_starts_again(disconnects: bool) -> None:
    campaign = Standstill(disconnects=disconnects)
    (result,) = campaign.run(occupied).results
    assert (result.verdict, result.findings) == (Verdict.PASS, ())
    assert [attempt.reason for attempt in result.abandoned] == [STOOD_STILL]
    assert events.LabStoodStill(STOOD_STILL) in campaign.events
    assert campaign.actions == ["plug in", "unplug", "plug in", "unplug"]  # no power cycle, no commissioning


def test_a_standstill_before_the_first_case_is_in_the_outcome_and_the_station_is_prepared_again() -> None:
    labs: list[Lab] = []
    asked: list[int] = []

    def stands_still(station: ScriptedStation) -> None:
        report = station.handlers[m.GetBaseReportRequest]

        def asked_for_report(request: m.GetBaseReportRequest) -> object:
            asked.append(request.request_id)
            if len(asked) == 1:
                labs[0].note_standstill(STOOD_STILL)
            return report(request)

        station.handlers[m.GetBaseReportRequest] = asked_for_report

    campaign = outcome(connected, prepare=stands_still, on_lab=labs.append)
    assert campaign.standstills == (STOOD_STILL,)
    assert len(asked) == 2
    assert [result.verdict for result in campaign.results] == [Verdict.PASS]


def test_a_standstill_in_a_case_is_only_the_reason_of_its_attempt() -> None:
    assert Standstill(disconnects=False).run(occupied).standstills == ()


def test_quit_ends_the_campaign_after_what_is_finished() -> None:
    commands = Commands({3: Command.QUIT})
    with pytest.raises(CampaignQuit):
        commands.run(connected, occupied, occupied)
    finished = [one.result.id for one in commands.events if isinstance(one, events.CaseFinished)]
    assert finished == ["TC_X_01_CS", "TC_X_02_CS"]


async def silent(station: ScriptedStation, action: str) -> None:
    pass


def test_a_station_that_reports_nothing_fails_if_the_operator_confirms_the_action() -> None:
    (result,) = Commands({}, silent).run(occupied).results
    assert result.verdict is Verdict.FAIL
    assert result.abandoned == ()


def test_without_that_confirmation_nothing_is_known_about_the_station() -> None:
    (result,) = Commands({}, silent).run(occupied, is_certain=False).results
    assert result.verdict is Verdict.INCONCLUSIVE
    assert [finding.actual for finding in result.findings] == [NOT_CONFIRMED]
    (attempt,) = result.abandoned
    assert [isinstance(finding, Finding) and "none within" in finding.actual for finding in attempt.findings] == [True]


def test_a_failure_without_an_action_needs_no_confirmation() -> None:
    @case("TC_X_01_CS")
    async def failing(bench: Bench) -> None:
        bench.check(False, "something", "something else")

    (result,) = Commands({}).run(failing, is_certain=False).results
    assert result.verdict is Verdict.FAIL


def test_an_action_of_an_earlier_case_does_not_matter_once_the_station_was_idle() -> None:
    @case("TC_X_02_CS")
    async def failing(bench: Bench) -> None:
        bench.check(False, "something", "something else")

    first, second = Commands({}).run(occupied, failing, is_certain=False).results
    assert (first.verdict, second.verdict) == (Verdict.PASS, Verdict.FAIL)


def test_an_invalid_frame_fails_the_case_whatever_the_operator_did() -> None:
    async def broken(station: ScriptedStation, action: str) -> None:
        if action == "plug in":
            assert station.peer is not None
            await station.peer.send_text(BROKEN_FRAME)

    (result,) = Commands({}, broken).run(occupied, is_certain=False).results
    assert result.verdict is Verdict.FAIL
    assert result.findings[0].actual == NOT_CONFIRMED
