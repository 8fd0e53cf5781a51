"""The cases of a campaign, by product and by the caller's choice."""

import pytest

from plugfest.lab.selection import CaseNotAvailable, cases, choose, implemented
from plugfest.products import load_product
from plugfest.products.features import OcppVersion
from plugfest.products.plan import plan, withdrawn_cases
from plugfest.products.plan.requested import RequestedCases
from plugfest.products.selection import select

PRODUCT = load_product("alpitronic-hyc-200-eu")


def ids(*requested: str) -> RequestedCases:
    return RequestedCases(ids=requested)


def test_a_campaign_has_every_case_that_applies_in_the_plan_s_order() -> None:
    selected = select(PRODUCT)
    choice = choose(PRODUCT)
    assert [one.id for one in choice.chosen] == [one.id for one in selected if one.applies]
    assert list(choice.not_applicable) == [one for one in selected if not one.applies]


def test_each_selected_case_has_its_code_or_none() -> None:
    written = cases("2.0.1")
    by_id = {one.id: one.case for one in choose(PRODUCT).chosen}
    assert by_id["TC_E_09_CS"] is written["TC_E_09_CS"]
    assert {id for id, code in by_id.items() if code is None} == by_id.keys() - written.keys()


@pytest.mark.parametrize("id", ["TC_E_09_CS", "TC_E_09", "tc_e_09"])
def test_a_picked_case_may_be_written_in_short(id: str) -> None:
    assert [one.id for one in choose(PRODUCT, ids(id)).chosen] == ["TC_E_09_CS"]


def test_picked_cases_run_once_and_in_the_order_given() -> None:
    picked = choose(PRODUCT, ids("TC_E_10", "TC_E_09", "TC_E_10_CS")).chosen
    assert [one.id for one in picked] == ["TC_E_10_CS", "TC_E_09_CS"]


def test_of_a_pattern_the_cases_that_apply_run_in_the_plan_s_order() -> None:
    picked = choose(PRODUCT, ids("tc_g_*")).chosen
    assert [one.id for one in picked] == [one.id for one in choose(PRODUCT).chosen if one.id.startswith("TC_G_")]


def test_a_pattern_of_which_no_case_applies_is_an_error_with_a_reason() -> None:
    with pytest.raises(CaseNotAvailable, match=r"^TC_H_\d+_CS does not apply to alpitronic-hyc-200-eu: profile Reserv"):
        choose(PRODUCT, ids("TC_H_*"))


def test_a_withdrawn_case_is_not_part_of_its_block() -> None:
    block = choose(PRODUCT, RequestedCases(blocks=("K",))).chosen
    assert "TC_K_15_CS" not in {one.id for one in block}
    assert {one.id[:5] for one in block} == {"TC_K_"}


def test_what_applies_and_was_not_picked_is_counted() -> None:
    every = choose(PRODUCT)
    assert every.left_out == 0
    assert choose(PRODUCT, ids("TC_E_10", "TC_E_09")).left_out == len(every.chosen) - 2


def test_a_seed_draws_one_order_of_the_same_cases() -> None:
    planned, drawn = choose(PRODUCT).chosen, choose(PRODUCT, shuffle=1).chosen
    assert drawn != planned
    assert sorted(one.id for one in drawn) == sorted(one.id for one in planned)
    assert choose(PRODUCT, shuffle=1).chosen == drawn
    assert choose(PRODUCT, shuffle=2).chosen != drawn


def test_the_error_about_an_unknown_case_suggests_similar_ones() -> None:
    with pytest.raises(CaseNotAvailable, match=r"^TC_E_99 is not in the OCPP 2\.0\.1 test plan; did you mean TC_E_"):
        choose(PRODUCT, ids("TC_E_99"))


def test_the_error_about_a_case_that_does_not_apply_has_the_reason() -> None:
    with pytest.raises(
        CaseNotAvailable,
        match=r"^TC_B_25_CS does not apply to alpitronic-hyc-200-eu: C-13 is No \(C-13: Support for Reset per EVSE\)$",
    ):
        choose(PRODUCT, ids("TC_B_25"))


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_every_implemented_case_is_in_a_plan(version: OcppVersion) -> None:
    assert implemented(version) <= {case.id for case in (*plan(version), *withdrawn_cases(version))}


def test_a_case_about_unsupported_values_needs_some_in_the_pics() -> None:
    assert choose(load_product("reference-ac-fixed"), ids("TC_N_04")).chosen
    with pytest.raises(CaseNotAvailable) as caught:
        choose(PRODUCT, ids("TC_N_04"))
    assert str(caught.value) == (
        "TC_N_04_CS does not apply to alpitronic-hyc-200-eu: unsupported.monitoring_criteria is not given"
    )


def test_a_withdrawn_case_is_run_only_by_its_id() -> None:
    assert "TC_K_15_CS" not in {one.id for one in choose(PRODUCT).chosen}
    (only,) = choose(PRODUCT, ids("TC_K_15")).chosen
    assert only.name == "Set Charging Profile - Not Supported (withdrawn)"
