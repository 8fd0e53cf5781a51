"""The operator commissions the station for cases that need another security profile than the campaign."""

import pytest
from tests.rig.campaigns import campaign, written_cases

from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict

PRODUCT = "alpitronic-hyc-200-eu"


@pytest.mark.parametrize("security_profile", [1, 2, 3])
def test_the_security_cases_pass_in_a_campaign_with_any_profile(security_profile: int) -> None:
    chosen = [one for one in written_cases(PRODUCT) if one.id.startswith("TC_A_")]
    outcome = campaign(PRODUCT, chosen, LabSettings(security_profile=security_profile))
    assert {result.id for result in outcome.results if result.verdict is not Verdict.PASS} == set()


@pytest.mark.parametrize("security_profile", [0, 1, 2, 3])
def test_the_security_cases_of_ocpp_1_6_pass_in_a_campaign_with_any_profile(security_profile: int) -> None:
    module = "plugfest.lab.v16.cases.security"
    chosen = [
        one for one in written_cases("reference-16-ac") if one.case and one.case.body.__module__.startswith(module)
    ]
    assert len(chosen) == 15
    outcome = campaign("reference-16-ac", chosen, LabSettings(security_profile=security_profile))
    assert {result.id for result in outcome.results if result.verdict is not Verdict.PASS} == set()


def test_the_default_profile_is_restored_after_an_upgrade() -> None:
    by_id = {one.id: one for one in written_cases(PRODUCT)}
    chosen = [by_id["TC_A_19_CS"], by_id["TC_A_09_CS"], by_id["TC_A_01_CS"]]
    outcome = campaign(PRODUCT, chosen)
    assert [result.verdict for result in outcome.results] == [Verdict.PASS] * 3
