"""Cases are requested by id, pattern, block and profile; what the plan does not have is an error that helps."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.products.features import OcppVersion
from plugfest.products.plan import plan, withdrawn_cases
from plugfest.products.plan.requested import NotInPlan, RequestedCases, similar_ids

IDS = [one.id for one in plan("2.0.1")]


def requested(version: OcppVersion = "2.0.1", **fields: tuple[str, ...]) -> list[str]:
    return [one.id for one in RequestedCases(**fields).of(plan(version), withdrawn_cases(version), [version])]


def error(version: OcppVersion = "2.0.1", **fields: tuple[str, ...]) -> str:
    with pytest.raises(NotInPlan) as caught:
        requested(version, **fields)
    return str(caught.value)


def suggested(id: str, version: OcppVersion = "2.0.1") -> Sequence[str]:
    return error(version, ids=(id,)).partition("did you mean ")[2].removesuffix("?").split(", ")


def test_nothing_requested_is_every_case_of_the_program() -> None:
    assert requested() == IDS
    assert RequestedCases().every_case


@given(st.lists(st.sampled_from(IDS), min_size=1, max_size=8))
def test_ids_are_in_the_order_given_and_once(ids: list[str]) -> None:
    assert requested(ids=tuple(ids)) == list(dict.fromkeys(ids))


@given(st.sampled_from(IDS), st.booleans(), st.booleans())
def test_an_id_may_be_in_lower_case_and_without_its_suffix(id: str, lower: bool, short: bool) -> None:
    written = id.removesuffix("_CS") if short else id
    assert requested(ids=(written.lower() if lower else written,)) == [id]


def test_a_pattern_is_its_cases_in_the_order_of_the_plan_at_its_place() -> None:
    block = [id for id in IDS if id.startswith("TC_J_")]
    assert requested(ids=("TC_P_01", "TC_J_*", "TC_A_01")) == ["TC_P_01_CS", *block, "TC_A_01_CS"]
    assert requested(ids=(block[3], "TC_J_*")) == [block[3], *block[:3], *block[4:]]
    assert requested(ids=("TC_E_0?",)) == [id for id in IDS if id.startswith("TC_E_0")]


def test_blocks_add_up_and_a_profile_restricts_them() -> None:
    both = requested(blocks=("e", "F"))
    assert both == [id for id in IDS if id[3] in "EF"]
    profiles = {one.id: one.profile for one in plan("2.0.1")}
    core = requested(blocks=("N",), profiles=("core",))
    assert core == [id for id in IDS if id[3] == "N" and profiles[id] == "Core"]


def test_a_profile_may_be_written_with_hyphens() -> None:
    assert requested(profiles=("smart-charging",)) == requested(profiles=("Smart Charging",)) != []


def test_a_withdrawn_case_is_requested_by_its_id_only() -> None:
    assert requested(ids=("TC_K_15",)) == ["TC_K_15_CS"]
    assert "TC_K_15_CS" not in [*requested(ids=("TC_K_*",)), *requested(blocks=("K",))]


@pytest.mark.parametrize("written", ["TC_E_9", "tc-e-9", "E09", "e9", "TC E 09", "TC-E-09-CS", "TCE09", "E_009"])
def test_an_id_written_differently_suggests_the_id(written: str) -> None:
    assert suggested(written) == ["TC_E_09_CS"]


def test_a_number_that_does_not_exist_suggests_the_nearest_of_the_block() -> None:
    numbers = sorted(int(id.split("_")[2]) for id in IDS if id.startswith("TC_E_"))
    assert f"TC_E_{numbers[-1]}_CS" in suggested("TC_E_99")
    assert all(id.startswith("TC_E_") for id in suggested("TC_E_99"))


def test_in_ocpp_1_6_other_parts_of_the_same_case_are_suggested() -> None:
    assert suggested("TC_004", "1.6") == ["TC_004_1_CS", "TC_004_2_CS"]
    assert suggested("TC_1", "1.6") == ["TC_001_CS"]
    assert suggested("TC_005_7", "1.6") == ["TC_005_1_CS", "TC_005_2_CS", "TC_005_3_CS"]
    assert {"TC_005_3_CS", "TC_007_1_CS"} & set(suggested("TC_006", "1.6"))


def test_an_id_of_the_other_version_is_recognized() -> None:
    assert error(ids=("TC_001",)) == "TC_001 is not in the OCPP 2.0.1 test plan: it is a case of OCPP 1.6"
    assert error("1.6", ids=("TC_E_09",)).endswith(": it is a case of OCPP 2.0.1")


def test_everything_unknown_is_in_one_error() -> None:
    text = error(ids=("TC_E_9", "TC_Z_*"), blocks=("X",), profiles=("Cores",))
    assert [part.split(" ")[0] for part in text.split("; ") if not part.startswith(("did", "the ids"))] == [
        "TC_E_9",
        "no",
        "X",
        "Cores",
    ]


def test_ocpp_1_6_has_no_blocks() -> None:
    assert error("1.6", blocks=("E",)) == "E is not a block of the OCPP 1.6 test plan, which has no blocks"


def test_fields_that_no_case_fits_together_are_an_error() -> None:
    assert error(ids=("TC_E_09",), blocks=("F",)).startswith("no case fits everything")


@given(st.text(max_size=20))
def test_any_text_has_suggestions_from_the_plan_or_none(text: str) -> None:
    assert set(similar_ids(text, IDS)) <= set(IDS)


def test_a_similar_profile_is_suggested() -> None:
    assert error(profiles=("Cor",)).endswith("; did you mean Core?")
