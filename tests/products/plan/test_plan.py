"""The test plans."""

from collections.abc import Collection
from itertools import combinations

import pytest

from plugfest.products.condition import Condition, Named, evaluate, leaves
from plugfest.products.expression import render
from plugfest.products.features import FILES, OcppVersion, UnknownFactError, feature_catalog
from plugfest.products.plan import PlannedCase, plan, read_plan, withdrawn_cases

CASE = """
[[group]]
profile = "Core"
title = "Reset EVSE"

[[group.case]]
id = "TC_B_25_CS"
name = "Without ongoing transaction"
applies = "{applies}"
earlier = [
  {{ before = "2025-02", applies = "C-01" }},
  {{ before = "2025-09", applies = "C-02" }},
  {{ edition = 3, applies = "C-03" }},
]
"""


def read_one(applies: str) -> PlannedCase:
    (case,) = read_plan(CASE.format(applies=applies), feature_catalog("2.0.1"))
    return case


@pytest.mark.parametrize(("version", "count"), [("2.0.1", 407), ("1.6", 107)])
def test_a_plan_holds_every_charging_station_case_of_its_program(version: OcppVersion, count: int) -> None:
    assert len(plan(version)) == count


def test_the_cases_that_only_the_test_case_document_has_are_withdrawn() -> None:
    ids = {case.id for case in withdrawn_cases("2.0.1")}
    assert len(ids) == 17
    assert ids.isdisjoint(case.id for case in plan("2.0.1"))


def test_the_plan_keeps_the_order_of_the_document() -> None:
    ids = [case.id for case in plan("2.0.1")]
    assert ids[:4] == ["TC_A_01_CS", "TC_A_09_CS", "TC_A_10_CS", "TC_A_04_CS"]
    assert plan("1.6")[0].id == "TC_001_CS"


def test_a_case_of_two_profiles_is_there_once() -> None:
    (case,) = (case for case in plan("2.0.1") if case.id == "TC_K_01_CS")
    assert case.profiles == ("Smart Charging", "ISO 15118 Support")


@pytest.mark.parametrize("version", list(FILES))
def test_every_case_has_a_name(version: OcppVersion) -> None:
    assert all(case.name for case in plan(version))


def test_the_edition_of_the_errata_selects_the_condition() -> None:
    case = read_one("C-13")
    selected = {
        errata: render(case.condition_in(3, errata)) for errata in ("2024-06", "2025-02", "2025-06", "2025-09", None)
    }
    assert selected == {"2024-06": "C-01", "2025-02": "C-02", "2025-06": "C-02", "2025-09": "C-03", None: "C-03"}


@pytest.mark.parametrize("errata", ["2026-02", None])
def test_the_edition_of_the_specification_selects_the_condition(errata: str | None) -> None:
    assert render(read_one("C-13").condition_in(4, errata)) == "C-13"


@pytest.mark.parametrize("version", list(FILES))
def test_earlier_conditions_are_in_the_order_of_their_editions(version: OcppVersion) -> None:
    for case in (*plan(version), *withdrawn_cases(version)):
        until = [(one.edition, one.before or "9999-99") for one in case.earlier]
        assert until == sorted(set(until)), case.id


def core_and_advanced_security() -> list[PlannedCase]:
    return [case for case in plan("2.0.1") if case.profile in ("Core", "Advanced Security")]


def test_editions_have_other_conditions_for_57_of_the_230_cases_of_core_and_advanced_security() -> None:
    cases = core_and_advanced_security()
    assert len(cases) == 230
    assert sum(case.condition_in(3, None) != case.condition for case in cases) == 57


AS_BEFORE = {"C-70": "C-30", "C-71": "C-31", "C-72": "C-32", "C-75": "C-35", "AQ-18": "HFS-1"}
"""The answers of a PICS without the questions that are new in Edition 4: as the feature catalog has them."""


class Answers:
    """A PICS without subtype and without the new questions that claims these features and profiles."""

    def __init__(self, claimed: Collection[str]) -> None:
        self._claimed = {"C-40", *claimed}  # every product has measurands

    def claim(self, id: str) -> bool:
        return AS_BEFORE.get(id, id) in self._claimed

    def number(self, id: str) -> float | None:
        return 2.0 if id in self._claimed else 1.0

    def named(self, name: str) -> bool:
        return name in self._claimed


def means_the_same(one: Condition, other: Condition) -> bool:
    """Whether two conditions hold for the same PICS without subtype and without the new questions."""
    names = {leaf.name if isinstance(leaf, Named) else leaf.id for leaf in (*leaves(one), *leaves(other))}
    facts = {AS_BEFORE.get(name, name) for name in names}.difference(feature_catalog("2.0.1").subtypes)
    return all(
        evaluate(one, Answers(claimed)).holds == evaluate(other, Answers(claimed)).holds
        for count in range(len(facts) + 1)
        for claimed in combinations(sorted(facts), count)
    )


def test_39_of_these_conditions_mean_something_else_without_the_new_answers() -> None:
    changed = [case for case in core_and_advanced_security() if case.condition_in(3, None) != case.condition]
    assert sum(not means_the_same(case.condition_in(3, None), case.condition) for case in changed) == 39


def test_the_local_stop_of_erratum_52_is_a_condition_of_edition_4_only() -> None:
    """The erratum announces C-70 to C-75 and AQ-18 without conditions."""
    new = {"C-70", "C-71", "C-72", "C-75", "AQ-18"}
    for case in plan("2.0.1"):
        operands = {getattr(leaf, "id", "") for leaf in leaves(case.condition_in(3, None))}
        assert operands.isdisjoint(new), case.id
    used = {getattr(leaf, "id", "") for case in plan("2.0.1") for leaf in leaves(case.condition)}
    assert new <= used


def test_a_case_without_a_condition_is_mandatory() -> None:
    assert read_one("always").mandatory
    assert not read_one("C-13").mandatory


def test_a_plan_with_an_unknown_id_is_refused() -> None:
    with pytest.raises(UnknownFactError, match="C-99"):
        read_one("C-13 and C-99")


def test_a_plan_with_a_case_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        read_plan(CASE.format(applies="always") * 2, feature_catalog("2.0.1"))


def test_a_plan_with_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="Care"):
        read_plan(CASE.format(applies="always").replace("Core", "Care"), feature_catalog("2.0.1"))
