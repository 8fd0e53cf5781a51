"""The PDF: complete, reproducible, and safe with any text of a station or a PICS."""

import re
from importlib.util import find_spec

import msgspec
import pypdfium2
import pytest
from tests.reports import campaigns
from tests.reports.texts import pdf_pages

from plugfest.lab.recording.record import Direction
from plugfest.reports.formats import as_pdf
from plugfest.reports.formats.as_pdf import evidence_pdf, pdf
from plugfest.reports.formats.pdf_data import report_data
from plugfest.reports.formats.pdf_not_installed import PdfNotInstalled
from plugfest.reports.model.approval import Approval, Approver
from plugfest.reports.model.report import FamilyReport, FindingEntry, Report, StepEntry
from plugfest.reports.model.statements import DISCLAIMER

MARKUP = '#panic("x") *bold* _it_ $x^2$ `raw` @ref <label> [#image("x")] \\u{41} // gone? = Heading'


def pages(content: bytes) -> list[str]:
    """The text of each page, with one space between words."""
    return [" ".join(" ".join(lines).split()) for lines in pdf_pages(content)]


def text(content: bytes) -> str:
    return " ".join(pages(content))


def titled(content: bytes) -> list[tuple[int, str]]:
    """The outline: each title with its level."""
    return [(one.level, one.get_title()) for one in pypdfium2.PdfDocument(content).get_toc()]


def renamed(report: Report, model: str) -> Report:
    return msgspec.structs.replace(report, product=msgspec.structs.replace(report.product, model=model))


@pytest.fixture(scope="module")
def printed() -> bytes:
    return pdf(campaigns.report())


@pytest.fixture(scope="module")
def evidence() -> bytes:
    return evidence_pdf(campaigns.report())


def test_the_first_page_names_product_result_and_disclaimer(printed: bytes) -> None:
    first = pages(printed)[0]
    for recorded in (
        "Alpitronic Hypercharger HYC 200 EU",
        "hyc_v3.0.0",
        "1 of 5 cases passed.",
        DISCLAIMER,
        "2026-01-01 09:30",
    ):
        assert recorded in first
    for statement in campaigns.report().statements:
        assert statement in first


def test_each_page_has_a_header_and_a_footer(printed: bytes) -> None:
    every = pages(printed)
    config_id = campaigns.report().product.config_id
    for number, page in enumerate(every, 1):
        assert page.startswith(f"Alpitronic Hypercharger HYC 200 EU Config ID {config_id}")
        assert page.endswith(f"Self-test report by Plugfest, not an OCA certificate Page {number} of {len(every)}")


def test_each_page_of_the_evidence_names_product_and_kind(evidence: bytes) -> None:
    every = pages(evidence)
    for number, page in enumerate(every, 1):
        assert page.startswith("Alpitronic Hypercharger HYC 200 EU Config ID")
        footer = f"Evidence of a self-test report by Plugfest, not an OCA certificate Page {number} of {len(every)}"
        assert page.endswith(footer)


def test_both_documents_have_the_digest_of_the_report(printed: bytes, evidence: bytes) -> None:
    digest = report_data(campaigns.report()).digest
    for content in (printed, evidence):
        assert digest in pages(content)[0].replace(" ", "")


def test_reference_and_names_are_on_the_first_page_and_the_reference_on_each() -> None:
    approval = Approval(reference="L-117", test_location="Hall 3", tested_by="A. Lovelace", reviewed_by="G. Hopper")
    first, *others = pages(pdf(msgspec.structs.replace(campaigns.report(), approval=approval)))
    assert "Reference L-117 Test location Hall 3 Tested by A. Lovelace Reviewed by G. Hopper" in first
    assert all("L-117 · Config ID" in page for page in others)
    assert "Reviewed by G. Hopper Date and signature" in " ".join(others)


def test_the_same_document_gives_the_same_bytes(printed: bytes, evidence: bytes) -> None:
    assert pdf(campaigns.report()) == printed
    assert evidence_pdf(campaigns.report()) == evidence


def test_both_documents_name_their_standards(printed: bytes, evidence: bytes) -> None:
    for content in (printed, evidence):
        assert b"<pdfaid:part>2</pdfaid:part>" in content
        assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content
        assert b"<pdfuaid:part>1</pdfuaid:part>" in content


def test_it_has_a_title_a_language_and_the_date_of_the_run(printed: bytes) -> None:
    about = pypdfium2.PdfDocument(printed).get_metadata_dict()
    assert about["Title"] == "Alpitronic Hypercharger HYC 200 EU: Plugfest self-test report"
    assert about["CreationDate"].startswith("D:20260101")
    assert re.search(rb"<dc:language>.*?<rdf:li>en</rdf:li>", printed)


def test_the_outline_has_every_section(printed: bytes) -> None:
    assert [title for level, title in titled(printed) if level == 0] == [
        "Result",
        "Cases that did not pass",
        "Not implemented",
        "Attempts that do not count",
        "Statement of approval",
        "Performance",
        "Hardware feature set",
        "Optional features",
        "Additional questions",
        "Settings and limits",
        "Cases",
    ]


