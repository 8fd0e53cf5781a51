"""The test plans."""

import pytest

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
earlier = [{{ before = "2025-02", applies = "C-01" }}, {{ before = "2025-09", applies = "C-02" }}]
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
        errata: render(case.condition_in(errata)) for errata in ("2024-06", "2025-02", "2025-06", "2025-09", None)
    }
    assert selected == {"2024-06": "C-01", "2025-02": "C-02", "2025-06": "C-02", "2025-09": "C-13", None: "C-13"}


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
