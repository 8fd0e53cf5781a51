"""Builds the report of a campaign."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version

import msgspec

from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.csms.connection_log import LoggedConnection
from plugfest.lab.operator.missing_capabilities import MissingCapability
from plugfest.lab.recording.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding, Verdict
from plugfest.lab.versions import measure
from plugfest.products import Product
from plugfest.products.editions import AmendedEdition
from plugfest.products.family import Family
from plugfest.products.selection import SelectedCase
from plugfest.reports.evidence.identity_mismatch import identity_mismatch
from plugfest.reports.long_frames import shortened
from plugfest.reports.model.approval import Approval
from plugfest.reports.model.claims import claims
from plugfest.reports.model.config_id import config_id
from plugfest.reports.model.indicators import indicators
from plugfest.reports.model.profile_results import profile_results
from plugfest.reports.model.report import (
    AbandonedEntry,
    CaseEntry,
    ClockName,
    ConnectionEntry,
    ContradictionEntry,
    FamilyReport,
    FindingEntry,
    FrameEntry,
    Laboratory,
    MissingCapabilityEntry,
    NotApplicable,
    Report,
    Run,
    SittingEntry,
    StepEntry,
    TestedProduct,
)
from plugfest.reports.model.statements import DISCLAIMER, Editions, statements
from plugfest.reports.redaction.redactor import Redactor
from plugfest.reports.signing.signer import Signer

LOOPBACK = "loopback of one computer"
NOT_STATED = "not stated"
SOFTWARE = f"Plugfest {version('plugfest')}"


class CampaignDetails(msgspec.Struct, frozen=True, kw_only=True):
    """How a campaign was run. `duration_s` is in seconds of the campaign's clock."""

    clock: ClockName
    started_at: datetime
    duration_s: float
    settings: LabSettings
    operator: str = "virtual"  # the kind of operator; "virtual" means Plugfest's virtual station
    not_applicable: Sequence[SelectedCase] = ()
    left_out: int = 0  # the number of applicable cases that the user did not select
    unfinished: int = 0  # the number of cases to be run that have no result
    shuffle: int | None = None  # the seed of a random order of the cases
    signer: Signer | None = None  # who will sign the report
    firmware_hash: str | None = None  # SHA-256 of the tested firmware image
    sittings: tuple[SittingEntry, ...] = ()  # of a run that was continued
    sitting_of: Mapping[str, int] = {}  # the number of the sitting of each case
    approval: Approval = Approval()
    jobs: int = 1  # the number of processes that shared the cases
    evidence: bool = True  # whether the report has the frames and the connections; without, it is only for the summary


def build_report(
    product: Product,
    results: Sequence[CaseResult],
    frames: Sequence[Frame],
    details: CampaignDetails,
    redactor: Redactor | None = None,
    findings: Sequence[Finding] = (),
    missing_capabilities: Sequence[MissingCapability] = (),
    contradictions: Sequence[Contradiction] = (),
    connections: Sequence[LoggedConnection] = (),
    standstills: Sequence[str] = (),
) -> Report:
    """The report of a finished campaign. `findings` and `standstills` are those before the first case.

    Without a redactor, the secrets in these frames and settings are replaced.
    """
    redactor = redactor or redactor_for(frames, details.settings)
    redacted = _frames(frames, redactor) if details.evidence else ()
    laboratory = _laboratory(details.signer)
    run = _run(
        product,
        details,
        tuple(finding_entry(finding, redacted, redactor) for finding in findings),
        tuple(_missing(one, redactor) for one in missing_capabilities),
        tuple(_contradiction(one, redactor) for one in contradictions),
        tuple(standstills),
    )
    cases = tuple(case_entry(result, redacted, redactor, details.sitting_of.get(result.id)) for result in results)
    not_applicable = tuple(map(_not_applicable, details.not_applicable))
    return Report(
        disclaimer=DISCLAIMER,
        statements=(
            *identity_mismatch(product, redacted),
            *statements(
                run,
                cases,
                not_applicable,
                software=laboratory.software,
                editions=_editions(product),
                left_out=details.left_out,
            ),
        ),
        laboratory=laboratory,
        product=_product(product, details.firmware_hash),
        run=run,
        summary=_summary(results),
        profiles=tuple(profile_results(product, cases, partial=run.partial)),
        claims=claims(product, partial=run.partial),
        # Under a simulated clock the station's processing takes no time: nothing is measured.
        performance=indicators(product, measure(frames, product.ocpp_version) if details.clock == "real" else {}),
        approval=details.approval,
        cases=cases,
        not_applicable=not_applicable,
        frames=redacted,
        connections=tuple(_connections(connections, frames, redactor)) if details.evidence else (),
    )


def _laboratory(signer: Signer | None) -> Laboratory:
    return Laboratory(
        software=SOFTWARE,
        instance_id=signer.instance_id if signer else None,
        fingerprint=signer.fingerprint if signer else None,
    )


def _not_applicable(case: SelectedCase) -> NotApplicable:
    return NotApplicable(id=case.id, name=case.name, profile=case.profile, reason=case.reason)


def redactor_for(frames: Iterable[Frame], *settings: LabSettings) -> Redactor:
    """A redactor for the secrets of a campaign; `settings` are those of each sitting."""
    return Redactor(settings, (frame.text for frame in frames))


