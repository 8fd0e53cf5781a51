"""The order of the cases of a campaign."""

from plugfest.campaigns.choosing import choose_cases, in_order, requested_cases
from plugfest.lab.settings import LabSettings
from plugfest.products import load_product
from plugfest.products.plan.requested import RequestedCases

PRODUCT = load_product("alpitronic-hyc-200-eu")
GIVEN = RequestedCases(ids=("TC_E_03", "TC_K_15", "TC_B_06", "TC_A_20"))


def ids(order: str | None) -> list[str]:
    choice = choose_cases(PRODUCT, GIVEN, None)
    assert order in ("plan", "walking", None)
    return [one.id for one in in_order(choice, order, PRODUCT, LabSettings()).chosen]  # type: ignore[arg-type]


def test_without_an_order_the_cases_are_as_given() -> None:
    assert ids(None) == ["TC_E_03_CS", "TC_K_15_CS", "TC_B_06_CS", "TC_A_20_CS"]


def test_in_the_order_of_the_plan_withdrawn_cases_come_last() -> None:
    assert ids("plan") == ["TC_A_20_CS", "TC_B_06_CS", "TC_E_03_CS", "TC_K_15_CS"]


def test_in_walking_order_another_commissioning_comes_last() -> None:
    walked = ids("walking")
    assert walked[-1] == "TC_A_20_CS"
    assert walked.index("TC_B_06_CS") < walked.index("TC_E_03_CS")


def test_the_options_of_a_run_request_its_cases() -> None:
    assert requested_cases({"case_ids": ["TC_E_*"], "blocks": ["E"], "other": 1}) == RequestedCases(
        ids=("TC_E_*",), blocks=("E",)
    )
    assert requested_cases({}).every_case
