"""What a page shows of a campaign that runs."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from tests.web.runs.kept_runs import BEGAN, HOSTILE, IDS, PRODUCT, finding, frame, kept_run

from plugfest.campaigns.instruction_files import FilePrompt
from plugfest.clock import run_simulated
from plugfest.lab import events
from plugfest.lab.operator.control import CampaignControl
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.products import pics_text
from plugfest.rig.operators.instructions import Instruction, InstructionKind
from plugfest.rig.operators.situation import Situation
from plugfest.runs.entries import to_line
from plugfest.runs.folder import RunDescription, RunFolder
from plugfest.web.bench.campaigns import Campaigns
from plugfest.web.bench.live import PAGE_OPERATOR, LiveCampaign, stream
from plugfest.web.bench.part import WATCHED
from plugfest.web.runs.redaction import Redactors
from plugfest.web.runs.store import Runs

NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Watched:
    """A run that grows while a page follows it."""

    def __init__(self, runs: Path) -> None:
        self.run: RunFolder = kept_run(runs, "run", {IDS[0]: Verdict.PASS})
        store = Runs(runs)
        self.live = LiveCampaign("run", store, Campaigns(runs, lambda: NOW), Redactors())
        self.received: list[str] = []

    def append(self, event: events.CaseStarted | events.FrameRecorded | events.FindingMade) -> None:
        with (self.run.path / PRODUCT / "sitting-1.jsonl").open("ab") as file:
            file.write(to_line(event))

    async def follow(self) -> None:
        async for text in stream(self.live, WATCHED):
            self.received.append(text)

    async def news(self) -> str:
        """What is received in the next second."""
        before = len(self.received)
        await asyncio.sleep(1)
        return "".join(self.received[before:])


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_only_what_changes_is_sent_and_texts_of_a_station_are_text(watched: Watched) -> None:
    async def scenario() -> None:
        with watched.run.locked():
            following = asyncio.ensure_future(watched.follow())
            first = await watched.news()
            assert [name for name in WATCHED if f"event: {name}\n" in first] == [*WATCHED]
            assert await watched.news() == ""
            watched.append(events.CaseStarted(IDS[1], HOSTILE, 2))
            started = await watched.news()
            assert "event: cells" in started
            assert "event: grid" not in started
            assert f'id="cell-{PRODUCT}-{IDS[1]}"' in started
            assert f'id="cell-{PRODUCT}-{IDS[2]}"' not in started
            watched.append(events.FrameRecorded(frame(4)))
            watched.append(events.FindingMade(IDS[1], finding(4)))
            found = await watched.news()
            assert "event: diagram" in found
            assert "E01.FR.01" in found
            assert "<script>alert" not in started + found
        await following

    run_simulated(scenario())
    assert watched.received[-1].endswith("event: ended\ndata: \n\n")


def test_a_quiet_campaign_sends_something_so_that_a_closed_page_is_noticed(watched: Watched) -> None:
    async def scenario() -> None:
        with watched.run.locked():
            following = asyncio.ensure_future(watched.follow())
            await asyncio.sleep(1)
            before = len(watched.received)
            await asyncio.sleep(20)
            assert set(watched.received[before:]) == {": \n\n"}
            following.cancel()

    run_simulated(scenario())


def test_an_instruction_is_shown_as_text_with_its_answers(watched: Watched) -> None:
    async def scenario() -> str:
        with watched.run.locked():
            person = FilePrompt(watched.run.path, Situation(), CampaignControl(), lambda: NOW)
            instruction = Instruction(
                number=7, kind=InstructionKind.QUESTION, text=HOSTILE, case_id=IDS[1], deadline=60
            )
            asking = asyncio.ensure_future(person.answer(instruction))
            await asyncio.sleep(0)
            await watched.live.update()
            shown = watched.live.prompt()
            asking.cancel()
            return shown

    shown = run_simulated(scenario())
    assert "&lt;script&gt;" in shown
    assert [f'value="{kind}"' in shown for kind in ("yes", "no", "cannot", "done")] == [True, True, True, False]
    assert "data-until=" in shown


@pytest.mark.parametrize(
    ("kind", "runs", "offered"),
    [
        (InstructionKind.ACTION, True, ["redo", "skip", "pause", "quit"]),
        (InstructionKind.ACTION, False, ["pause", "quit"]),
        (InstructionKind.PAUSE, True, ["skip", "quit"]),
    ],
)
def test_only_commands_that_are_possible_are_offered(
    tmp_path: Path, kind: InstructionKind, runs: bool, offered: list[str]
) -> None:
    began = msgspec.structs.replace(BEGAN, operator=PAGE_OPERATOR)
    description = RunDescription(software="Plugfest", started_at=NOW, products=(PRODUCT,), options={})
    run = RunFolder.create(tmp_path / "run", description)
    writer = run.product(PRODUCT, pics_text(PRODUCT)).begin_sitting(began)
    if runs:
        writer.on_event(events.CaseStarted(IDS[0], "name", 1))
    writer.close()
    live = LiveCampaign("run", Runs(tmp_path), Campaigns(tmp_path, lambda: NOW), Redactors())

    async def scenario() -> str:
        with run.locked():
            person = FilePrompt(run.path, Situation(), CampaignControl(), lambda: NOW)
            asking = asyncio.ensure_future(person.answer(Instruction(number=1, kind=kind, text="Act.")))
            await asyncio.sleep(0)
            await live.update()
            asking.cancel()
            return live.commands()

    commands = re.findall(r'name="kind" value="(\w+)">\n  <button>', run_simulated(scenario()))
    assert commands == offered


def test_an_instruction_that_was_open_when_the_campaign_was_killed_is_not_shown(watched: Watched) -> None:
    async def scenario() -> str:
        person = FilePrompt(watched.run.path, Situation(), CampaignControl(), lambda: NOW)
        asking = asyncio.ensure_future(
            person.answer(Instruction(number=7, kind=InstructionKind.ACTION, text="Plug in."))
        )
        await asyncio.sleep(0)
        await watched.live.update()
        shown = watched.live.prompt()
        asking.cancel()
        return shown

    assert "Plug in." not in run_simulated(scenario())


def test_a_result_has_its_findings_on_the_page(watched: Watched) -> None:
    result = CaseResult(id=IDS[1], name="x", profile="Core", verdict=Verdict.FAIL, findings=(finding(1),))
    with (watched.run.path / PRODUCT / "sitting-1.jsonl").open("ab") as file:
        file.write(b'{"type":"CaseEnded","result":' + msgspec.json.encode(result) + b"}\n")
    run_simulated(watched.live.update())
    assert f"/runs/run/{PRODUCT}/{IDS[1]}" in watched.live.findings()


def test_while_nothing_is_asked_the_page_shows_what_the_lab_waits_for(watched: Watched) -> None:
    async def scenario() -> str:
        attended = msgspec.structs.replace(BEGAN, operator="page")
        watched.run.product(PRODUCT).begin_sitting(attended).close()
        situation = Situation()
        with watched.run.locked(), FilePrompt(watched.run.path, situation, CampaignControl(), lambda: NOW).listening():
            situation.on_event(events.WaitBegan(HOSTILE, 30))
            await asyncio.sleep(1)
            await watched.live.update()
            return watched.live.idle()

    shown = run_simulated(scenario())
    assert "The lab waits for &lt;script&gt;" in shown
    assert "data-until=" in shown
