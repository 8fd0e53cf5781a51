"""Conditions as text."""

import pytest
from hypothesis import given
from tests.products.strategies import conditions

from plugfest.products.condition import All, Always, AnyOf, Claim, Compare, Condition, Named, Not
from plugfest.products.expression import ConditionError, parse, render


@given(conditions)
def test_a_rendered_condition_parses_to_itself(condition: Condition) -> None:
    assert parse(render(condition)) == condition


def test_or_binds_weaker_than_and_and_not_binds_strongest() -> None:
    expected = AnyOf((All((Claim("C-01"), Not(Claim("C-02")))), Claim("C-03")))
    assert parse("C-01 and not C-02 or C-03") == expected


def test_brackets_change_the_precedence() -> None:
    assert parse("C-09.1 and (C-51 or not C-09.6)") == All(
        (Claim("C-09.1"), AnyOf((Claim("C-51"), Not(Claim("C-09.6")))))
    )


def test_numbers_are_compared_and_names_are_quoted() -> None:
    assert parse('HFS-8 > 1 and not "Smart Charging"') == All((Compare("HFS-8", ">", 1), Not(Named("Smart Charging"))))


def test_always_is_a_whole_condition() -> None:
    assert parse("always") == Always()
    assert render(Always()) == "always"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "C-01 and",
        "C-01 C-02",
        "(C-01",
        "C-01)",
        "not",
        "HFS-8 >",
        "HFS-8 > C-01",
        "C-01 & C-02",
        "always and C-01",
        '"open',
    ],
)
def test_an_invalid_condition_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        parse(text)
