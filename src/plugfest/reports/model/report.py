"""The report as data: the source of every format. The JSON format has these fields as its keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from plugfest.lab.verdict import Level, Verdict
from plugfest.reports.model.approval import Approval
from plugfest.reports.model.indicators import Indicator

ClockName = Literal["simulated", "real"]
ProfileVerdict = Literal["Pass", "Fail", "Not Tested"]
RowKind = Literal["feature", "group", "option"]
Value = bool | str | tuple[str, ...] | None

FORMAT_VERSION: Final = 1
"""The version of this model; a report of another version is refused."""


class ReportPart(msgspec.Struct, frozen=True, kw_only=True):
    """Base class of everything in a report."""


class Laboratory(ReportPart, frozen=True, kw_only=True):
    """The lab that tested.

    `fingerprint` is the SHA-256 of the key that signs the report, `instance_id` its first half; both are None in a
    report without a signature.
    """

    software: str
    instance_id: str | None = None
    fingerprint: str | None = None


class TestedProduct(ReportPart, frozen=True, kw_only=True):
    """The product that was tested, as its PICS names it.

    `firmware_hash` is the SHA-256 of the firmware image, None if no image was given. `specification` names the edition
    and the errata. `reports.model.config_id` explains `config_id`.
    """

    slug: str
    vendor: str
    model: str
    type: str
    subtype: str | None
    description: str | None
    firmware_version: str
    firmware_hash: str | None
    ocpp_version: str
    specification: str
    config_id: str
    profiles: tuple[str, ...]


class FindingEntry(ReportPart, frozen=True, kw_only=True):
    """A finding. `frame` is the index of the frame that shows it in the report's frames, `frame_text` its text.

    `contradictions` are those between PICS and station that it may follow from.
    """

    requirement: str
    expected: str
    actual: str
    frame: int | None
    step: str
    frame_text: str | None
    level: Level = Level.SHALL  # SHOULD is a recommendation and does not affect the verdict
    contradictions: tuple[str, ...] = ()

    @property
    def is_recommendation(self) -> bool:
        return self.level is Level.SHOULD

    @property
    def line(self) -> str:
        """The finding in one line, without the frame."""
        rule = f"{self.requirement}: " if self.requirement else ""
        text = f"{rule}expected {self.expected}; actual {self.actual}{f' ({self.step})' if self.step else ''}"
        return "; ".join((text, *self.contradictions))


class MissingCapabilityEntry(ReportPart, frozen=True, kw_only=True):
    """An action that the operator could not do, by its name as in `--cannot`, and the reason.

    `cases` could not be run without it; `possible_cases` were run, and may have needed it.
    """

    capability: str
    reason: str
    cases: tuple[str, ...]
    possible_cases: tuple[str, ...]


class ContradictionEntry(ReportPart, frozen=True, kw_only=True):
    """A claim of the PICS, by its ids, and what the station itself reports instead. It changes no verdict."""

    claims: tuple[str, ...]
    claimed: str
    reported: str

    @property
    def line(self) -> str:
        """The contradiction in one line."""
        return f"PICS: {self.claimed}; station: {self.reported}"


class SittingEntry(ReportPart, frozen=True, kw_only=True):
    """A part of a run that was interrupted and continued. `cases` is the number of results in the report from it."""

    started_at: Annotated[datetime, msgspec.Meta(tz=True)]
    duration_s: float
    software: str
    cases: int


class Run(ReportPart, frozen=True, kw_only=True):
    """How the product was tested. `duration_s` is in seconds of the campaign's clock, all sittings together.

    `shuffle` is the seed of a random order of the cases, None if it was not random. `partial` (`narrowed` in JSON)
    is true if only selected cases were run, or not all of them: `unfinished` have no result yet. `operator` (`hands` in
    JSON) is the kind of operator; "virtual" means that the station was Plugfest's virtual station. `measured_over` is
    the communication technology during the run. `findings` are those before the first case. `missing_capabilities` is
    what the operator could not do. `contradictions` are those between the PICS and what the station reported before the
    first case. `sittings` are those of a run that was continued, none if it was run at once. `standstills`: why the lab
    could not act for some time before the first case; what it did then was done again. `jobs` is the number of
    processes that shared the cases, each with a virtual station of its own.
    """

    clock: ClockName
    started_at: Annotated[datetime, msgspec.Meta(tz=True)]
    duration_s: float
    shuffle: int | None
    partial: bool = msgspec.field(name="narrowed")  # the key of the JSON since version 0.1
    operator: str = msgspec.field(name="hands")  # the key of the JSON since version 0.1
    security_profile: int
    measured_over: str
    findings: tuple[FindingEntry, ...] = ()
    missing_capabilities: tuple[MissingCapabilityEntry, ...] = ()
    contradictions: tuple[ContradictionEntry, ...] = ()
    sittings: tuple[SittingEntry, ...] = ()
    unfinished: int = 0
    standstills: tuple[str, ...] = ()
    jobs: int = 1


class ProfileResult(ReportPart, frozen=True, kw_only=True):
    """The result of a certification profile.

    Pass: every applicable case passed. Fail: at least one case failed. Not Tested: the product does not claim the
    profile, or a case has no result; `remark` gives the reason.
    """

    profile: str
    result: ProfileVerdict
    description: str
    cases: int
    passed: int
    remark: str = ""


class Row(ReportPart, frozen=True, kw_only=True):
    """A row of a PICS table. `value` is None in a group and where the PICS has no answer.

    `supported` is the vendor's answer in a table that also shows what was tested, None in any other table.
    """

    id: str
    title: str
    value: Value
    supported: tuple[str, ...] | None = None
    kind: RowKind = "feature"


class Table(ReportPart, frozen=True, kw_only=True):
    """A table of the PICS. `columns` are the headings of the columns after ID and title."""

    title: str
    columns: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    rows: tuple[Row, ...]


class ProfileFeatures(ReportPart, frozen=True, kw_only=True):
    """The optional features of a certification profile."""

    profile: str
    tables: tuple[Table, ...]


class ConnectorRow(ReportPart, frozen=True, kw_only=True):
    """A connector of an EVSE. `phases` is None for DC. OCPP 1.6 numbers a connector by `evse` only."""

    evse: int
    current: Literal["AC", "DC"]
    phases: int | None
    connector: int
    type: str
    cable: Literal["Fixed Cable", "Detachable"]


class VendorSettingRow(ReportPart, frozen=True, kw_only=True):
    """A vendor-specific setting."""

    name: str
    value: str
    description: str


class Claims(ReportPart, frozen=True, kw_only=True):
    """The PICS in the tables of a test report, in their order."""

    hardware: Table
    connectors: tuple[ConnectorRow, ...]
    optional_features: tuple[ProfileFeatures, ...]
    questions: Table
    settings: tuple[Table, ...]
    vendor_settings: tuple[VendorSettingRow, ...]


class StepEntry(ReportPart, frozen=True, kw_only=True):
    """A step of a case. `frame` is the index of its first frame, `checks` the number of checks made in it."""

    step: str
    requirement: str
    frame: int
    checks: int


class AbandonedEntry(ReportPart, frozen=True, kw_only=True):
    """An attempt at a case that does not count: why, its frames as in `CaseEntry`, what it had found until then."""

    reason: str
    frames: tuple[int, int]
    findings: tuple[FindingEntry, ...] = ()


class CaseEntry(ReportPart, frozen=True, kw_only=True):
    """A case of the campaign.

    `frames` are the indexes of its first frame and of the frame after its last. `scenario` is the index of the first
    frame after the preparation, None if the preparation did not finish. `sitting` is the number of the sitting, from 1,
    None if there was only one. `abandoned` are the attempts that a person has ended, in which the lab stood still, or
    whose operator actions were not confirmed.
    """

    id: str
    name: str
    profile: str
    verdict: Verdict
    checks: int
    duration_s: float
    findings: tuple[FindingEntry, ...]
    frames: tuple[int, int]
    steps: tuple[StepEntry, ...] = ()
    scenario: int | None = None
    sitting: int | None = None
    abandoned: tuple[AbandonedEntry, ...] = ()

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASS


class NotApplicable(ReportPart, frozen=True, kw_only=True):
    """A case of the test plan that does not apply to the product."""

    id: str
    name: str
    profile: str
    reason: str


class FrameEntry(ReportPart, frozen=True, kw_only=True):
    """A redacted text frame. `direction` is its sender, `at` is in seconds since the campaign began.

    Of a long frame, `text` is the beginning, with its length and digest: the run has it whole.
    """

    at: float
    direction: Literal["station", "lab"]
    text: str


class ConnectionEntry(ReportPart, frozen=True, kw_only=True):
    """A connection of the station that ended, or an attempt of a client to connect that failed.

    `at` is in seconds since the campaign began, `frame` the index of the next frame, `reason` one line. `by_lab`: the
    lab has ended or refused the connection for a case. `count`: so many equal attempts in a row.
    """

    kind: Literal["ended", "failed"]
    at: float
    frame: int
    remote: str
    reason: str
    by_lab: bool
    count: int

    @property
    def title(self) -> str:
        """What happened, without the reason."""
        if self.kind == "ended":
            return "ended"
        return "attempt failed" if self.count == 1 else f"{self.count} attempts failed"


class Report(ReportPart, frozen=True, kw_only=True, tag_field="kind", tag="product"):
    """The report of a product.

    `format_version` (`format` in JSON) is the version of the JSON. `statements` limit what the results mean.
    `connections`: why connections ended, and why attempts to connect failed.
    """

    format_version: int = msgspec.field(name="format", default=FORMAT_VERSION)
    disclaimer: str
    statements: tuple[str, ...]
    laboratory: Laboratory
    product: TestedProduct
    run: Run
    summary: dict[Verdict, int]
    profiles: tuple[ProfileResult, ...]
    claims: Claims
    performance: tuple[Indicator, ...]
    approval: Approval
    cases: tuple[CaseEntry, ...]
    not_applicable: tuple[NotApplicable, ...]
    frames: tuple[FrameEntry, ...]
    connections: tuple[ConnectionEntry, ...] = ()

    @property
    def reports(self) -> tuple["Report", ...]:
        """This report alone; see `FamilyReport.reports`."""
        return (self,)

    @property
    def all_passed(self) -> bool:
        broken = any(not finding.is_recommendation for finding in self.run.findings)
        return bool(self.cases) and not broken and all(case.passed for case in self.cases)

    @property
    def with_recommendations(self) -> tuple[CaseEntry, ...]:
        """The cases that passed without following every recommendation, in the order of the run."""
        return tuple(case for case in self.cases if case.passed and case.findings)

    @property
    def with_abandoned(self) -> tuple[CaseEntry, ...]:
        """The cases with an attempt that does not count, in the order of the run."""
        return tuple(case for case in self.cases if case.abandoned)

    @property
    def recommendation_count(self) -> int:
        """The number of recommendations that were not followed, in all cases."""
        return sum(finding.is_recommendation for case in self.cases for finding in case.findings)

    def with_verdict(self, *verdicts: Verdict) -> tuple[CaseEntry, ...]:
        """The cases with one of these verdicts, in the order of the run."""
        return tuple(case for case in self.cases if case.verdict in verdicts)

    def frames_of(self, case: CaseEntry) -> Sequence[FrameEntry]:
        """The frames of a case."""
        return self.frames[slice(*case.frames)]


class FamilyReport(ReportPart, frozen=True, kw_only=True, tag_field="kind", tag="family"):
    """The reports of a product family: the representative product and the other members, each tested separately."""

    format_version: int = msgspec.field(name="format", default=FORMAT_VERSION)
    disclaimer: str
    name: str
    title: str
    representative: Report
    members: tuple[Report, ...]

    @property
    def reports(self) -> tuple[Report, ...]:
        """All reports, the representative product first."""
        return (self.representative, *self.members)

    @property
    def all_passed(self) -> bool:
        return all(report.all_passed for report in self.reports)


Document = Report | FamilyReport