def test_the_outline_of_the_evidence_has_every_case(evidence: bytes) -> None:
    outline = titled(evidence)
    assert [title for level, title in outline if level == 0] == ["Cases", "Cases that do not apply", "Evidence"]
    assert (1, "TC_E_09_CS Name of TC_E_09_CS") in outline


def test_markup_in_names_stays_text() -> None:
    report = renamed(campaigns.report(), MARKUP)
    party = Approver(name=MARKUP)
    content = pdf(msgspec.structs.replace(report, approval=Approval(vendor=party)))
    assert f"Product {MARKUP}" in text(content)
    assert f"Name {MARKUP}" in text(content)


def test_text_of_a_station_stays_text(printed: bytes, evidence: bytes) -> None:
    assert "seqNo 1, and the text <b>bold</b>" in text(printed)
    assert campaigns.SCRIPT in text(evidence)


def test_a_long_frame_of_a_finding_is_cut() -> None:
    frames = campaigns.frames()
    frames[2] = msgspec.structs.replace(frames[2], text="x" * 9000)
    report = campaigns.report(recorded=frames)
    assert "… 8200 more characters in report.json" in text(pdf(report))
    assert "… 5000 more characters in report.json" in text(evidence_pdf(report))


def test_markup_in_a_frame_stays_text() -> None:
    frames = [msgspec.structs.replace(one, direction=Direction.FROM_LAB, text=MARKUP) for one in campaigns.frames()]
    assert MARKUP in text(evidence_pdf(campaigns.report(recorded=frames)))


def test_hidden_characters_are_named_and_keep_the_standards() -> None:
    content = pdf(renamed(campaigns.report(), "one\x01two\u202ethree\U000f0000"))
    assert "Product one[U+0001]two[U+202E]three[U+F0000]" in text(content)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content


@pytest.mark.parametrize(
    "name", ["充电桩 特来电", "充電樁", "急速充電器", "급속 충전기", "Зарядная станция", "Σταθμός φόρτισης"]
)
def test_names_in_other_scripts_are_readable_on_every_machine(name: str) -> None:
    first, *_ = pages(pdf(renamed(campaigns.report(), name)))
    assert f"Product {name}" in first


def test_text_of_a_station_in_other_scripts_is_readable_in_diagrams_and_frames() -> None:
    frames = campaigns.frames()
    frames[2] = msgspec.structs.replace(
        frames[2], text='[2,"s1","DataTransfer",{"vendorId":"特来电","data":"зарядка"}]'
    )
    recorded = text(evidence_pdf(campaigns.report(recorded=frames)))
    assert recorded.count("特来电") >= 2
    assert "зарядка" in recorded


def test_characters_outside_the_fonts_keep_the_standards() -> None:
    """A machine may have fonts for Thai and emoji or not."""
    content = pdf(renamed(campaigns.report(), "한 ไ 😀 Ω ש"))
    assert re.search(r"Product 한 (ไ|\[U\+0E44\]) (😀|\[U\+1F600\]) Ω ש", text(content))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content


def test_an_almost_empty_report_is_printed() -> None:
    report = campaigns.report()
    nothing = FindingEntry(requirement="", expected="", actual="", frame=3, step="", frame_text="")
    step = StepEntry(step="", requirement="", frame=99, checks=0)
    case = msgspec.structs.replace(report.cases[1], name="", findings=(nothing,), steps=(step,), scenario=77)
    bare = msgspec.structs.replace(
        report, cases=(case,), statements=(), profiles=(), performance=(), not_applicable=(), summary={}
    )
    for content in (pdf(renamed(bare, "")), evidence_pdf(renamed(bare, ""))):
        assert "0 of 1 case passed." in text(content)


def test_the_approvers_are_printed() -> None:
    party = Approver(name="Ada Lovelace", reviewer="Grace Hopper", company="Analytical Engines", position="Countess")
    report = msgspec.structs.replace(campaigns.report(), approval=Approval(laboratory=party))
    recorded = text(pdf(report))
    assert "Test laboratory Name Ada Lovelace Name of the reviewer Grace Hopper Company Analytical Engines" in recorded


def test_a_family_is_one_document_with_a_declaration_for_each_member() -> None:
    first, second = campaigns.report(), renamed(campaigns.report(), "Hypercharger HYC 400 EU")
    family = FamilyReport(
        disclaimer=DISCLAIMER, name="hyc", title="Hypercharger", representative=first, members=(second,)
    )
    content = pdf(family)
    assert [title for level, title in titled(content) if level == 0] == [
        "Members of the family",
        "Report of the representative product: Hypercharger HYC 200 EU",
        "Declaration of conformance by the vendor: Hypercharger HYC 400 EU",
    ]
    assert "Alpitronic Hypercharger 0 of 2 products passed all of their cases." in pages(content)[0]
    assert pages(content)[-1].startswith("Alpitronic Hypercharger HYC 400 EU Config ID")


def test_without_typst_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_pdf, "find_spec", lambda name: None if name == "typst" else find_spec(name))
    with pytest.raises(
        PdfNotInstalled, match=r"^the PDF needs typst, which is not installed: pip install 'plugfest\[pdf\]'$"
    ):
        pdf(campaigns.report())
