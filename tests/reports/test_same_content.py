"""The HTML page and the PDFs have the same content: each value of the report is in both."""

from collections.abc import Iterator

import msgspec
import pytest
from tests.reports import campaigns
from tests.reports.texts import html_text, pdf_pages, squeezed

from plugfest.lab.settings import LabSettings
from plugfest.products import load_product, product_names
from plugfest.reports.build import CampaignDetails, build_report
from plugfest.reports.formats.as_html import page
from plugfest.reports.formats.as_pdf import evidence_pdf, pdf
from plugfest.reports.model.approval import Approval, Approver
from plugfest.reports.model.indicators import NOT_MEASURABLE, Indicator
from plugfest.reports.model.report import (
    CaseEntry,
    Document,
    FamilyReport,
    FindingEntry,
    Laboratory,
    Report,
    Row,
    Value,
)


def in_html(document: Document) -> str:
    return squeezed(html_text(page(document)))


def in_pdf(document: Document) -> str:
    """The text of all pages of both PDFs without headers and footers."""
    pages = [lines for content in (pdf(document), evidence_pdf(document)) for lines in pdf_pages(content)]
    return squeezed(" ".join(line for lines in pages for line in lines[1:-1]))


def contents(report: Report) -> Iterator[str]:
    """The contents of a report, each as one piece of text."""
    product, run = report.product, report.run
    yield from (report.disclaimer, *report.statements)
    yield from (product.vendor, product.model, product.firmware_version, product.specification, product.config_id)
    yield from (report.laboratory.software, f"SHA-256{product.firmware_hash or 'not given'}")
    yield from (str(one) for one in (report.laboratory.instance_id, report.laboratory.fingerprint) if one is not None)
    yield from (", ".join(product.profiles), f"Clock{run.clock}", f"Security profile{run.security_profile}")
    yield from (f"{one.profile}{one.result}{one.description}{one.remark}" for one in report.profiles)
    approval = report.approval
    yield from (text for text in (approval.reference, approval.test_location) if text is not None)
    yield from (text for text in (approval.tested_by, approval.reviewed_by) if text is not None)
    yield from (value for name in ("vendor", "laboratory") for value in named(getattr(approval, name)))
    yield from claimed(report)
    yield from (measured(one) for one in report.performance)
    for case in report.cases:
        yield f"{case.verdict}{case.id}{case.name}"
        yield from (piece for finding in case.findings for piece in found(finding))
        for attempt in case.abandoned:
            yield f"{case.id}{attempt.reason}"
            yield from (piece for finding in attempt.findings for piece in found(finding))
    for other in report.not_applicable:
        yield f"{other.id}{other.name}{other.reason.removeprefix('not applicable: ')}"


def named(party: Approver | None) -> Iterator[str]:
    return (value for value in msgspec.to_builtins(party or Approver()).values() if value is not None)


def claimed(report: Report) -> Iterator[str]:
    claims = report.claims
    chapters = [table for chapter in claims.optional_features for table in chapter.tables]
    for table in (claims.hardware, *chapters, claims.questions, *claims.settings):
        yield f"ID{table.title}{''.join(table.columns)}"
        yield from (f"{row.id}{row.title}{answers(row, len(table.columns))}" for row in table.rows)
    for one in claims.connectors:
        number = one.connector if report.product.ocpp_version != "1.6" else ""
        yield f"{one.evse}{one.current}{one.phases or ''}{number}{one.type}{one.cable}"
    yield from (f"{one.name}{one.value}{one.description}" for one in claims.vendor_settings)


def answers(row: Row, columns: int) -> str:
    if row.kind == "group":
        return ""
    return shown(row.value) + (shown(row.supported) if columns > 1 else "")


def shown(value: Value) -> str:
    match value:
        case None:
            return "no answer"
        case bool():
            return "Yes" if value else "No"
        case str():
            return value
        case _:
            return "".join(value) or "none"


def measured(row: Indicator) -> str:
    if row.measured == NOT_MEASURABLE:
        return f"{row.title}{NOT_MEASURABLE}"
    most = f"{row.measured.maximum:.3f}{', above the limit' if row.within_limit is False else ''}"
    return f"{row.title}{row.measured.minimum:.3f}{most}{row.measured.average:.3f}{row.measured.count}"


def found(finding: FindingEntry) -> Iterator[str]:
    yield from (finding.requirement, finding.step, f"Expected{finding.expected}", f"Actual{finding.actual}")
    if finding.frame_text is not None:
        yield finding.frame_text


def evidence(report: Report) -> Iterator[str]:
    """The connections, and the evidence of each case."""
    for one in report.connections:
        by = ", by the lab" if one.by_lab else ""
        yield f"{one.at:.2f} s{one.frame}{one.remote}{one.title}{by}{one.reason}"
    for case in report.cases:
        if case.verdict != "NOT IMPLEMENTED":
            yield case.id + case.name
            yield from rules(case)
            yield from ("GetVariables", "TransactionEvent", campaigns.SCRIPT) if case.frames[1] else ()


def rules(case: CaseEntry) -> Iterator[str]:
    return (step.requirement for step in case.steps)


def product_report(name: str) -> Report:
    """A campaign of a product with every verdict."""
    details = CampaignDetails(
        clock="simulated",
        started_at=campaigns.START,
        duration_s=125.0,
        settings=LabSettings(),
        not_applicable=(campaigns.NOT_APPLICABLE,),
        firmware_hash="8481dac178b53fb5" * 4,
    )
    return build_report(
        load_product(name), campaigns.results(), campaigns.frames(), details, connections=campaigns.CONNECTIONS
    )


def signed_report() -> Report:
    """A run in real time, with approvers, a signature, and a recommendation that was not followed."""
    return msgspec.structs.replace(
        campaigns.report(clock="real", of=(*campaigns.results(), *campaigns.advised()), left_out=174, shuffle=7),
        laboratory=Laboratory(
            software="Plugfest", instance_id="0123456789abcdef" * 2, fingerprint="0123456789abcdef" * 4
        ),
        approval=Approval(
            reference="L-117",
            test_location="Hall 3",
            tested_by="A. Turing",
            reviewed_by="G. Boole",
            vendor=Approver(name="Ada Lovelace", position="Countess"),
            laboratory=Approver(reviewer="Hopper"),
        ),
    )


def check(document: Document, pieces: Iterator[str]) -> None:
    html, paper = in_html(document), in_pdf(document)
    wanted = {squeezed(piece) for piece in pieces} - {""}
    assert {piece for piece in wanted if piece not in html} == set()
    assert {piece for piece in wanted if piece not in paper} == set()


@pytest.mark.parametrize("name", product_names())
def test_of_each_product_of_the_catalog(name: str) -> None:
    report = product_report(name)
    check(report, (*contents(report), *evidence(report)))


def test_of_a_run_in_real_time_that_is_signed() -> None:
    report = signed_report()
    check(report, (*contents(report), *evidence(report)))


def test_of_a_family() -> None:
    first, second = product_report("alpitronic-hyc-400-us"), signed_report()
    family = FamilyReport(
        disclaimer=first.disclaimer, name="hyc", title="Hypercharger", representative=first, members=(second,)
    )
    check(family, (family.title, *contents(first), *evidence(first), *contents(second)))