def build_family_report(family: Family, reports: Sequence[Report]) -> FamilyReport:
    """The report of a family from those of its products, the representative product first."""
    representative, *members = reports
    return FamilyReport(
        disclaimer=DISCLAIMER,
        name=family.name,
        title=family.title,
        representative=representative,
        members=tuple(members),
    )


def _run(
    product: Product,
    details: CampaignDetails,
    findings: tuple[FindingEntry, ...],
    missing: tuple[MissingCapabilityEntry, ...],
    contradictions: tuple[ContradictionEntry, ...],
    standstills: tuple[str, ...],
) -> Run:
    virtual = details.operator == "virtual"
    return Run(
        clock=details.clock,
        started_at=details.started_at,
        duration_s=round(details.duration_s, 3),
        shuffle=details.shuffle,
        partial=details.left_out > 0 or details.unfinished > 0,
        unfinished=details.unfinished,
        operator=details.operator,
        security_profile=details.settings.security_profile,
        measured_over=LOOPBACK if virtual else product.performance.over or NOT_STATED,
        findings=findings,
        missing_capabilities=missing,
        contradictions=contradictions,
        sittings=details.sittings,
        standstills=standstills,
        jobs=details.jobs,
    )


def _contradiction(one: Contradiction, redactor: Redactor) -> ContradictionEntry:
    return ContradictionEntry(
        claims=one.claims, claimed=redactor.text(one.claimed), reported=redactor.text(one.reported)
    )


def _missing(one: MissingCapability, redactor: Redactor) -> MissingCapabilityEntry:
    return MissingCapabilityEntry(
        capability=str(one.capability),
        reason=redactor.text(one.reason),
        cases=one.cases,
        possible_cases=one.possible_cases,
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
        specification=_specification(product),
        config_id=config_id(product),
        profiles=tuple(name for name in feature_catalog.profiles if name in product.profiles),
    )


def _specification(product: Product) -> str:
    """The edition, and the errata, that the cases were selected by."""
    edition = product.feature_catalog.edition(product.edition)
    return edition.specification(product.errata or edition.errata)


def _editions(product: Product) -> Editions:
    catalog = product.feature_catalog
    selected_by, judged_by = catalog.edition(product.edition), catalog.edition(catalog.judged_by)
    return Editions(
        AmendedEdition(selected_by.number, product.errata or selected_by.errata),
        AmendedEdition(judged_by.number, judged_by.errata),
    )


def case_entry(
    result: CaseResult, frames: Sequence[FrameEntry], redactor: Redactor, sitting: int | None = None
) -> CaseEntry:
    """A case of a report; `frames` are those that the indexes in the result refer to."""
    return CaseEntry(
        id=result.id,
        name=result.name,
        profile=result.profile,
        verdict=result.verdict,
        checks=result.checks,
        duration_s=result.duration_s,
        findings=tuple(finding_entry(finding, frames, redactor) for finding in result.findings),
        frames=result.frames,
        steps=tuple(
            StepEntry(step=step.step, requirement=step.requirement, frame=step.frame, checks=step.checks)
            for step in result.steps
        ),
        scenario=result.scenario,
        sitting=sitting,
        abandoned=tuple(
            AbandonedEntry(
                reason=attempt.reason,
                frames=attempt.frames,
                findings=tuple(finding_entry(finding, frames, redactor) for finding in attempt.findings),
            )
            for attempt in result.abandoned
        ),
    )


def finding_entry(finding: Finding, frames: Sequence[FrameEntry], redactor: Redactor) -> FindingEntry:
    index = finding.frame
    known = index is not None and 0 <= index < len(frames)
    return FindingEntry(
        requirement=finding.requirement,
        expected=redactor.text(finding.expected),
        actual=redactor.text(finding.actual),
        frame=index,
        step=redactor.text(finding.step),
        frame_text=frames[index].text if known and index is not None else None,
        level=finding.level,
        contradictions=tuple(redactor.text(one) for one in finding.contradictions),
    )


def _summary(results: Sequence[CaseResult]) -> dict[Verdict, int]:
    """The number of cases by verdict, in the order of `Verdict`; without verdicts that do not occur."""
    count = Counter(result.verdict for result in results)
    return {verdict: count[verdict] for verdict in Verdict if count[verdict]}


def _connections(
    connections: Iterable[LoggedConnection], frames: Sequence[Frame], redactor: Redactor
) -> Iterator[ConnectionEntry]:
    begin = frames[0].at if frames else 0.0
    for one in connections:
        yield ConnectionEntry(
            kind=one.kind.value,
            at=round(max(one.at - begin, 0.0), 6),
            frame=one.frame,
            remote=one.remote,
            reason=redactor.text(one.reason),
            by_lab=one.by_lab,
            count=one.count,
        )


def _frames(frames: Sequence[Frame], redactor: Redactor) -> tuple[FrameEntry, ...]:
    redactor.learn()  # frames in a file are not read twice at the same time
    begin = frames[0].at if frames else 0.0
    return tuple(
        FrameEntry(
            at=round(frame.at - begin, 6),
            direction=frame.direction.value,
            text=shortened(redactor.frame(frame.text), frame.text),
        )
        for frame in frames
    )
