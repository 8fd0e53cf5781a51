"""What a campaign of the Python API has found."""

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path

from plugfest.campaigns.sittings import report_of_sittings
from plugfest.lab.recording.record import Frame
from plugfest.lab.selection import Choice
from plugfest.lab.verdict import CaseResult, Finding, Verdict
from plugfest.products import Product
from plugfest.reports.build import CampaignDetails
from plugfest.reports.folder import write_folder
from plugfest.reports.model.report import Report
from plugfest.runs.sitting import Sitting


class Campaign:
    """The results of cases, in the order of the run, with every frame."""

    def __init__(self, product: Product, choice: Choice, sitting: Sitting, shuffle: int | None) -> None:
        self.product = product
        self._choice = choice
        self._sitting = sitting
        self._shuffle = shuffle

    def __iter__(self) -> Iterator[CaseResult]:
        return iter(self._sitting.results)

    def __len__(self) -> int:
        return len(self._sitting.results)

    def __getitem__(self, case_id: str) -> CaseResult:
        """The result of a case by its id, which may lack _CS. Raises KeyError."""
        for result in self:
            if case_id in (result.id, result.id.removesuffix("_CS")):
                return result
        raise KeyError(case_id)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict of each case, by id."""
        return {result.id: result.verdict for result in self}

    @property
    def passed(self) -> bool:
        """Whether every case passed, and nothing was found before the first one."""
        return self.report.all_passed

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings: those before the first case, then those of each case."""
        return (*self._sitting.findings, *(finding for result in self for finding in result.findings))

    @property
    def frames(self) -> Sequence[Frame]:
        """Every frame. `CaseResult.frames` has the first index of a case and the last one plus 1."""
        return self._sitting.frames

    def frames_of(self, case_id: str) -> Sequence[Frame]:
        """The frames of a case. Raises KeyError."""
        first, end = self[case_id].frames
        return self.frames[first:end]

    @cached_property
    def report(self) -> Report:
        """The report, without secrets. It is a self-test and no certificate of the OCA."""
        details = partial(
            CampaignDetails,
            not_applicable=self._choice.not_applicable,
            left_out=self._choice.left_out,
            shuffle=self._shuffle,
        )
        report, _ = report_of_sittings(self.product, [self._sitting], details)
        return report

    def write(self, folder: Path) -> Path:
        """Write the report in every format, not signed, and return its page. Raises NotWritable."""
        return write_folder(folder, self.report, None, {}).page

    def __str__(self) -> str:
        """A line for each case, and for each finding."""
        lines = [finding.line for finding in self.report.run.findings]
        for case in self.report.cases:
            lines.append(f"{case.id}  {case.verdict}")
            lines += (f"    {finding.line}" for finding in case.findings)
        return "\n".join(lines)
