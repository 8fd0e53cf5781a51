"""The operator commissions the station for cases that need another security profile than the campaign."""

from typing import Any

import msgspec
import pytest
from tests.rig.campaigns import campaign, written_cases

from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict
from plugfest.link.errors import LinkError
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch, patched
from plugfest.station.connection.connection_opener import ConnectionOpener

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


FAILURES = 4
"""Failed attempts with TLS after which a wrong station connects without: more than 30 s of back-off."""


def _without_tls_after_failures(original: Function) -> Function:
    failures = 0

    async def open_(self: Any, profile: Any, *, fallback: bool) -> Any:
        nonlocal failures
        try:
            websocket = await original(self, profile, fallback=fallback)
        except LinkError:
            failures += 1
            if failures < FAILURES:
                raise
            plain = msgspec.structs.replace(profile, url=profile.url.replace("wss:", "ws:"), security_profile=1)
            return await original(self, plain, fallback=fallback)
        failures = 0
        return websocket

    return open_


def test_a_station_that_gives_up_tls_after_some_attempts_is_detected() -> None:
    """A00.FR.005"""
    (upgrade,) = (one for one in written_cases(PRODUCT) if one.id == "TC_A_19_CS")
    with patched([Patch(ConnectionOpener, "_open", _without_tls_after_failures)]):
        (result,) = campaign(PRODUCT, [upgrade], LabSettings(security_profile=1)).results
    assert (result.verdict, result.findings[0].step) == (Verdict.FAIL, "step 16")
