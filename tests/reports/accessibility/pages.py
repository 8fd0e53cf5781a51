"""Documents with everything that a page can show."""

from msgspec.structs import replace
from tests.reports import campaigns, conversations
from tests.reports.conversations import LAB, STATION, exchange

from plugfest.lab.verdict import CaseResult, Finding, Level, Verdict
from plugfest.reports.model.approval import Approval, Approver
from plugfest.reports.model.report import Document, FamilyReport, Laboratory, Report, VendorSettingRow
from plugfest.reports.model.statements import DISCLAIMER

METERED = (
    '{"eventType":"Updated","triggerReason":"MeterValuePeriodic","seqNo":1,"evse":{"id":1},'
    '"transactionInfo":{"transactionId":"7ac18e0b"},"meterValue":[{"timestamp":"2026-01-01T09:30:20Z",'
    '"sampledValue":[{"value":250.0},{"value":11000.0,"measurand":"Power.Active.Import"}]}]}'
)
TIMED_FRAMES = [
    *exchange(0, LAB, 1, "SetVariables", '{"setVariableData":[]}', '{"setVariableResult":[]}'),
    *exchange(1, STATION, 2, "TransactionEvent", '{"eventType":"Started","seqNo":0,"evse":{"id":1}}'),
    *exchange(20, STATION, 3, "TransactionEvent", METERED),
    (21.0, LAB, '[2,"4","Reset",{"type":"Immediate"}]'),
    (21.1, STATION, '[4,"4","InternalError","not today",{}]'),
    (22.0, STATION, campaigns.SCRIPT + "x" * 400),
    *(sent for number in range(9) for sent in exchange(30 + 30 * number, STATION, 10 + number, "Heartbeat")),
]
FINDINGS = (
    Finding(requirement="E01.FR.07", expected="seqNo 0", actual="seqNo 1", step="step 3", frame=2),
    Finding(requirement="G01.FR.08", expected="silence", actual="Occupied", frame=4, level=Level.SHOULD),
    Finding(requirement="B12.FR.03", expected="a BootNotification within 60 s", actual="nothing"),
)
EVERYTHING = CaseResult(
    id="TC_E_09_CS",
    name="A case with everything in it",
    profile="Core",
    verdict=Verdict.FAIL,
    checks=7,
    findings=FINDINGS,
    frames=(0, len(TIMED_FRAMES)),
    steps=(
        conversations.step("3", 2, "E01.FR.07"),
        conversations.step("4", 6, *(f"B11.FR.{number:02d}" for number in range(9))),
    ),
    scenario=2,
)
APPROVER = Approver(
    name="A. Person", reviewer="R. Viewer", company="Alpitronic", position="Engineer", location="Bolzano"
)


def every_verdict(*, ocpp_version: str = "2.0.1") -> Report:
    """A measured report with a case of each verdict, recommendations, approvals and a signature."""
    passed, _, *others = campaigns.results()
    measured = conversations.report(*TIMED_FRAMES, clock="real")
    of = (passed, EVERYTHING, *others, *campaigns.advised())
    report = replace(campaigns.report(of=of, left_out=174, shuffle=7), frames=measured.frames, run=measured.run)
    return replace(
        report,
        laboratory=Laboratory(software="Plugfest", instance_id="0123456789abcdef" * 2, fingerprint="01234567" * 8),
        product=replace(report.product, ocpp_version=ocpp_version, firmware_hash="89abcdef" * 8),
        claims=replace(
            report.claims,
            vendor_settings=(VendorSettingRow(name="Brightness", value="7", description="Of the display"),),
        ),
        performance=measured.performance,
        approval=Approval(vendor=APPROVER, laboratory=APPROVER),
    )


def family() -> Document:
    """A family whose representative and member have this report."""
    report = every_verdict()
    member = replace(report, product=replace(report.product, slug="other", model="Other Model"))
    return FamilyReport(
        disclaimer=DISCLAIMER, name="both", title="Both of Them", representative=report, members=(member,)
    )
