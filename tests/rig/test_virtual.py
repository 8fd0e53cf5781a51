"""Campaigns of the virtual station."""

import pytest
from tests.rig.campaigns import campaign, trace, written_cases

from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict

PRODUCTS = (
    "alpitronic-hyc-400-us",
    "alpitronic-hyc-200-us",
    "alpitronic-hyc-400-eu",
    "alpitronic-hyc-200-eu",
    "btc-power-gen4-l3a",
    "chargepoint-ct4000",
    "chargepoint-express-plus-power-link",
    "reference-ac",
    "reference-dc",
    "reference-ac-fixed",
)


def not_passed(product: str, shuffle: int | None = None) -> dict[str, object]:
    outcome = campaign(product, written_cases(product, shuffle=shuffle))
    assert all(result.checks for result in outcome.results if result.verdict is Verdict.PASS)
    return {result.id: result.findings for result in outcome.results if result.verdict is not Verdict.PASS}


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_written_case_passes_in_one_uninterrupted_run(product: str) -> None:
    assert not_passed(product) == {}


def test_the_order_of_the_cases_makes_no_difference() -> None:
    assert not_passed("alpitronic-hyc-200-eu", shuffle=1) == {}


def test_a_repeated_campaign_has_the_same_frames_and_results() -> None:
    product = "alpitronic-hyc-200-eu"
    first, second = (campaign(product, written_cases(product)) for _ in range(2))
    assert list(trace(first.frames)) == list(trace(second.frames))
    assert first.results == second.results


def test_a_campaign_runs_without_tls_as_well() -> None:
    product = "alpitronic-hyc-200-eu"
    chosen = [one for one in written_cases(product) if one.id in ("TC_B_01_CS", "TC_E_03_CS", "TC_G_03_CS")]
    outcome = campaign(product, chosen, LabSettings(security_profile=1))
    assert [result.verdict for result in outcome.results] == [Verdict.PASS] * 3
