"""From a campaign that ended to its report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.metadata import version

import msgspec

from plugfest.lab.recording.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding, Verdict
from plugfest.lab.versions import measure
from plugfest.products import Product
from plugfest.products.family import Family
from plugfest.products.selection import SelectedCase
from plugfest.reports.model.claims import claims
from plugfest.reports.model.config_id import config_id
from plugfest.reports.model.identity_mismatch import self_description
from plugfest.reports.model.indicators import indicators
from plugfest.reports.model.profiles import profile_results
from plugfest.reports.model.report import (
    Approval,
    CaseEntry,
    ClockName,
    FamilyReport,
    FindingEntry,
    FrameEntry,
    Laboratory,
    NotApplicable,
    Report,
    Run,
    StepEntry,
    TestedProduct,
)
from plugfest.reports.model.statements import DISCLAIMER, Errata, statements
from plugfest.reports.redaction.redaction import Redaction
from plugfest.reports.signing.signer import Signer

LOOPBACK = "loopback of one computer"
NOT_STATED = "not stated"


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """How a campaign was run. `duration_s` is by the campaign's own clock."""

    clock: ClockName
    started_at: datetime
    duration_s: float
    settings: LabSettings
    operator: str = "virtual"  # who acted at the station; a virtual one is ours, any other's is not
    not_applicable: Sequence[SelectedCase] = ()
    left_out: int = 0  # how many cases apply that the caller did not pick: the report is not about these
    shuffle: int | None = None  # the seed that the order of the cases was drawn from, None for the plan's order
    signer: Signer | None = None  # whose key will sign the report
    firmware_hash: str | None = None  # SHA-256 of the image that was tested
    approval: Approval = Approval()


def build(
    product: Product,
    results: Sequence[CaseResult],
    frames: Sequence[Frame],
    circumstances: Circumstances,
    redaction: Redaction | None = None,
) -> Report:
    """The report of a campaign that ended, without the secrets in its frames (by default, those the record shows)."""
    redaction = redaction or redaction_of(frames, circumstances.settings)
    evidence = _frames(frames, redaction)
    signer = circumstances.signer
    laboratory = Laboratory(
        software=f"Plugfest {version('plugfest')}",
        instance_id=signer.instance_id if signer else None,
        fingerprint=signer.fingerprint if signer else None,
    )
    run = _run(product, circumstances)
    cases = tuple(_case(result, evidence, redaction) for result in results)
    not_applicable = tuple(
        NotApplicable(id=one.id, name=one.name, profile=one.profile, reason=one.reason)
        for one in circumstances.not_applicable
    )
    return Report(
        disclaimer=DISCLAIMER,
        statements=(
            *self_description(product, evidence),
            *statements(
                run,
                cases,
                not_applicable,
                software=laboratory.software,
                errata=_errata(product),
                left_out=circumstances.left_out,
            ),
        ),
        laboratory=laboratory,
        product=_product(product, circumstances.firmware_hash),
        run=run,
        summary=_summary(results),
        profiles=tuple(profile_results(product, cases, narrowed=circumstances.left_out > 0)),
        claims=claims(product, narrowed=circumstances.left_out > 0),
        # Simulated time jumps over what a station needs to think, and so measures nothing.
        performance=indicators(product, measure(frames, product.ocpp_version) if circumstances.clock == "real" else {}),
        approval=circumstances.approval,
        cases=cases,
        not_applicable=not_applicable,
        frames=evidence,
    )


def redaction_of(frames: Iterable[Frame], settings: LabSettings) -> Redaction:
    """What hides the secrets of a campaign."""
    return Redaction(settings, (frame.text for frame in frames))


def family_report(family: Family, reports: Sequence[Report]) -> FamilyReport:
    """One document of the reports of a family's products, that of the representative first."""
    representative, *members = reports
    return FamilyReport(
        disclaimer=DISCLAIMER,
        name=family.name,
        title=family.title,
        representative=representative,
        members=tuple(members),
    )


def _run(product: Product, circumstances: Circumstances) -> Run:
    virtual = circumstances.operator == "virtual"
    return Run(
        clock=circumstances.clock,
        started_at=circumstances.started_at,
        duration_s=round(circumstances.duration_s, 3),
        shuffle=circumstances.shuffle,
        narrowed=circumstances.left_out > 0,
        operator=circumstances.operator,
        security_profile=circumstances.settings.security_profile,
        measured_over=LOOPBACK if virtual else product.performance.over or NOT_STATED,
    )


def _product(product: Product, firmware_hash: str | None) -> TestedProduct:
    feature_catalog = product.feature_catalog
    return TestedProduct(
        slug=product.slug,
        vendor=product.vendor,
        model=product.model,
        type="Charging Station",
        subtype=product.subtype,
        description=product.description,
        firmware_version=product.firmware_version,
        firmware_hash=firmware_hash,
        ocpp_version=product.ocpp_version,
        specification=feature_catalog.edition.format(errata=_errata(product).selected_by),
        config_id=config_id(product),
        profiles=tuple(name for name in feature_catalog.profiles if name in product.profiles),
    )


def _errata(product: Product) -> Errata:
    newest = product.feature_catalog.errata
    return Errata(product.errata or newest, newest)


def _case(result: CaseResult, frames: Sequence[FrameEntry], redaction: Redaction) -> CaseEntry:
    return CaseEntry(
        id=result.id,
        name=result.name,
        profile=result.profile,
        verdict=result.verdict,
        checks=result.checks,
        duration_s=result.duration_s,
        findings=tuple(_finding(finding, frames, redaction) for finding in result.findings),
        frames=result.frames,
        steps=tuple(
            StepEntry(step=one.step, requirement=one.requirement, frame=one.frame, checks=one.checks)
            for one in result.steps
        ),
        scenario=result.scenario,
    )


def _finding(finding: Finding, frames: Sequence[FrameEntry], redaction: Redaction) -> FindingEntry:
    index = finding.frame
    known = index is not None and 0 <= index < len(frames)
    return FindingEntry(
        requirement=finding.requirement,
        expected=redaction.text(finding.expected),
        actual=redaction.text(finding.actual),
        frame=index,
        step=redaction.text(finding.step),
        frame_text=frames[index].text if known and index is not None else None,
        level=finding.level,
    )


def _summary(results: Sequence[CaseResult]) -> dict[Verdict, int]:
    """How many cases have each verdict that occurs, in the order in which `Verdict` names them."""
    count = Counter(result.verdict for result in results)
    return {verdict: count[verdict] for verdict in Verdict if count[verdict]}


def _frames(frames: Sequence[Frame], redaction: Redaction) -> tuple[FrameEntry, ...]:
    begin = frames[0].at if frames else 0.0
    return tuple(
        FrameEntry(at=round(frame.at - begin, 6), direction=frame.direction.value, text=redaction.frame(frame.text))
        for frame in frames
    )
