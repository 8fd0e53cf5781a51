"""The folder of a report: every format of one report, signed if the format can be."""

import json
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reports import campaigns
from tests.reports.signed import SIGNER, report

from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.reports.folder import (
    CSV_FILE,
    EVIDENCE_FILE,
    FORMAT_FILES,
    HTML_FILE,
    JSON_FILE,
    JUNIT_FILE,
    LOG_FILE,
    PDF_FILE,
    log_file,
    write_folder,
)
from plugfest.reports.formats import as_csv, as_html, as_junit, as_pdf
from plugfest.reports.formats.pdf_not_installed import PdfNotInstalled
from plugfest.reports.model.report import Document
from plugfest.reports.rendering import RENDERERS, SignedKind, render
from plugfest.reports.signing.verification import SignatureState, verify_report


@pytest.fixture
def no_typst(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Document) -> bytes:
        raise PdfNotInstalled("no PDF without typst")

    monkeypatch.setattr("plugfest.reports.formats.as_pdf.pdf", refuse)
    monkeypatch.setattr("plugfest.reports.formats.as_pdf.evidence_pdf", refuse)


def test_it_has_every_format_and_the_log(tmp_path: Path) -> None:
    written = write_folder(tmp_path / "r", report(), SIGNER, log_file(["a line", "another"]))
    assert (written.page, written.missing) == (tmp_path / "r" / HTML_FILE, "")
    assert {one.name for one in (tmp_path / "r").iterdir()} == {
        HTML_FILE,
        JSON_FILE,
        PDF_FILE,
        EVIDENCE_FILE,
        JUNIT_FILE,
        CSV_FILE,
        LOG_FILE,
    }
    assert (tmp_path / "r" / LOG_FILE).read_text() == "a line\nanother\n"
    assert len(json.loads((tmp_path / "r" / JSON_FILE).read_text())["frames"]) == len(campaigns.TIMED_FRAMES)


INCONCLUSIVE = tuple(one for one in campaigns.results() if one.verdict is Verdict.INCONCLUSIVE)
OTHERS = tuple(msgspec.structs.replace(INCONCLUSIVE[0], id=id) for id in ("TC_E_01_CS", "TC_E_02_CS"))


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ((), "No case was run."),
        (campaigns.results()[:1], "The case passed."),
        (INCONCLUSIVE, "0 of 1 case passed."),
        (INCONCLUSIVE + OTHERS, "0 of 3 cases passed."),
    ],
    ids=["no case", "one case", "one inconclusive case", "only inconclusive cases"],
)
def test_a_report_of_few_or_no_cases_is_complete(tmp_path: Path, results: tuple[CaseResult, ...], outcome: str) -> None:
    written = write_folder(tmp_path, campaigns.report(of=results), SIGNER, {})
    assert (written.missing, {one.name for one in tmp_path.iterdir()}) == ("", set(FORMAT_FILES))
    assert outcome in (tmp_path / HTML_FILE).read_text()


def test_every_format_except_csv_is_signed(tmp_path: Path) -> None:
    write_folder(tmp_path, report(), SIGNER, {})
    checked = {name: verify_report((tmp_path / name).read_bytes()) for name in FORMAT_FILES}
    assert checked.pop(CSV_FILE).state is SignatureState.UNSIGNED
    assert {one.state for one in checked.values()} == {SignatureState.INTACT}
    assert len({one.report for one in checked.values()}) == 1


@pytest.mark.usefixtures("no_typst")
def test_without_a_signer_each_file_is_unsigned(tmp_path: Path) -> None:
    write_folder(tmp_path, report(), None, {})
    assert (tmp_path / HTML_FILE).read_text() == as_html.page(report())
    assert (tmp_path / JUNIT_FILE).read_text() == as_junit.text(report())
    assert (tmp_path / CSV_FILE).read_bytes() == as_csv.text(report()).encode()


@pytest.mark.usefixtures("no_typst")
def test_without_typst_there_is_no_pdf_and_an_older_one_is_removed(tmp_path: Path) -> None:
    for name in (PDF_FILE, EVIDENCE_FILE):
        (tmp_path / name).write_text("of an earlier report")
    assert write_folder(tmp_path, report(), SIGNER, {}).missing == "no PDF without typst"
    assert not (tmp_path / PDF_FILE).exists()
    assert not (tmp_path / EVIDENCE_FILE).exists()


@pytest.mark.usefixtures("no_typst")
def test_another_file_replaces_a_format(tmp_path: Path) -> None:
    write_folder(tmp_path, report(), SIGNER, {JSON_FILE: b"{}"})
    assert (tmp_path / JSON_FILE).read_bytes() == b"{}"


def test_a_signed_pdf_can_be_read(tmp_path: Path) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    write_folder(tmp_path, report(), SIGNER, {})
    assert len(pdfium.PdfDocument(tmp_path / PDF_FILE)) == len(pdfium.PdfDocument(as_pdf.pdf(report())))


@cache
def real_form(name: SignedKind) -> bytes:
    return render(name, report(), SIGNER)


@pytest.mark.parametrize("name", RENDERERS)
@settings(max_examples=150)
@given(data=st.data())
def test_no_byte_of_a_real_file_can_be_changed(name: SignedKind, data: st.DataObject) -> None:
    whole = real_form(name)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(1, 255)) ^ whole[place]
    assert verify_report(whole).state is SignatureState.INTACT
    assert verify_report(whole[:place] + bytes([other]) + whole[place + 1 :]).state is not SignatureState.INTACT
