"""What a form has changed, in the text of a file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.products.pics_files import VALID_PICS, catalog_text

from plugfest.products.features import feature_catalog
from plugfest.products.product import Answer
from plugfest.web.products.assessment import assess
from plugfest.web.products.changes import with_changes
from plugfest.web.products.values import initial

BASE = assess("mine", VALID_PICS.encode())
FEATURES = [one for one in feature_catalog("2.0.1").features.values() if one.kind in ("claim", "number", "text")]
TYPED = {
    "claim": st.sampled_from([("yes", True), ("no", False), ("", None)]),
    "number": st.integers(0, 10**9).map(lambda number: (str(number), number)) | st.just(("", None)),
    "text": st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).map(lambda text: (text, text)),
}
answers = st.lists(
    st.sampled_from(FEATURES).flatmap(lambda one: TYPED[one.kind].map(lambda typed: (one.id, *typed))),
    max_size=5,
    unique_by=lambda one: one[0],
)


@settings(max_examples=40)
@given(answers)
def test_the_text_has_the_answers_of_the_form_and_all_others_as_before(given: list[tuple[str, str, Answer]]) -> None:
    form = initial(BASE.source.pics, BASE.product)
    for id, typed, _ in given:
        form = form.having(id, [typed])
    changed = with_changes(BASE, form)
    now = assess("mine", changed.text.encode())
    expected = {**BASE.product.answered, **{id: answer for id, _, answer in given}}
    assert now.product.answered == {id: answer for id, answer in expected.items() if answer is not None}
    assert changed.invalid == ()
    claimed = {one.claims for one in FEATURES if one.claims and expected.get(one.id) is True}
    assert (now.product.evses, now.product.profiles) == (BASE.product.evses, BASE.product.profiles | claimed)


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("ORS-7", "-1", "is not a number of at least 0"),
        ("ORS-7", "nan", "is not a number of at least 0"),
        ("C-23", "Sundial", 'is "Sundial"; write '),
        ("C-40.1.tested", "Sun", 'is "Sun"; write '),
        ("product.vendor", "", "is missing; every product has one"),
        ("evse0.phase_counts", "1, 4", "write numbers of phases"),
        ("evse0.phase_pause", "soon", "write seconds"),
        ("limit.response", "0", "greater than 0"),
    ],
)
def test_a_value_that_cannot_be_written_is_named_and_others_are_written(name: str, typed: str, problem: str) -> None:
    form = initial(BASE.source.pics, BASE.product).having(name, [typed]).having("C-01", ["no"])
    changed = with_changes(BASE, form)
    (invalid,) = changed.invalid
    assert problem in invalid.text
    assert '"C-01" = false' in changed.text


def test_a_value_in_an_inline_table_is_left_to_the_text_editor() -> None:
    without = VALID_PICS.replace('[questions]\n"AQ-1" = true', "")
    text = without.replace("[product]", 'questions = { "AQ-1" = true }\n[product]')
    base = assess("mine", text.encode())
    changed = with_changes(base, initial(base.source.pics, base.product).having("AQ-1", ["no"]))
    assert [one.field for one in changed.invalid] == ["AQ-1"]
    assert changed.text == text


def test_an_answer_that_is_not_valid_stays_in_the_file_until_it_is_answered() -> None:
    text = VALID_PICS.replace('"C-01" = true', '"C-01" = "maybe"')
    base = assess("mine", text.encode())
    form = initial(base.source.pics, base.product)
    assert with_changes(base, form).text == text
    assert '"C-01" = false' in with_changes(base, form.having("C-01", ["no"])).text


@pytest.mark.parametrize("name", ["reference-16-ac", "reference-dc"])
def test_an_evse_that_is_removed_leaves_the_rest_of_the_file(name: str) -> None:
    base = assess(name, catalog_text(name).encode())
    form = initial(base.source.pics, base.product)
    changed = with_changes(base, form.having("evse", form.all("evse")[:-1]))
    now = assess(name, changed.text.encode())
    assert now.product.evses == base.product.evses[:-1]
    assert now.product.answered == base.product.answered
    assert now.product.certificate == base.product.certificate
