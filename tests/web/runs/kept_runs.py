"""Runs on the disk for the tests of the pages."""

from datetime import timedelta
from pathlib import Path

from tests.runs.test_sitting import BEGAN, START

from plugfest.lab import events
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.verdict import CaseResult, Finding, StepTaken, Verdict
from plugfest.products import pics_text
from plugfest.runs.folder import RunDescription, RunFolder

PRODUCT = "reference-ac"
IDS = ("TC_E_09_CS", "TC_E_10_CS", "TC_B_01_CS")
PLANNED = tuple(events.PlannedCase(id, f"name of {id}", "Core") for id in IDS)
HOSTILE = "<script>alert(1)</script>"


def frame(index: int) -> Frame:
    """A Heartbeat of the station, or the answer to it."""
    request = index % 2 == 0
    text = f'[2,"{index}","Heartbeat",{{}}]' if request else f'[3,"{index - 1}",{{"currentTime":"{HOSTILE}"}}]'
    direction = Direction.FROM_STATION if request else Direction.FROM_LAB
    return Frame(index, float(index), START + timedelta(seconds=index), direction, text)


def finding(at: int) -> Finding:
    return Finding(requirement="E01.FR.01", expected="nothing", actual=HOSTILE, step="step 1", frame=at)


def kept_run(
    runs: Path, name: str, verdicts: dict[str, Verdict], *, frames: int = 4, product: str = PRODUCT, days: int = 0
) -> RunFolder:
    """A run with these verdicts, and so many frames for each case."""
    description = RunDescription(
        software="Plugfest", started_at=START + timedelta(days=days), products=(product,), options={"product": product}
    )
    folder = RunFolder.create(runs / name, description)
    writer = folder.product(product, pics_text(product)).begin_sitting(BEGAN)
    writer.on_event(events.CampaignStarted(product, len(PLANNED), PLANNED))
    for number, (id, verdict) in enumerate(verdicts.items()):
        begin = number * frames
        writer.on_event(events.CaseStarted(id, f"name of {id}", number + 1))
        for index in range(begin, begin + frames):
            writer.on_event(events.FrameRecorded(frame(index)))
        result = CaseResult(
            id=id,
            name=f"name of {id}",
            profile="Core",
            verdict=verdict,
            checks=3,
            findings=() if verdict is Verdict.PASS else (finding(begin + 1),),
            frames=(begin, begin + frames),
            steps=(StepTaken(step="step 1", requirement="E01.FR.01", frame=begin, checks=3),),
            scenario=begin,
        )
        writer.on_event(events.CaseFinished(result))
    writer.close()
    return folder
