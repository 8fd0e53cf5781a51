"""The report as data: the source of every form. Its JSON form is this, key by key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from plugfest.lab.verdict import Level, Verdict
from plugfest.reports.model.indicators import Indicator

ClockName = Literal["simulated", "real"]
ProfileVerdict = Literal["Pass", "Fail", "Not Tested"]
RowKind = Literal["feature", "group", "option"]
Value = bool | str | tuple[str, ...] | None

FORMAT = 1
"""The edition of this model; a reader of another edition refuses."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what a report consists of."""


class Laboratory(Part, frozen=True, kw_only=True):
    """Who tested. `fingerprint` is the SHA-256 of the key which signs, `instance_id` its first half; None where nobody
    signs.
    """

    software: str
    instance_id: str | None = None
    fingerprint: str | None = None


class TestedProduct(Part, frozen=True, kw_only=True):
    """What was tested, as its PICS names it.

    `firmware_hash` is the SHA-256 of the image, None where nobody gave one; `specification` names the edition and the
    errata; `config_id` is explained in `reports.config_id`.
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


class Run(Part, frozen=True, kw_only=True):
    """How it was tested. `duration_s` is in seconds of the campaign's own clock.

    `shuffle` is the seed that the order of the cases was drawn from, None for the plan's order. `narrowed`: somebody
    picked cases. `operator` names who acted at the station; "virtual" is a station of ours. `measured_over` is the
    communication technology of this run.
    """

    clock: ClockName
    started_at: Annotated[datetime, msgspec.Meta(tz=True)]
    duration_s: float
    shuffle: int | None
    narrowed: bool
    operator: str = msgspec.field(name="hands")  # the key of the JSON since version 0.1
    security_profile: int
    measured_over: str


class ProfileResult(Part, frozen=True, kw_only=True):
    """A certification profile of the OCPP version.

    Pass where each of its cases that apply passed; Fail where one failed; Not Tested where it is not claimed or a case
    of it has no result, which `remark` says.
    """

    profile: str
    result: ProfileVerdict
    description: str
    cases: int
    passed: int
    remark: str = ""


class Row(Part, frozen=True, kw_only=True):
    """One line of a PICS. A group has no value; None is no answer.

    `supported` is what the vendor says beside what was tested, None where the table has no such column.
    """

    id: str
    title: str
    value: Value
    supported: tuple[str, ...] | None = None
    kind: RowKind = "feature"


class Table(Part, frozen=True, kw_only=True):
    """One table of the PICS. `columns` are the heads of the columns behind id and title."""

    title: str
    columns: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    rows: tuple[Row, ...]


class Chapter(Part, frozen=True, kw_only=True):
    """The optional features of one certification profile."""

    profile: str
    tables: tuple[Table, ...]


class ConnectorRow(Part, frozen=True, kw_only=True):
    """One connector of an EVSE; `evse` is its only number in OCPP 1.6. `phases` is None where the current is DC."""

    evse: int
    current: Literal["AC", "DC"]
    phases: int | None
    connector: int
    type: str
    cable: Literal["Fixed Cable", "Detachable"]


class VendorSettingRow(Part, frozen=True, kw_only=True):
    """A setting that only this vendor has."""

    name: str
    value: str
    description: str


class Claims(Part, frozen=True, kw_only=True):
    """What the PICS says, in the order of a test report."""

    hardware: Table
    connectors: tuple[ConnectorRow, ...]
    optional_features: tuple[Chapter, ...]
    questions: Table
    settings: tuple[Table, ...]
    vendor_settings: tuple[VendorSettingRow, ...]


class Party(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who approves; what is not given is not printed."""

    name: str | None = None
    reviewer: str | None = None
    company: str | None = None
    department: str | None = None
    position: str | None = None
    location: str | None = None


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The statement of approval, with the names that were given and no others."""

    vendor: Party | None = None
    laboratory: Party | None = None


class FindingEntry(Part, frozen=True, kw_only=True):
    """A finding with the frame that shows it: its index in the report's frames, and its text."""

    requirement: str
    expected: str
    actual: str
    frame: int | None
    step: str
    frame_text: str | None
    level: Level = Level.SHALL  # SHOULD: a recommendation, which decides no verdict

    @property
    def recommended(self) -> bool:
        """Whether it breaks a recommendation only."""
        return self.level is Level.SHOULD

    @property
    def line(self) -> str:
        """All of it but the frame, in one line."""
        rule = f"{self.requirement}: " if self.requirement else ""
        return f"{rule}expected {self.expected}; actual {self.actual}{f' ({self.step})' if self.step else ''}"


class StepEntry(Part, frozen=True, kw_only=True):
    """A step of a case: the index of the first frame after it began, and the checks made in it."""

    step: str
    requirement: str
    frame: int
    checks: int


class CaseEntry(Part, frozen=True, kw_only=True):
    """A case that was to be run. `frames` are the first and behind-last index into the report's frames.

    `scenario` is the index of the first frame after the preparation, None where the station did not get there.
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

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASS


class NotApplicable(Part, frozen=True, kw_only=True):
    """A case of the plan that the PICS does not ask for."""

    id: str
    name: str
    profile: str
    reason: str


class FrameEntry(Part, frozen=True, kw_only=True):
    """A text frame as evidence, redacted. `at` is in seconds since the campaign began."""

    at: float
    direction: Literal["station", "lab"]
    text: str


class Report(Part, frozen=True, kw_only=True, tag_field="kind", tag="product"):
    """All that is said of one product. `statements` are what a reader has to know before anything else."""

    format: int = FORMAT
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

    @property
    def reports(self) -> tuple["Report", ...]:
        """This one, as a document of a family has several."""
        return (self,)

    @property
    def all_passed(self) -> bool:
        return bool(self.cases) and all(one.passed for one in self.cases)

    @property
    def remarked(self) -> tuple[CaseEntry, ...]:
        """The cases that passed and did not follow a recommendation, in the order of the run."""
        return tuple(one for one in self.cases if one.passed and one.findings)

    @property
    def recommendations(self) -> int:
        """How often a recommendation was not followed, whatever the verdict of the case."""
        return sum(finding.recommended for one in self.cases for finding in one.findings)

    def with_verdict(self, *verdicts: Verdict) -> tuple[CaseEntry, ...]:
        """The cases of these verdicts, in the order of the run."""
        return tuple(one for one in self.cases if one.verdict in verdicts)

    def frames_of(self, case: CaseEntry) -> Sequence[FrameEntry]:
        """The frames that went over the cable during a case."""
        return self.frames[slice(*case.frames)]


class FamilyReport(Part, frozen=True, kw_only=True, tag_field="kind", tag="family"):
    """One document about a representative product and every member of its family, each tested."""

    format: int = FORMAT
    disclaimer: str
    name: str
    title: str
    representative: Report
    members: tuple[Report, ...]

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report in it, that of the representative first."""
        return (self.representative, *self.members)

    @property
    def all_passed(self) -> bool:
        return all(one.all_passed for one in self.reports)


Document = Report | FamilyReport
