"""No text of a station is markup, formula, control sequence, code or entity: the same texts in every format."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from xml.etree import ElementTree

import msgspec
import pytest
from tests.hostile_texts import HOSTILE
from tests.reports import campaigns
from tests.reports.texts import html_text, pdf_pages, squeezed

from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.csms.connection_log import ConnectionKind, LoggedConnection
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.operator.missing_capabilities import MissingCapability
from plugfest.lab.verdict import Finding
from plugfest.reports.formats import as_csv, as_html, as_json, as_junit, as_pdf
from plugfest.reports.formats.as_csv import FORMULA_PREFIXES
from plugfest.reports.hidden_characters import name_hidden
from plugfest.reports.model.report import Report

HARMLESS = "text"


def report(text: str) -> Report:
    """A report with this text wherever a text of a station, a client or an operator may be."""
    finding = Finding(requirement="E01.FR.07", expected=text, actual=text, step=text, frame=2, contradictions=(text,))
    results = tuple(
        msgspec.structs.replace(
            one,
            findings=(finding,) if one.findings else (),
            abandoned=tuple(
                msgspec.structs.replace(attempt, reason=text, findings=(finding,)) for attempt in one.abandoned
            ),
        )
        for one in campaigns.results()
    )
    return campaigns.report(
        of=results,
        recorded=[
            msgspec.structs.replace(one, text=spoken)
            for one, spoken in zip(campaigns.frames(), _frames(text), strict=True)
        ],
        before=(finding,),
        missing=(MissingCapability(Capability.FIRMWARE, text, ("TC_A_01_CS",), ()),),
        contradictions=(Contradiction(claims=("C-1",), claimed=text, reported=text),),
        connections=(
            LoggedConnection(kind=ConnectionKind.FAILED, at=0.0, frame=0, remote=text, reason=text),
            LoggedConnection(kind=ConnectionKind.ENDED, at=1.0, frame=1, remote=text, reason=text),
        ),
    )


def _frames(text: str) -> Iterator[str]:
    """As a value, as an action, as an error, as a name of a field, and as the whole frame."""
    yield json.dumps([2, "1", "DataTransfer", {"vendorId": text, "data": text}])
    yield json.dumps([2, "2", text, {"a": text}])
    yield json.dumps([4, "1", "InternalError", text, {text: text}], ensure_ascii=False)
    yield json.dumps([3, "1", {text: text}])
    yield text


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = tuple(name for name, _ in attributes)
        # How a text is broken into lines depends on the text.
        if tag not in ("br", "wbr", "text", "tspan", "path", "line", "rect", "g", "svg", "polyline", "circle"):
            self.found.append((tag, names))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", ()))

    def handle_decl(self, decl: str) -> None:
        self.found.append((decl, ()))


def html_elements(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page in their order, with the names of their attributes."""
    elements = _Elements()
    elements.feed(page)
    return elements.found


def xml_elements(document: str) -> list[tuple[str, list[str]]]:
    return [(element.tag, sorted(element.attrib)) for element in ElementTree.fromstring(document).iter()]


def csv_shape(table: str) -> list[int]:
    return [len(row) for row in csv.reader(io.StringIO(table))]


SHAPES: dict[str, Callable[[Report], object]] = {
    "HTML": lambda one: html_elements(as_html.page(one)),
    "JUnit": lambda one: xml_elements(as_junit.text(one)),
    "CSV": lambda one: csv_shape(as_csv.text(one)),
}
"""What of a document a text must not change, by format."""


@pytest.mark.parametrize("format", SHAPES)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_changes_the_shape_of_a_document(format: str, text: str) -> None:
    shape = SHAPES[format]
    assert shape(report(text)) == shape(report(HARMLESS))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(text: str) -> None:
    cells = [cell for row in csv.reader(io.StringIO(as_csv.text(report(text)))) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA_PREFIXES)] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_the_page_shows_the_text_and_names_what_cannot_be_seen(text: str) -> None:
    page = as_html.page(report(text))
    assert squeezed(name_hidden(text.replace("\r", "").replace("\t", " "))) in squeezed(html_text(page))
    assert {one for one in page if not one.isprintable()} <= {"\n", "\r", "\t", "\N{NO-BREAK SPACE}"}


@pytest.mark.parametrize("text", HOSTILE)
def test_json_has_the_text_itself(text: str) -> None:
    read = msgspec.json.decode(as_json.text(report(text)), type=Report)
    assert read == report(text)
    assert read.run.findings[0].actual == text


@pytest.mark.skipif(find_spec("typst") is None, reason="the extra pdf is not installed")
def test_typst_sets_every_text_as_text() -> None:
    """One document with all texts: each compilation takes a second."""
    every = " ".join(HOSTILE)
    for content in (as_pdf.pdf(report(every)), as_pdf.evidence_pdf(report(every))):
        pages = squeezed(" ".join(line for page in pdf_pages(content) for line in page))
        for shown in ('#panic("x")', "$x^2$", "`raw`", "<label>", "\\u{41}", "<script>alert(1)</script>", "[U+202E]"):
            assert squeezed(shown) in pages
