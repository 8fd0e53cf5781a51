"""What all sittings of a run have shown, as one campaign."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import overload

import msgspec
from msgspec import structs

from plugfest.lab.csms.connection_log import LoggedConnection
from plugfest.lab.engine import CampaignOutcome
from plugfest.lab.operator.missing_capabilities import MissingCapability
from plugfest.lab.recording.record import Frame
from plugfest.lab.verdict import AbandonedAttempt, CaseResult, Finding
from plugfest.runs.sitting import Sitting


class Combination(msgspec.Struct, frozen=True):
    """The outcome of a run; `sitting_of`: the number of the sitting, from 1, of each result."""

    outcome: CampaignOutcome
    sitting_of: dict[str, int]


def combination(sittings: Sequence[Sitting]) -> Combination:
    """The newest result of each case, in the planned order, and the frames of all sittings in one record."""
    frames: Sequence[Frame] = ()
    results: dict[str, CaseResult] = {}
    sitting_of: dict[str, int] = {}
    findings: list[Finding] = []
    connections: list[LoggedConnection] = []
    for number, sitting in enumerate(sittings, 1):
        moved = _Moved(len(frames), _shift(frames, sitting.frames))
        frames = _FramesInOrder(frames, sitting.frames, moved) if frames else sitting.frames
        for result in sitting.results:
            results[result.id] = moved.result(result)
            sitting_of[result.id] = number
        findings += map(moved.finding, sitting.findings)
        connections += map(moved.connection, sitting.connections)
    planned = {id: place for place, id in enumerate(dict.fromkeys(id for one in sittings for id in one.planned))}
    outcome = CampaignOutcome(
        tuple(sorted(results.values(), key=lambda result: planned.get(result.id, len(planned)))),
        frames,
        tuple(findings),
        _missing(sittings),
        sittings[-1].contradictions if sittings else (),
        tuple(connections),
        tuple(standstill for sitting in sittings for standstill in sitting.standstills),
    )
    return Combination(outcome, sitting_of)


def joined(sittings: Sequence[Sitting]) -> list[Sitting]:
    """The sittings, those of processes that shared the cases as one. Their frames follow one another."""
    groups = (list(group) for _, group in groupby(sittings, key=lambda one: one.began))
    return [one for group in groups for one in ([_joined(group)] if group[0].began.jobs > 1 else group)]


def _joined(sittings: Sequence[Sitting]) -> Sitting:
    outcome = combination(sittings).outcome
    without_frame = {structs.replace(finding, frame=None): finding for finding in reversed(outcome.findings)}
    return Sitting(
        began=sittings[0].began,
        duration_s=max(one.duration_s for one in sittings),
        results=outcome.results,
        frames=outcome.frames,
        findings=tuple(reversed(without_frame.values())),
        missing=outcome.missing_capabilities,
        contradictions=outcome.contradictions,
        connections=outcome.connections,
        standstills=outcome.standstills,
        is_finished=all(one.is_finished for one in sittings),
        planned=sittings[0].planned,
    )


def passed_ids(sittings: Iterable[Sitting]) -> set[str]:
    """The cases of which the newest result is PASS."""
    newest = {result.id: result for sitting in sittings for result in sitting.results}
    return {id for id, result in newest.items() if result.verdict == "PASS"}


def done_ids(sittings: Iterable[Sitting]) -> set[str]:
    """The cases that have a result."""
    return {result.id for sitting in sittings for result in sitting.results}


def with_first_frame(result: CaseResult, first: int) -> CaseResult:
    """The result with its indexes of frames moved, such that its first frame has the index `first`."""
    return _Moved(first - result.frames[0], 0.0).result(result)


class _Moved(msgspec.Struct, frozen=True):
    """Moves what a sitting refers to by index and by loop time behind the sittings before it."""

    by_frames: int
    by_seconds: float

    def frame(self, frame: Frame) -> Frame:
        return structs.replace(frame, index=frame.index + self.by_frames, at=frame.at + self.by_seconds)

    def finding(self, finding: Finding) -> Finding:
        return finding if finding.frame is None else structs.replace(finding, frame=finding.frame + self.by_frames)

    def result(self, result: CaseResult) -> CaseResult:
        first, last = result.frames
        return structs.replace(
            result,
            findings=tuple(map(self.finding, result.findings)),
            frames=(first + self.by_frames, last + self.by_frames),
            steps=tuple(structs.replace(step, frame=step.frame + self.by_frames) for step in result.steps),
            abandoned=tuple(map(self.abandoned, result.abandoned)),
            scenario=None if result.scenario is None else result.scenario + self.by_frames,
        )

    def abandoned(self, attempt: AbandonedAttempt) -> AbandonedAttempt:
        first, last = attempt.frames
        return structs.replace(
            attempt,
            frames=(first + self.by_frames, last + self.by_frames),
            findings=tuple(map(self.finding, attempt.findings)),
        )

    def connection(self, one: LoggedConnection) -> LoggedConnection:
        return structs.replace(one, at=one.at + self.by_seconds, frame=one.frame + self.by_frames)


class _FramesInOrder(Sequence[Frame]):
    """The frames before, then moved ones: none is kept in memory."""

    def __init__(self, before: Sequence[Frame], following: Sequence[Frame], moved: _Moved) -> None:
        self._before = before
        self._following = following
        self._moved = moved

    def __len__(self) -> int:
        return len(self._before) + len(self._following)

    @overload
    def __getitem__(self, index: int) -> Frame: ...

    @overload
    def __getitem__(self, index: slice) -> list[Frame]: ...

    def __getitem__(self, index: int | slice) -> Frame | list[Frame]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        first = len(self._before)
        return self._before[number] if number < first else self._moved.frame(self._following[number - first])

    def __iter__(self) -> Iterator[Frame]:
        yield from self._before
        yield from map(self._moved.frame, self._following)


def _shift(before: Sequence[Frame], frames: Sequence[Frame]) -> float:
    """The seconds that bring the loop time of the next frames behind those before, by the wall clock where it fits."""
    if not before or not frames:
        return 0.0
    first = frames[0]
    by_clock = before[0].at + (first.time - before[0].time).total_seconds()
    return max(by_clock, before[-1].at) - first.at


def _missing(sittings: Sequence[Sitting]) -> tuple[MissingCapability, ...]:
    """What the operators could not do; of each capability what was found last."""
    return tuple({one.capability: one for sitting in sittings for one in sitting.missing}.values())
