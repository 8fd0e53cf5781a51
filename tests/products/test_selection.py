"""The cases that apply to a product, with reasons."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path

import msgspec
import pytest
from tests.products.pics_files import pics_file

from plugfest.products import Product, load_product
from plugfest.products.features import OcppVersion, feature_catalog
from plugfest.products.plan import plan
from plugfest.products.selection import SelectedCase, select, select_by, titled

PUBLISHED = ["alpitronic-hyc-200-us", "alpitronic-hyc-400-eu", "alpitronic-hyc-200-eu"]
COUNTS = {
    "alpitronic-hyc-400-us": 179,
    "alpitronic-hyc-200-us": 179,
    "alpitronic-hyc-400-eu": 179,
    "alpitronic-hyc-200-eu": 179,
    "btc-power-gen4-l3a": 123,
    "chargepoint-ct4000": 156,
    "chargepoint-express-plus-power-link": 154,
}

EXCLUDED_BY_CLAIMS = {
    "TC_B_15_CS": ["C-56", "DM-0"],
    "TC_B_28_CS": ["C-13"],
    "TC_B_29_CS": ["C-13"],
    "TC_C_02_CS": ["AQ-2"],
    "TC_C_06_CS": ["AQ-2"],
    "TC_C_07_CS": ["AQ-2"],
    "TC_E_03_CS": ["AQ-2"],
    "TC_E_38_CS": ["C-09.5"],
    "TC_F_01_CS": ["AQ-2"],
    "TC_F_27_CS": ["AQ-11"],
    "TC_H_13_CS": ["R-2"],
    "TC_J_08_CS": ["AQ-8"],
    "TC_K_12_CS": ["SC-2.1"],
    "TC_K_38_CS": ["Smart Charging", "ISO 15118 Support"],
    "TC_K_42_CS": ["SC-2.1"],
    "TC_L_11_CS": ["C-60"],
    "TC_L_12_CS": ["C-43", "AQ-7"],
    "TC_L_13_CS": ["C-43", "AQ-7"],
    "TC_L_14_CS": ["C-43"],
    "TC_L_15_CS": ["C-43"],
    "TC_O_17_CS": ["UI-1.1"],
    "TC_O_19_CS": ["UI-2.1"],
}
"""The rows of Part 5 Edition 3 with its errata that apply only without a claim: what must not be claimed."""

EXCLUDED_SINCE_EDITION_4 = {
    "TC_C_56_CS": ["AQ-2"],
    "TC_E_09_CS": ["AQ-2"],
    "TC_E_16_CS": ["C-35"],
    "TC_E_24_CS": ["HFS-4"],
    "TC_E_25_CS": ["HFS-4"],
    "TC_E_26_CS": ["HFS-4"],
    "TC_E_27_CS": ["HFS-4"],
}
EXCLUDED = {3: EXCLUDED_BY_CLAIMS, 4: EXCLUDED_BY_CLAIMS | EXCLUDED_SINCE_EDITION_4}

CASES_OF_PROFILES = {
    "Core": 223,
    "Advanced Security": 7,
    "Local Authorization List Management": 22,
    "Smart Charging": 36,
    "Advanced Device Management": 41,
    "Reservation": 22,
    "Advanced User Interface": 32,
    "ISO 15118 Support": 60,
}
"""The cases of a charging station in each table of Part 5; 36 are in two of them."""


def claims_everything(edition: int, *, without: Collection[str] = ()) -> Product:
    """A product with two EVSEs that claims every profile and every feature."""
    product = load_product("reference-ac")
    claims = [id for id, feature in product.feature_catalog.features.items() if feature.kind == "claim"]
    return msgspec.structs.replace(
        product,
        edition=edition,
        errata=None,
        profiles=frozenset(product.feature_catalog.profiles).difference(without),
        answered={**product.answered, **{id: id not in without for id in claims}},
    )


def selected(product: Product, id: str) -> SelectedCase:
    (found,) = (case for case in select(product) if case.id == id)
    return found


def reason(product: Product, id: str) -> str:
    return selected(product, id).reason


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_selection_is_the_published_list_in_its_order(name: str) -> None:
    product = load_product(name)
    assert product.certificate is not None
    published = [(id, profile) for profile, ids in product.certificate.passed.items() for id in ids]
    assert [(case.id, case.profile) for case in select(product) if case.applies] == published
    assert len(published) == 179


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_the_selection_has_the_published_size(name: str, count: int) -> None:
    product = load_product(name)
    assert sum(case.applies for case in select(product)) == count
    assert product.certificate is not None
    assert product.certificate.cases in (count, None)


@pytest.mark.parametrize("name", ["alpitronic-hyc-200-eu", "botari-evon200-40p-2cr"])
def test_every_case_of_the_version_has_a_reason(name: str) -> None:
    product = load_product(name)
    selection = select(product)
    assert [case.id for case in selection] == [case.id for case in plan(product.ocpp_version)]
    assert all(case.reason for case in selection)
    assert all(case.applies != case.reason.startswith("not applicable: ") for case in selection)


def test_reasons_have_pics_ids() -> None:
    product = load_product("alpitronic-hyc-200-eu")
    assert reason(product, "TC_E_09_CS") == "C-09.1 yes and C-51 yes"
    assert reason(product, "TC_B_28_CS") == "C-13 no"
    assert reason(product, "TC_B_41_CS") == "HFS-8 = 2"
    assert reason(product, "TC_J_04_CS") == "not applicable: C-42 is No"
    assert reason(product, "TC_C_45_CS") == "not applicable: C-07 is No and C-08 is No"
    assert reason(product, "TC_K_38_CS") == "Smart Charging not claimed and ISO 15118 Support not claimed"
    assert reason(product, "TC_A_01_CS") == "mandatory in Core"


def test_a_profile_that_is_not_claimed_is_the_reason() -> None:
    product = load_product("alpitronic-hyc-200-eu")
    assert reason(product, "TC_D_01_CS") == (
        "not applicable: profile Local Authorization List Management (LA-0) is not claimed"
    )
    assert reason(product, "TC_K_01_CS") == "not applicable: profile Smart Charging or ISO 15118 Support is not claimed"


def test_a_question_without_an_answer_is_the_reason(tmp_path: Path) -> None:
    product = load_product(pics_file(tmp_path))
    assert reason(product, "TC_F_27_CS") == "AQ-11 not answered"
    assert reason(product, "TC_L_15_CS") == "not applicable: AQ-7 not answered"


def test_a_note_of_the_case_follows_the_reason() -> None:
    product = load_product("botari-evon200-40p-2cr")
    assert reason(product, "TC_041_CS") == "mandatory in Core; needs a fault that can be provoked"


def test_a_case_of_two_profiles_has_the_claimed_one(tmp_path: Path) -> None:
    product = load_product(pics_file(tmp_path, ('["Core"]', '["Core", "ISO 15118 Support"]')))
    assert selected(product, "TC_K_01_CS").profile == "ISO 15118 Support"


def test_the_errata_of_the_product_select_the_condition(tmp_path: Path) -> None:
    """Erratum 5.14 of 2025-06: TC_A_21 requires AQ-3 instead of AQ-1."""
    profiles = ('["Core"]', '["Core", "Advanced Security"]\nerrata = "2025-04"')
    older = load_product(pics_file(tmp_path, profiles))
    newest = load_product(pics_file(tmp_path, profiles, ('errata = "2025-04"\n', "")))
    assert reason(older, "TC_A_21_CS") == "AQ-1 yes"
    assert reason(newest, "TC_A_21_CS") == "not applicable: AQ-3 not answered"


@pytest.mark.parametrize("name", PUBLISHED)
def test_edition_4_selects_the_published_lists_too(name: str) -> None:
    product = load_product(name)
    by_edition_4 = [case.id for case in plan("2.0.1") if select_by(case, product, 4, None).applies]
    assert by_edition_4 == [case.id for case in select(product) if case.applies]


def test_the_edition_of_the_product_selects_the_condition(tmp_path: Path) -> None:
    """Start with a card, stop with a button: the stop by card of TC_C_04 needs C-70 in Edition 4."""
    answers = ('"C-30" = true', '"C-30" = true\n"C-70" = false\n"C-75" = true')
    third = load_product(pics_file(tmp_path, answers, ('["Core"]', '["Core"]\nedition = 3')))
    fourth = load_product(pics_file(tmp_path, answers, ('["Core"]', '["Core"]\nedition = 4')))
    assert reason(third, "TC_C_04_CS") == "C-30 yes"
    assert reason(fourth, "TC_C_04_CS") == "not applicable: C-70 is No, C-71 is No and C-72 is No"
    assert reason(fourth, "TC_E_06_CS") == "C-75 yes"


def test_a_subtype_is_a_fact_by_its_name(tmp_path: Path) -> None:
    product = load_product(pics_file(tmp_path, ('["Core"]', '["Core"]\nsubtype = "Mode 1/2-only Charging Station"')))
    assert reason(product, "TC_E_38_CS") == "not applicable: Mode 1/2-only Charging Station is claimed"


@pytest.mark.parametrize("edition", [3, 4])
def test_a_product_that_claims_everything_gets_the_tables_of_part_5(edition: int) -> None:
    selection = select(claims_everything(edition))
    assert Counter(profile for case in plan("2.0.1") for profile in case.profiles) == CASES_OF_PROFILES
    assert [case.id for case in selection if case.applies] == [
        case.id for case in plan("2.0.1") if case.id not in EXCLUDED[edition]
    ]


@pytest.mark.parametrize(("edition", "id"), [(edition, id) for edition, ids in EXCLUDED.items() for id in ids])
def test_a_case_that_a_claim_excludes_applies_without_the_claim(edition: int, id: str) -> None:
    assert selected(claims_everything(edition, without=EXCLUDED[edition][id]), id).applies


@pytest.mark.parametrize(
    ("version", "reason", "expected"),
    [
        ("2.0.1", "not applicable: C-13 is No", "not applicable: C-13 Reset per EVSE is No"),
        ("1.6", "SC-1.1 is No", "SC-1.1 Supported charging rate units: A is No"),
        ("2.0.1", "C-49 yes and C-49 yes", "C-49 Authorization Cache yes and C-49 yes"),
        ("2.0.1", "AQ-3 is No", "AQ-3 (Can the last ChargingStationCertificate be removed?) is No"),
        ("2.0.1", "mandatory in Core; erratum 6-1", "mandatory in Core; erratum 6-1"),
        ("2.0.1", "X-99 is No", "X-99 is No"),
    ],
)
def test_an_id_is_followed_by_its_title_once(version: OcppVersion, reason: str, expected: str) -> None:
    assert titled(reason, feature_catalog(version)) == expected
