"""The progress of a campaign from the events of the engine."""

import asyncio
import io

from rich.console import Console

from plugfest.cli.terminal.progress import CampaignProgress, EventLines, LiveView, PlainView, view
from plugfest.clock import run_simulated
from plugfest.lab import events
from plugfest.lab.verdict import CaseResult, Verdict


def finished(verdict: Verdict, id: str = "TC_E_09_CS") -> events.CaseFinished:
    return events.CaseFinished(CaseResult(id=id, name="Name", profile="Core", verdict=verdict, checks=2, duration_s=61))


def console(*, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=terminal, color_system=None)


def printed(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def test_the_progress_follows_the_campaign() -> None:
    progress = CampaignProgress()
    for event in (
        events.CampaignStarted("product", 3),
        events.CaseStarted("TC_E_09_CS", "Name", 1),
        events.StepStarted("TC_E_09_CS", "step 2"),
    ):
        progress.on_event(event)
    assert (progress.case, progress.step, progress.as_text()) == ("TC_E_09_CS", "step 2", "0 of 3 cases")
    progress.on_event(finished(Verdict.PASS))
    progress.on_event(finished(Verdict.FAIL))
    assert progress.as_text() == "2 of 3 cases (1 PASS, 1 FAIL)"


def test_the_view_is_live_only_on_a_terminal() -> None:
    assert isinstance(view(console(terminal=True), simulated=True), LiveView)
    assert isinstance(view(console(), simulated=True), PlainView)


def test_a_plain_line_has_no_control_characters() -> None:
    on = console()
    PlainView(on, EventLines(simulated=True)).on_event(finished(Verdict.INCONCLUSIVE))
    assert printed(on) == "INCONCLUSIVE     TC_E_09_CS     Name  (2 checks, 1 min 01 s)\n"


def test_a_plain_line_of_a_case_that_is_not_implemented_has_no_checks() -> None:
    on = console()
    PlainView(on, EventLines(simulated=True)).on_event(finished(Verdict.NOT_IMPLEMENTED))
    assert printed(on) == "NOT IMPLEMENTED  TC_E_09_CS     Name\n"


def test_the_live_view_shows_case_step_and_totals() -> None:
    on = console(terminal=True)
    live = LiveView(on, EventLines(simulated=True), simulated=True)
    with live:
        live.on_event(events.CampaignStarted("product", 3))
        live.on_event(finished(Verdict.PASS))
        live.on_event(events.CaseStarted("TC_E_10_CS", "Next", 2))
        live.on_event(events.StepStarted("TC_E_10_CS", "step 1"))
    last = printed(on)
    for part in ("1/3", "time left", "TC_E_10_CS  Next  step 1", "1 PASS"):
        assert part in last


def test_the_live_view_shows_every_case_that_runs_at_the_same_time() -> None:
    on = console(terminal=True)
    with LiveView(on, EventLines(simulated=True), simulated=True) as live:
        live.on_event(events.CampaignStarted("product", 3))
        live.on_event(events.CaseStarted("TC_E_09_CS", "First", 1))
        live.on_event(events.CaseStarted("TC_E_10_CS", "Second", 2))
        live.on_event(events.CaseStarted("TC_E_11_CS", "Third", 3))
        live.on_event(finished(Verdict.PASS))
    last = printed(on).split("1/3")[-1]
    assert "TC_E_09_CS" not in last
    assert "TC_E_10_CS  Second" in last
    assert "TC_E_11_CS  Third" in last


def test_the_live_view_shows_whether_the_station_is_connected_before_the_first_case() -> None:
    on = console(terminal=True)
    with LiveView(on, EventLines(simulated=False), simulated=False) as live:
        live.on_event(events.CampaignStarted("product", 3))
        assert "waiting for the station" in printed(on)
        assert "preparing the station" not in printed(on)
        live.on_event(events.StationConnected("192.0.2.1:5000"))
    assert "preparing the station" in printed(on)


def test_the_live_view_is_refreshed_between_events_and_not_after() -> None:
    on = console(terminal=True)
    live = LiveView(on, EventLines(simulated=False), simulated=False)

    async def nothing_happens() -> tuple[int, int, int]:
        before = len(printed(on))
        async with live.refreshing():
            await asyncio.sleep(3)
        during = len(printed(on))
        await asyncio.sleep(3)
        return before, during, len(printed(on))

    with live:
        before, during, after = run_simulated(nothing_happens())
    assert before < during == after
