"""The reference products of OCPP 2.0.1: together they claim every feature and get every case."""

import pytest

from plugfest.products import Product, load_product
from plugfest.products.features import Feature, feature_catalog
from plugfest.products.plan import PlannedCase, plan, withdrawn_cases
from plugfest.products.selection import select, select_withdrawn

PRODUCTS = ("reference-ac", "reference-dc", "reference-ac-fixed")
PROFILES = ("Core", "Advanced Security")


def products() -> list[Product]:
    return [load_product(name) for name in PRODUCTS]


def optional_features() -> list[Feature]:
    """Part 5 section 3.1: what is not mandatory in Core and Advanced Security."""
    features = feature_catalog("2.0.1").features.values()
    return [each for each in features if each.id.startswith(("C-", "AS-")) and each.kind in ("claim", "texts")]


def cases_of_both_profiles() -> list[PlannedCase]:
    return [case for case in plan("2.0.1") if case.profile in PROFILES]


def test_the_plan_has_all_cases_of_each_profile() -> None:
    profiles = [case.profile for case in cases_of_both_profiles()]
    assert [profiles.count(profile) for profile in PROFILES] == [223, 7]


def test_every_optional_feature_is_claimed_by_one_of_them() -> None:
    unclaimed = [each.id for each in optional_features() if not any(p.supports(each.id) for p in products())]
    assert unclaimed == []


def test_every_case_of_both_profiles_applies_to_one_of_them() -> None:
    applies = {selected.id for product in products() for selected in select(product) if selected.applies}
    assert [case.id for case in cases_of_both_profiles() if case.id not in applies] == []


def test_every_case_of_all_profiles_applies_to_a_reference_product() -> None:
    every = [*products(), load_product("reference-plug-and-charge")]
    applies = {one.id for product in every for one in (*select(product), *select_withdrawn(product)) if one.applies}
    assert [case.id for case in (*plan("2.0.1"), *withdrawn_cases("2.0.1")) if case.id not in applies] == []


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_of_them_is_necessary(name: str) -> None:
    others = [product for product in products() if product.slug != name]
    elsewhere = {selected.id for product in others for selected in select(product) if selected.applies}
    assert any(case.id not in elsewhere for case in cases_of_both_profiles())


@pytest.mark.parametrize("name", PRODUCTS)
def test_they_have_no_certificate(name: str) -> None:
    assert load_product(name).certificate is None
