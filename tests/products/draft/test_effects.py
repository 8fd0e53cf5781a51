"""What another answer would bring."""

import msgspec
import pytest

from plugfest.products import Product, load_product, product_names
from plugfest.products.draft.effects import NO, YES, applying, effects
from plugfest.products.selection import select


def count(product: Product) -> int:
    return sum(case.applies for case in select(product))


def answered(product: Product, id: str, *, yes: bool) -> Product:
    """The product with another answer, and the profile that it claims."""
    feature = product.feature_catalog.features[id]
    answer = (YES if yes else NO)[feature.kind]
    named = product.profiles - {feature.claims} | ({feature.claims} if yes and feature.claims else set())
    profiles = frozenset(name for name in named if name is not None)
    return msgspec.structs.replace(product, answered={**product.answered, id: answer}, profiles=profiles)


@pytest.mark.parametrize("name", product_names())
def test_the_number_of_cases_is_that_of_the_selection(name: str) -> None:
    assert applying(load_product(name)) == count(load_product(name))


@pytest.mark.parametrize("name", ["reference-16-plain", "reference-ac", "chargepoint-ct4000"])
def test_an_effect_is_the_difference_to_the_selection_with_that_answer(name: str) -> None:
    product = load_product(name)
    found = dict(effects(product, named=()))
    for id, effect in found.items():
        if product.feature_catalog.features[id].kind in YES:
            assert effect.yes == count(answered(product, id, yes=True)) - count(product), id
            assert effect.no == count(answered(product, id, yes=False)) - count(product), id
    assert any(effect.no < 0 for effect in found.values())


def test_the_present_answer_changes_nothing() -> None:
    product = load_product("reference-ac")
    found = dict(effects(product, named=()))
    assert found["C-13"].yes == 0
    assert found["C-13"].no < 0


def test_a_profile_that_the_pics_names_stays_when_its_feature_is_answered_no() -> None:
    product = load_product("reference-ac")
    without, with_name = dict(effects(product, named=())), dict(effects(product, named=product.profiles))
    assert without["LA-0"].no < with_name["LA-0"].no


def test_a_number_has_the_cases_that_depend_on_it() -> None:
    assert dict(effects(load_product("reference-ac"), named=()))["HFS-8"].depending > 0
