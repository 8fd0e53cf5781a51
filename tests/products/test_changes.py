"""The cases that apply by some editions of the specification and its errata only."""

from pathlib import Path

import pytest
from tests.products.pics_files import pics_file

from plugfest.products import load_product, product_names
from plugfest.products.changes import changes
from plugfest.products.plan import plan
from plugfest.products.selection import select_by


def test_a_case_that_an_edition_adds_has_both_reasons(tmp_path: Path) -> None:
    """Start without authorization, stop with a card."""
    answers = ('"C-30" = true', '"C-30" = false\n"C-35" = true\n"C-70" = true'), ('"C-02" = "Yes"\n', "")
    (found,) = (one for one in changes(load_product(pics_file(tmp_path, *answers))) if one.id == "TC_C_04_CS")
    assert found.line == (
        "TC_C_04_CS applies since Edition 4: C-70 yes (before: C-30 is No, C-31 not answered and C-32 not answered)"
    )


def test_a_case_that_an_edition_drops_is_there() -> None:
    (dropped,) = (one for one in changes(load_product("chargepoint-ct4000")) if one.since == "Edition 4")
    assert dropped.line == (
        "TC_E_25_CS does not apply since Edition 4: AQ-18 is No (before: C-06.2 yes and C-12.2 yes and AQ-9 yes)"
    )


def test_edition_4_changes_nothing_for_btc_power_but_the_errata_of_edition_3_did() -> None:
    assert [(one.id, one.since) for one in changes(load_product("btc-power-gen4-l3a"))] == [
        ("TC_A_21_CS", "errata 2025-06")
    ]


@pytest.mark.parametrize("name", product_names())
def test_the_changes_lead_from_the_oldest_selection_to_the_newest(name: str) -> None:
    product = load_product(name)
    first, last = product.feature_catalog.editions[0], product.feature_catalog.editions[-1]
    flips = [one.id for one in changes(product)]
    for case in plan(product.ocpp_version):
        oldest = select_by(case, product, first.number, "").applies
        newest = select_by(case, product, last.number, None).applies
        assert (oldest != newest) == (flips.count(case.id) % 2 == 1)
