"""Following a run that grows."""

from pathlib import Path

import pytest
from tests.runs.test_sitting import BEGAN, START, frame, result

from plugfest.clock import run_simulated
from plugfest.lab import events
from plugfest.lab.verdict import Finding, Verdict
from plugfest.runs.entries import to_line
from plugfest.runs.folder import RunDescription, RunFolder
from plugfest.runs.progress import FRAME_PREFIX, RunningCase, RunProgress, Standstill
from plugfest.runs.sitting import SittingWriter

PLANNED = tuple(events.PlannedCase(id, f"name of {id}", "Core") for id in ("TC_1", "TC_2", "TC_3"))
FINDING = Finding(requirement="E01.FR.01", expected="a", actual="b")


class Growing:
    """A run of one product that is being written, and followed."""

    def __init__(self, path: Path) -> None:
        description = RunDescription(software="Plugfest", started_at=START, products=("product",), options={})
        self.folder = RunFolder.create(path / "run", description)
        self.product = self.folder.product("product", b"")
        self.progress = RunProgress(self.folder, description)
        self.frames = 0

    def sit(self) -> SittingWriter:
        return self.product.begin_sitting(BEGAN)

    def run_case(self, writer: SittingWriter, number: int, *, finding: str = "") -> None:
        begin = self.frames
        writer.on_event(events.CaseStarted(f"TC_{number}", "name", number))
        self.exchange(writer)
        case = result(f"TC_{number}", frames=(begin, self.frames), finding=finding)
        writer.on_event(events.CaseFinished(case))

    def exchange(self, writer: SittingWriter) -> None:
        for _ in range(2):
            writer.on_event(events.FrameRecorded(frame(self.frames)))
            self.frames += 1

    def update(self) -> RunProgress:
        run_simulated(self.progress.update())
        return self.progress


@pytest.fixture
def run(tmp_path: Path) -> Growing:
    return Growing(tmp_path)


def test_the_line_of_a_frame_begins_as_it_is_recognized() -> None:
    assert to_line(events.FrameRecorded(frame(1))).startswith(FRAME_PREFIX)


def test_the_running_case_has_its_step_its_first_frame_and_its_findings(run: Growing) -> None:
    writer = run.sit()
    writer.on_event(events.CampaignStarted("product", 3, PLANNED))
    run.exchange(writer)
    writer.on_event(events.CaseStarted("TC_1", "name", 1))
    writer.on_event(events.StepStarted("TC_1", "step 3"))
    writer.on_event(events.FindingMade("TC_1", FINDING))
    expected = RunningCase(id="TC_1", name="name", number=1, frame=2, step="step 3", findings=(FINDING,))
    assert run.update().current.running == expected
    writer.on_event(events.AttemptAbandoned("TC_1", "repeated"))
    assert run.update().current.running == RunningCase(id="TC_1", name="name", number=1, frame=2)


def test_planned_cases_are_known_before_they_run(run: Growing) -> None:
    writer = run.sit()
    writer.on_event(events.CampaignStarted("product", 3, PLANNED))
    run.run_case(writer, 2, finding="wrong")
    writer.on_event(events.CaseStarted("TC_3", "name", 3))
    cases = run.update().current.cases()
    assert [(one.id, one.verdict, one.is_running) for one in cases] == [
        ("TC_1", None, False),
        ("TC_2", Verdict.FAIL, False),
        ("TC_3", None, True),
    ]


def test_a_run_of_which_every_case_has_a_result_has_ended(run: Growing) -> None:
    writer = run.sit()
    writer.on_event(events.CampaignStarted("product", 3, PLANNED))
    for number in (1, 2):
        run.run_case(writer, number)
    assert run.update().state == "unfinished"
    run.run_case(writer, 3)
    assert run.update().state == "ended"


def test_a_run_that_a_process_holds_is_running(run: Growing) -> None:
    with run.folder.locked():
        assert run.update().state == "running"
        assert run.folder.process is not None
    assert run.update().state == "unfinished"
    assert run.folder.process is None


def test_the_newest_result_of_a_case_counts_and_frames_of_all_sittings_have_one_numbering(run: Growing) -> None:
    run.run_case(run.sit(), 1, finding="wrong")
    run.frames = 0
    run.run_case(run.sit(), 1)
    progress = run.update().current
    (case,) = progress.cases()
    assert (case.verdict, case.sitting) == (Verdict.PASS, 1)
    assert [(number, one.index) for number, one in progress.frames(1, 3)] == [(1, 1), (2, 0)]


def test_damaged_lines_are_left_out(run: Growing) -> None:
    writer = run.sit()
    with (run.product.path / "sitting-1.jsonl").open("ab") as file:
        file.write(FRAME_PREFIX + b"\n{}\n")
    run.run_case(writer, 1)
    progress = run.update().current
    assert [number for number, _ in progress.frames(0, 9)] == [0, 1]
    assert len(progress.cases()) == 1


def test_a_standstill_of_the_lab_names_the_case_that_started_again(run: Growing) -> None:
    writer = run.sit()
    writer.on_event(events.LabStoodStill("the lab stood still for 40 s"))
    run.run_case(writer, 1)
    writer.on_event(events.CaseStarted("TC_2", "name", 2))
    writer.on_event(events.LabStoodStill("the lab stood still for 50 s"))
    (sitting,) = run.update().current.sittings
    assert sitting.standstills == [
        Standstill("the lab stood still for 40 s", ""),
        Standstill("the lab stood still for 50 s", "TC_2"),
    ]
