"""The report of a campaign as data. Its JSON form is this, key by key."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Literal

import msgspec

from plugfest.lab.measuring import measure
from plugfest.lab.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding, Level, Verdict
from plugfest.products import Product
from plugfest.products.selection import Selected
from plugfest.reports.indicators import Indicator, indicators

ClockName = Literal["simulated", "real"]

DISCLAIMER = (
    "Self-test report, not an OCA certificate. Plugfest made it; no OCA test laboratory took part, and it says nothing"
    " about certification."
)


class TestedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """What was tested, as its PICS names it."""

    slug: str
    vendor: str
    model: str
    firmware_version: str
    ocpp_version: str
    profiles: tuple[str, ...]


class FindingEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with the frame that shows it: its index in the campaign's record, and its text."""

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


class CaseEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A case that was to be run. `frames` are the first and behind-last index into the campaign's record."""

    id: str
    name: str
    profile: str
    verdict: Verdict
    checks: int
    duration_s: float
    findings: tuple[FindingEntry, ...]
    frames: tuple[int, int]

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.PASS


class NotApplicable(msgspec.Struct, frozen=True, kw_only=True):
    """A case of the plan that the PICS does not ask for."""

    id: str
    name: str
    profile: str
    reason: str


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """How a campaign was run. `duration_s` is by the campaign's own clock."""

    clock: ClockName
    started_at: datetime
    duration_s: float
    settings: LabSettings
    hands: str = "virtual"  # who acted at the station; a virtual one is ours, any other's is not
    not_applicable: Sequence[Selected] = ()
    narrowed: bool = False  # the caller picked cases: the report is not about all that apply
    shuffle: int | None = None  # the seed that the order of the cases was drawn from, None for the plan's order


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that a report says, but for the PICS and the frames of a conversation."""

    product: TestedProduct
    clock: ClockName
    cases: tuple[CaseEntry, ...]
    summary: dict[str, int]
    not_applicable: tuple[NotApplicable, ...]
    performance: tuple[Indicator, ...]
    narrowed: bool
    shuffle: int | None
    security_profile: int
    hands: str
    started_at: datetime
    duration_s: float
    plugfest: str
    disclaimer: str = DISCLAIMER

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


def build(
    product: Product, results: Sequence[CaseResult], frames: Sequence[Frame], circumstances: Circumstances
) -> Report:
    """The report of a campaign that ended."""
    return Report(
        product=_product(product),
        clock=circumstances.clock,
        cases=tuple(_case(result, frames) for result in results),
        summary=_summary(results),
        not_applicable=tuple(
            NotApplicable(id=one.id, name=one.name, profile=one.profile, reason=one.reason)
            for one in circumstances.not_applicable
        ),
        # Simulated time jumps over what a station needs to think, and so measures nothing.
        performance=indicators(product, measure(frames, product.ocpp_version) if circumstances.clock == "real" else {}),
        narrowed=circumstances.narrowed,
        shuffle=circumstances.shuffle,
        security_profile=circumstances.settings.security_profile,
        hands=circumstances.hands,
        started_at=circumstances.started_at,
        duration_s=round(circumstances.duration_s, 3),
        plugfest=version("plugfest"),
    )


def _product(product: Product) -> TestedProduct:
    return TestedProduct(
        slug=product.slug,
        vendor=product.vendor,
        model=product.model,
        firmware_version=product.firmware_version,
        ocpp_version=product.ocpp_version,
        profiles=tuple(name for name in product.catalogue.profiles if name in product.profiles),
    )


def _case(result: CaseResult, frames: Sequence[Frame]) -> CaseEntry:
    return CaseEntry(
        id=result.id,
        name=result.name,
        profile=result.profile,
        verdict=result.verdict,
        checks=result.checks,
        duration_s=result.duration_s,
        findings=tuple(_finding(finding, frames) for finding in result.findings),
        frames=result.frames,
    )


def _finding(finding: Finding, frames: Sequence[Frame]) -> FindingEntry:
    index = finding.frame
    known = index is not None and 0 <= index < len(frames)
    return FindingEntry(
        requirement=finding.requirement,
        expected=finding.expected,
        actual=finding.actual,
        frame=index,
        step=finding.step,
        frame_text=frames[index].text if known and index is not None else None,
        level=finding.level,
    )


def _summary(results: Sequence[CaseResult]) -> dict[str, int]:
    """How many cases have each verdict that occurs, in the order in which `Verdict` names them."""
    count = Counter(result.verdict for result in results)
    return {verdict.value: count[verdict] for verdict in Verdict if count[verdict]}
