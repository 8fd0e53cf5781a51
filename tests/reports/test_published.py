"""The tables of a report against the published documents of the same products, value by value.

The files under published/ hold the facts of those documents as they are printed, but for what a scanner misread. What
is known to differ is listed here, with the reason.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.reports import campaigns

from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.products import load_product
from plugfest.reports.build import CampaignDetails, build_report
from plugfest.reports.model.report import Report, Row, Value

PUBLISHED = Path(__file__).parent / "published"
PRODUCTS = sorted(file.stem for file in PUBLISHED.glob("*.tsv"))


@cache
def facts(name: str, kind: str) -> list[list[str]]:
    """The published lines of a kind, without it."""
    lines = (PUBLISHED / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[1:] for line in lines if line.startswith(f"{kind}\t")]


@cache
def report(name: str) -> Report:
    """The report of a run in which every applicable case passed."""
    product = load_product(name)
    choice = choose(product)
    results = [CaseResult(id=one.id, name=one.name, profile=one.profile, verdict=Verdict.PASS) for one in choice.chosen]
    details = CampaignDetails(
        clock="simulated",
        started_at=campaigns.START,
        duration_s=1.0,
        settings=LabSettings(),
        not_applicable=choice.not_applicable,
    )
    return build_report(product, results, [], details)


def rows(name: str) -> Iterator[Row]:
    claims = report(name).claims
    for table in (claims.hardware, claims.questions, *claims.settings):
        yield from table.rows
    for chapter in claims.optional_features:
        for table in chapter.tables:
            yield from table.rows


def printed(value: Value) -> str:
    """A value as in the published documents; the order of a list is irrelevant."""
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case str():
            return value
        case _:
            return " ".join(sorted(value)) or "No"


def listed(text: str) -> str:
    return " ".join(sorted(text.replace(",", " ").split()))


RETITLED = {"Certificate can be removed": "Certificate be removed", "Install and activate": "Install"}
"""Words in titles of older documents, and those of newer ones."""

OTHER_EDITION = {
    "chargepoint-express-plus-power-link": "tested by Edition 2, which the lab's plan is not made of",
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_row_of_each_table_is_the_published_one(name: str) -> None:
    ours = {row.id: row for row in rows(name)}
    differences = []
    for id, title, *values in facts(name, "row"):
        row = ours[id]
        expected = [listed(one) if isinstance(row.value, tuple) else one for one in values] or [""]
        printed_values = [printed(row.value), *([] if row.supported is None else [printed(row.supported)])][
            : len(expected)
        ]
        if (retitled(title), upper(id, expected)) != (row.title, upper(id, printed_values)):
            differences.append(((id, title, *expected), (row.title, *printed_values)))
    assert differences == []


def retitled(title: str) -> str:
    for old, new in RETITLED.items():
        title = title.replace(old, new)
    return title


def upper(id: str, values: list[str]) -> list[str]:
    """Some documents have the names of protocols in lower case (ORS-24)."""
    return [one.upper() for one in values] if id == "ORS-24" else values


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_answer_of_a_report_is_in_the_published_tables_except_later_questions(name: str) -> None:
    published = {id for id, *_ in facts(name, "row")}
    more = {row.id for row in rows(name) if row.id not in published and row.value not in (None, False, (), "")}
    assert more <= NOT_PRINTED.get(name, set())


NOT_PRINTED = {
    "chargepoint-ct4000": {"C-70", "C-71", "C-61"},
    "chargepoint-express-plus-power-link": {"C-70", "C-61"},
}
"""Questions of a later edition; an older PICS answers them by another one (`otherwise` in the feature catalogue)."""


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_connectors_are_the_published_ones(name: str) -> None:
    in_16 = report(name).product.ocpp_version == "1.6"
    printed_values = [
        [
            str(one.evse),
            one.current,
            str(one.phases or ""),
            *([] if in_16 else [str(one.connector)]),
            one.type,
            one.cable,
        ]
        for one in report(name).claims.connectors
    ]
    assert printed_values == facts(name, "connector")


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_profile_has_the_published_result(name: str) -> None:
    printed_values = {one.profile: one.result for one in report(name).profiles}
    assert {profile: printed_values[profile] for profile, _ in facts(name, "profile")} == dict(facts(name, "profile"))


@pytest.mark.parametrize("name", PRODUCTS)
def test_vendor_product_and_firmware_are_the_published_ones(name: str) -> None:
    published = dict(facts(name, "fact"))
    product = report(name).product
    assert product.model == published["Product Designation"]
    assert product.firmware_version == published.get("Firmware Version", published.get("OCPP Software Version"))
    assert product.vendor == published.get("Vendor name", product.vendor)


@pytest.mark.parametrize("name", [name for name in PRODUCTS if name not in OTHER_EDITION])
def test_the_edition_and_its_errata_are_the_published_ones(name: str) -> None:
    assert report(name).product.specification == dict(facts(name, "fact"))["Specification"]


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        (
            "btc-power-gen4-l3a",
            "The cases were selected by Edition 4 with the errata 2026-02, and judged by Edition 3 with the errata"
            " 2025-09.",
        ),
        (
            "alpitronic-hyc-200-eu",
            "The cases were selected by the errata 2025-06, which the product declares, and judged by the errata"
            " 2025-09.",
        ),
    ],
)
def test_a_report_says_that_its_cases_judge_by_another_edition(name: str, statement: str) -> None:
    assert statement in report(name).statements


@pytest.mark.parametrize("name", [name for name in PRODUCTS if facts(name, "limit")])
def test_the_limits_of_performance_are_the_published_ones(name: str) -> None:
    printed_values = {one.title: one.limit for one in report(name).performance}
    assert printed_values == {title: float(limit) for title, limit in facts(name, "limit")}


@pytest.mark.parametrize("name", [name for name in PRODUCTS if facts(name, "case")])
def test_the_case_list_is_the_published_one(name: str) -> None:
    printed_values = sorted((one.id, one.profile, one.verdict.value) for one in report(name).cases)
    assert printed_values == sorted((id, profile, result) for id, profile, result in facts(name, "case"))


def test_the_three_declarations_have_their_case_lists() -> None:
    assert [len(facts(name, "case")) for name in PRODUCTS if facts(name, "case")] == [179, 179, 179]


def test_config_ids_have_two_groups_of_which_a_family_shares_the_first() -> None:
    published = [dict(facts(name, "fact")).get("Config ID", "") for name in PRODUCTS]
    ours = [report(name).product.config_id for name in PRODUCTS]
    assert all(re.fullmatch("[0-9A-F]{8}-[0-9A-F]{8}", one) for one in ours)
    assert len(set(ours)) == len(PRODUCTS)
    family = [one.split("-")[0] for name, one in zip(PRODUCTS, ours, strict=True) if name.startswith("alpitronic")]
    assert len(set(family)) == 1
    assert len({one.split("-")[0] for one in ours}) == len(PRODUCTS) - len(family) + 1
    assert (
        len({one.split("-")[0] for one in published if one}) == len([one for one in published if one]) - len(family) + 1
    )
