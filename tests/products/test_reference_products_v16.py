"""The reference products of OCPP 1.6: together they claim every feature and get every case."""

from plugfest.products import load_product
from plugfest.products.selection import select

PRODUCTS = ("reference-16-ac", "reference-16-dc", "reference-16-plain")


def test_every_case_applies_to_one_of_them() -> None:
    selected = [select(load_product(name)) for name in PRODUCTS]
    applying = {case.id for cases in selected for case in cases if case.applies}
    assert {case.id for case in selected[0]} - applying == set()
    assert len(applying) == 107


def test_every_claim_is_made_and_denied_by_one_of_them() -> None:
    """A Yes to AQ-2 or AQ-3 would exclude other cases, and no case requires one."""
    products = [load_product(name) for name in PRODUCTS]
    claims = [feature.id for feature in products[0].feature_catalog.features.values() if feature.kind == "claim"]
    never = {id for id in claims if not any(product.supports(id) for product in products)}
    assert never == {"AQ-2", "AQ-3", "HFS-6"}
