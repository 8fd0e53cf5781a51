"""Campaigns of the virtual station."""

import pytest
from tests.rig.campaigns import campaign, trace, written_cases
from tests.rig.lab_conduct import watched_campaign

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.operator.left import NOTHING_LEFT, LeftAtStation
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict
from plugfest.products import load_product
from plugfest.products.plan.requested import RequestedCases
from plugfest.rig.virtual import run_campaign, virtual_bench, virtual_lab

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
    "botari-evon200-40p-2cr",
    "reference-16-ac",
    "reference-16-dc",
    "reference-16-plain",
)

REQUESTED_BY_PART_6 = {"TC_B_30_CS", "TC_E_29_CS", "TC_E_31_CS"}
"""Cases with a request to a station that was rejected, or whose queue an unanswered event keeps from emptying."""


def not_passed(outcome: CampaignOutcome) -> dict[str, object]:
    assert all(result.checks for result in outcome.results if result.verdict is Verdict.PASS)
    return {result.id: result.findings for result in outcome.results if result.verdict is not Verdict.PASS}


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_written_case_passes_and_the_lab_sends_each_call_at_a_moment_that_ocpp_allows(product: str) -> None:
    outcome, watch = watched_campaign(product, written_cases(product))
    assert not_passed(outcome) == {}
    assert watch.calls > len(outcome.results)
    allowed = [range(*one.frames) for one in outcome.results if one.id in REQUESTED_BY_PART_6]
    assert [fault for fault, frame in watch.faults() if not any(frame in frames for frames in allowed)] == []


def test_the_order_of_the_cases_makes_no_difference() -> None:
    product = "alpitronic-hyc-200-eu"
    assert not_passed(campaign(product, written_cases(product, shuffle=1))) == {}


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


@pytest.mark.parametrize(("name", "case"), [("reference-ac", "TC_E_04"), ("reference-16-ac", "TC_004_1")])
def test_an_ev_that_an_interrupted_campaign_has_left_is_removed_before_the_first_case(name: str, case: str) -> None:
    async def run() -> CampaignOutcome:
        product = load_product(name)
        lab = virtual_lab(product, LabSettings())
        async with virtual_bench(lab, product) as operator:
            await lab.wait_booted()
            await operator.plug_in(1, 1)
            return await Engine(lab).run(choose(product, RequestedCases(ids=(case,))).chosen, operator)

    outcome = clock.run_simulated(run())
    assert [result.verdict for result in outcome.results] == ["PASS"]
    assert not any("connectors are not Available" in finding.actual for finding in outcome.findings)


def test_what_an_earlier_sitting_has_left_is_undone_before_the_first_case() -> None:
    left = LeftAtStation(cables=((1, 1),))
    changes: list[LeftAtStation] = []

    def on_event(event: events.Event) -> None:
        if isinstance(event, events.LeftChanged):
            changes.append(event.left)

    async def run() -> CampaignOutcome:
        product = load_product("reference-16-ac")
        lab = virtual_lab(product, LabSettings(), [on_event])
        async with virtual_bench(lab, product) as operator:
            await lab.wait_booted()
            await operator.plug_in(1, 1)
            chosen = choose(product, RequestedCases(ids=("TC_004_1",))).chosen
            return await Engine(lab).run(chosen, operator, left=left)

    outcome = clock.run_simulated(run())
    assert [result.verdict for result in outcome.results] == ["PASS"]
    assert outcome.findings == ()
    assert changes[0] == left
    assert changes[-1] == NOTHING_LEFT


def test_a_lab_runs_only_the_cases_whose_numbers_it_takes() -> None:
    begun: list[tuple[str, int]] = []

    def on_event(event: events.Event) -> None:
        if isinstance(event, events.CaseStarted):
            begun.append((event.id, event.number))

    product = load_product("reference-16-plain")
    chosen = choose(product, RequestedCases(ids=("TC_001", "TC_003", "TC_011_1"))).chosen
    campaign = run_campaign(
        product, chosen, settings=LabSettings(security_profile=1), listeners=[on_event], numbers=iter([1, 3])
    )
    outcome = clock.run_simulated(campaign)
    assert begun == [(chosen[0].id, 1), (chosen[2].id, 3)]
    assert [result.id for result in outcome.results] == [chosen[0].id, chosen[2].id]
