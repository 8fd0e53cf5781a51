"""A small finished campaign with every verdict, for the tests of reports and of the command line."""

from datetime import UTC, datetime, timedelta

import msgspec

from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.csms.connection_log import ConnectionKind, LoggedConnection
from plugfest.lab.operator.missing_capabilities import MissingCapability
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import AbandonedAttempt, CaseResult, Finding, Level, Verdict
from plugfest.products import Product, load_product
from plugfest.products.selection import SelectedCase
from plugfest.reports.build import CampaignDetails, build_report
from plugfest.reports.model.report import Report
from plugfest.reports.signing.signer import Signer

PRODUCT = "alpitronic-hyc-200-eu"
START = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script>"

TIMED_FRAMES = (
    (Direction.FROM_LAB, '[2,"1","GetVariables",{"getVariableData":[]}]'),
    (Direction.FROM_STATION, '[3,"1",{"getVariableResult":[]}]'),
    (Direction.FROM_STATION, '[2,"s1","TransactionEvent",{"eventType":"Started","seqNo":0}]'),
    (Direction.FROM_LAB, '[4,"s1","InternalError","not today",{}]'),
    (Direction.FROM_STATION, f'["{SCRIPT}"]'),
)


def frames() -> list[Frame]:
    """A frame every half second."""
    return [
        Frame(index, 0.5 * index, START + timedelta(seconds=0.5 * index), direction, text)
        for index, (direction, text) in enumerate(TIMED_FRAMES)
    ]


FINDING = Finding(
    requirement="E01.FR.07", expected="seqNo 0", actual="seqNo 1, and the text <b>bold</b>", step="step 3", frame=2
)


ADVICE = Finding(
    requirement="G01.FR.08", expected="silence of connector 2", actual="Occupied", frame=4, level=Level.SHOULD
)


ABANDONED = (
    AbandonedAttempt(reason="repeated by the operator", frames=(0, 2)),
    AbandonedAttempt(
        reason="paused by the operator",
        frames=(0, 3),
        findings=(Finding(requirement="E02.FR.01", expected="a status", actual=f"none within 30 s {SCRIPT}"),),
    ),
)
"""Attempts that do not count."""


def advised() -> tuple[CaseResult, ...]:
    """A case that passed and did not follow a recommendation, and one that passed."""
    return (
        _result("TC_G_01_CS", Verdict.PASS, checks=3, findings=(ADVICE,), frames=(0, 5)),
        _result("TC_G_02_CS", Verdict.PASS, checks=3),
    )


def results() -> tuple[CaseResult, ...]:
    """A case with each verdict of a run."""
    return (
        msgspec.structs.replace(_result("TC_A_01_CS", Verdict.PASS, checks=9), abandoned=ABANDONED),
        _result("TC_E_09_CS", Verdict.FAIL, checks=12, findings=(FINDING,), frames=(0, 5)),
        _result(
            "TC_E_10_CS",
            Verdict.INCONCLUSIVE,
            checks=2,
            findings=(Finding(requirement="", expected="hands", actual="none"),),
        ),
        _result("TC_B_01_CS", Verdict.NOT_IMPLEMENTED),
        _result("TC_A_07_CS", Verdict.ERROR, profile="Advanced Security"),
    )


def _result(
    id: str,
    verdict: Verdict,
    *,
    checks: int = 0,
    profile: str = "Core",
    findings: tuple[Finding, ...] = (),
    frames: tuple[int, int] = (0, 0),
) -> CaseResult:
    return CaseResult(
        id=id,
        name=f"Name of {id}",
        profile=profile,
        verdict=verdict,
        checks=checks,
        duration_s=0.0 if verdict is Verdict.NOT_IMPLEMENTED else 2.5,
        findings=findings,
        frames=frames,
    )


CONNECTIONS = (
    LoggedConnection(
        kind=ConnectionKind.ENDED,
        at=1.5,
        frame=3,
        remote="127.0.0.1:40001",
        reason=f"the station closed the connection with 1001 (going away): {SCRIPT}",
    ),
    LoggedConnection(
        kind=ConnectionKind.FAILED,
        at=2.25,
        frame=4,
        remote="127.0.0.1:40002",
        reason="the password is wrong (HTTP 401)",
        count=3,
    ),
    LoggedConnection(
        kind=ConnectionKind.ENDED, at=3.0, frame=5, remote="[::1]:40003", reason="dropped by the lab", by_lab=True
    ),
)


NOT_APPLICABLE = SelectedCase("TC_H_01_CS", "Reserve", "Reservation", False, "not applicable: R-0 is No")


def product() -> Product:
    return load_product(PRODUCT)


def report(
    *,
    clock: str = "simulated",
    of: tuple[CaseResult, ...] | None = None,
    left_out: int = 0,
    shuffle: int | None = None,
    recorded: list[Frame] | None = None,
    signer: Signer | None = None,
    before: tuple[Finding, ...] = (),
    missing: tuple[MissingCapability, ...] = (),
    contradictions: tuple[Contradiction, ...] = (),
    connections: tuple[LoggedConnection, ...] = (),
) -> Report:
    """The report of that campaign. `before` are the findings before the first case."""
    details = CampaignDetails(
        clock="real" if clock == "real" else "simulated",
        started_at=START,
        duration_s=125.0,
        settings=LabSettings(),
        not_applicable=(NOT_APPLICABLE,),
        left_out=left_out,
        shuffle=shuffle,
        signer=signer,
    )
    return build_report(
        product(),
        results() if of is None else of,
        frames() if recorded is None else recorded,
        details,
        findings=before,
        missing_capabilities=missing,
        contradictions=contradictions,
        connections=connections,
    )
