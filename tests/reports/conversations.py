"""Reports of one case with a few frames, for the tests of drawings and evidence."""

from datetime import timedelta

from tests.reports import campaigns

from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.verdict import CaseResult, Finding, StepTaken, Verdict
from plugfest.reports.model.report import Report

STATION, LAB = Direction.FROM_STATION, Direction.FROM_LAB

TimedFrame = tuple[float, Direction, str]
"""Seconds since the campaign began, the sender and the text of a frame."""


def exchange(
    at: float, by: Direction, number: int, action: str, request: str = "{}", answer: str = "{}"
) -> list[TimedFrame]:
    """A CALL and its CALLRESULT after 0.1 s."""
    return [
        (at, by, f'[2,"{number}","{action}",{request}]'),
        (at + 0.1, LAB if by is STATION else STATION, f'[3,"{number}",{answer}]'),
    ]


def report(
    *recorded: TimedFrame,
    steps: tuple[StepTaken, ...] = (),
    scenario: int | None = 0,
    findings: tuple[Finding, ...] = (),
    clock: str = "simulated",
) -> Report:
    """The report of a campaign of one case with these frames."""
    frames = [
        Frame(index, at, campaigns.START + timedelta(seconds=at), by, text)
        for index, (at, by, text) in enumerate(recorded)
    ]
    case = CaseResult(
        id="TC_E_01_CS",
        name="A <case>",
        profile="Core",
        verdict=Verdict.FAIL if findings else Verdict.PASS,
        checks=sum(step.checks for step in steps),
        findings=findings,
        frames=(0, len(frames)),
        steps=steps,
        scenario=scenario,
    )
    return campaigns.report(of=(case,), recorded=frames, clock=clock)


def step(name: str, frame: int, *requirements: str, checks: int = 1) -> StepTaken:
    """A step whose first frame this is."""
    return StepTaken(step=f"step {name}", requirement=", ".join(requirements), frame=frame, checks=checks)


def finding(frame: int | None, *, actual: str = "nothing") -> Finding:
    """A finding at that frame."""
    return Finding(requirement="E01.FR.01", expected="something", actual=actual, step="step 1", frame=frame)
