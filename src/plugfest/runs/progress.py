"""What a run has shown so far, followed while it grows. Frames are not kept in memory, only where they are."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from plugfest.lab import events
from plugfest.lab.recording.record import Frame
from plugfest.lab.verdict import CaseResult, Finding, Verdict
from plugfest.runs.entries import CaseEnded, Entry, NotAnEntry, SittingBegan, SittingEnded, from_line
from plugfest.runs.folder import ProductFolder, RunDescription, RunFolder
from plugfest.runs.frame_file import FRAME_PREFIX, FrameFile
from plugfest.runs.waits import LabWaits
from plugfest.runs.watching import LineReader

PREPARATION: Final = "preparation"

RunState = Literal["running", "ended", "unfinished"]


class RunningCase(msgspec.Struct, frozen=True, kw_only=True):
    """The case that runs now. `frame`: the index of its first frame. `findings`: those so far."""

    id: str
    name: str
    number: int
    frame: int
    step: str = PREPARATION
    findings: tuple[Finding, ...] = ()


class Standstill(msgspec.Struct, frozen=True):
    """The lab could not act. `case`: the case that started again, empty before the first case."""

    reason: str
    case: str


class SittingProgress:
    """Follows the file of a sitting."""

    def __init__(self, path: Path) -> None:
        self.began: SittingBegan | None = None
        self.total = 0
        self.planned: tuple[events.PlannedCase, ...] = ()
        self.running: RunningCase | None = None
        self.is_paused = False
        self.results: list[CaseResult] = []
        self.findings: list[Finding] = []
        """Those before the first case."""
        self.waits = LabWaits()
        self.standstills: list[Standstill] = []
        self.ended: SittingEnded | None = None
        self._reader = LineReader(path)
        self._frames = FrameFile.at(path)

    @property
    def frame_count(self) -> int:
        return len(self._frames)

    def update(self) -> bool:
        """Read the next piece of the file. False if there was nothing new. Raises OSError."""
        lines = self._reader.new_lines()
        for begin, text in lines:
            if text.startswith(FRAME_PREFIX):
                self._frames.note(begin)
            else:
                self._read(text)
        return bool(lines)

    def frames(self, begin: int, end: int) -> list[Frame]:
        """Frames by their index in the sitting, without damaged ones. Raises OSError."""
        return list(self._frames[max(begin, 0) : end].readable())

    def _read(self, text: bytes) -> None:
        try:
            entry = from_line(text)
        except NotAnEntry:  # plugfest report names it
            return
        self._read_about_campaign(entry)
        self._read_about_case(entry)

    def _read_about_campaign(self, entry: Entry) -> None:
        match entry:
            case SittingBegan():
                self.began = entry
            case SittingEnded():
                self.ended, self.running = entry, None
            case events.CampaignStarted(total=total, planned=planned):
                self.total, self.planned = total, planned
            case events.CampaignPaused():
                self.is_paused = True
            case events.CampaignResumed():
                self.is_paused = False
            case LabWaits():
                self.waits = entry
            case events.LabStoodStill(reason=reason):
                self.standstills.append(Standstill(reason, "" if self.running is None else self.running.id))
            case events.FindingMade(case="", finding=finding):
                self.findings.append(finding)

    def _read_about_case(self, entry: Entry) -> None:
        match entry:
            case events.CaseStarted(id=id, name=name, number=number):
                self.running = RunningCase(id=id, name=name, number=number, frame=self.frame_count)
            case events.StepStarted(step=step):
                self._replace(step=step)
            case events.AttemptAbandoned():
                self._replace(step=PREPARATION, frame=self.frame_count, findings=())
            case events.FindingMade(finding=finding) if self.running is not None:
                self._replace(findings=(*self.running.findings, finding))
            case CaseEnded(result=result):
                self.results.append(result)
                self.running = None

    def _replace(self, **changes: object) -> None:
        if self.running is not None:
            self.running = msgspec.structs.replace(self.running, **changes)


class CaseProgress(msgspec.Struct, frozen=True, kw_only=True):
    """A case of a run: its newest result, None if it has none yet. `sitting`: the index of that with the result."""

    id: str
    name: str
    profile: str
    result: CaseResult | None = None
    sitting: int = 0
    is_running: bool = False

    @property
    def verdict(self) -> Verdict | None:
        return None if self.result is None else self.result.verdict


class ProductProgress:
    """Follows the sittings of a product."""

    def __init__(self, folder: ProductFolder) -> None:
        self.name = folder.name
        self.sittings: list[SittingProgress] = []
        self._folder = folder

    async def update(self) -> bool:
        """Read what is new, in pieces, so that the event loop can do other things. Raises OSError."""
        for file in self._folder.sitting_files()[len(self.sittings) :]:
            self.sittings.append(SittingProgress(file))
        changed = False
        for sitting in self.sittings:
            while sitting.ended is None and sitting.update():
                changed = True
                await asyncio.sleep(0)
        return changed

    def cases(self) -> list[CaseProgress]:
        """The cases in the order in which they were planned, then those that nothing has announced."""
        cases: dict[str, CaseProgress] = {}
        for index, sitting in enumerate(self.sittings):
            for planned in sitting.planned:
                if planned.id not in cases:
                    cases[planned.id] = CaseProgress(id=planned.id, name=planned.name, profile=planned.profile)
            for result in sitting.results:
                cases[result.id] = CaseProgress(
                    id=result.id, name=result.name, profile=result.profile, result=result, sitting=index
                )
        running = self.running
        if running is not None and running.id in cases:
            cases[running.id] = msgspec.structs.replace(cases[running.id], is_running=True)
        return list(cases.values())

    @property
    def running(self) -> RunningCase | None:
        """The case that runs, or was running when the run was ended."""
        return self.sittings[-1].running if self.sittings else None

    @property
    def total(self) -> int:
        """The number of cases that the run has, as far as it is known."""
        first = self.sittings[0].total if self.sittings else 0
        return max(first, len(self.cases()))

    @property
    def is_complete(self) -> bool:
        """Whether every case has a result."""
        cases = self.cases()
        return bool(cases) and len(cases) >= self.total and all(one.result is not None for one in cases)

    def first_frame(self, sitting: int) -> int:
        """The number that the first frame of a sitting has in the run: its frames follow those of the one before."""
        return sum(one.frame_count for one in self.sittings[:sitting])

    @property
    def frame_count(self) -> int:
        return sum(one.frame_count for one in self.sittings)

    def frames(self, begin: int, end: int) -> list[tuple[int, Frame]]:
        """Frames with their number in the run. Raises OSError."""
        found: list[tuple[int, Frame]] = []
        for index, sitting in enumerate(self.sittings):
            first = self.first_frame(index)
            if begin < first + sitting.frame_count and end > first:
                frames = sitting.frames(begin - first, end - first)
                found += ((first + frame.index, frame) for frame in frames)
        return found


class RunProgress:
    """Follows a run. Its products appear as the run reaches them."""

    def __init__(self, folder: RunFolder, description: RunDescription) -> None:
        self.folder = folder
        self.description = description
        self.products: tuple[ProductProgress, ...] = tuple(map(ProductProgress, self._folders()))

    def _folders(self) -> Iterator[ProductFolder]:
        return (ProductFolder(self.folder.path / name) for name in self.description.products)

    async def update(self) -> bool:
        """Read what is new. Raises OSError."""
        return any([await product.update() for product in self.products])

    def product(self, name: str) -> ProductProgress | None:
        return next((one for one in self.products if one.name == name), None)

    @property
    def current(self) -> ProductProgress:
        """The product that is tested now, or was tested last."""
        reached = [one for one in self.products if one.sittings]
        return reached[-1] if reached else self.products[0]

    @property
    def total(self) -> int:
        return sum(one.total for one in self.products)

    @property
    def verdicts(self) -> Counter[Verdict]:
        """The number of cases by verdict."""
        return Counter(verdict for one in self.products for case in one.cases() if (verdict := case.verdict))

    @property
    def is_complete(self) -> bool:
        """Whether every case of every product has a result."""
        return all(one.is_complete for one in self.products)

    @property
    def state(self) -> RunState:
        """`unfinished`: it can be resumed."""
        if self.folder.is_in_use:
            return "running"
        return "ended" if self.is_complete else "unfinished"


def in_order(verdicts: Counter[Verdict]) -> Sequence[tuple[Verdict, int]]:
    """The verdicts that occur, in the order of `Verdict`."""
    return [(verdict, verdicts[verdict]) for verdict in Verdict if verdicts[verdict]]
