"""The data for the PDF template of the report."""

import hashlib

import msgspec
import pytest
from tests.reports import campaigns

from plugfest.reports.formats import as_json
from plugfest.reports.formats.pdf_data import report_data
from plugfest.reports.model.report import FamilyReport


@pytest.mark.parametrize("title", ["Hypercharger", "Alpitronic Hypercharger"])
def test_the_vendor_of_a_family_is_named_once(title: str) -> None:
    one = campaigns.report()
    document = report_data(FamilyReport(disclaimer="", name="x", title=title, representative=one, members=()))
    assert document.title == "Alpitronic Hypercharger: Plugfest self-test report"


def test_a_statement_about_some_members_only_names_them() -> None:
    one, other = campaigns.report(), campaigns.report(shuffle=7)
    other = msgspec.structs.replace(other, product=msgspec.structs.replace(other.product, model="HYC 400"))
    family = report_data(FamilyReport(disclaimer="", name="x", title="X", representative=one, members=(other,))).family
    assert family is not None
    assert family.statements[0] == one.statements[0]
    assert (
        "HYC 400: The cases were run in random order (seed 7), not in the order of the test plan." in family.statements
    )


def test_the_digest_is_that_of_the_unsigned_json() -> None:
    report = campaigns.report()
    assert report_data(report).digest == hashlib.sha256(as_json.text(report).encode()).hexdigest()
