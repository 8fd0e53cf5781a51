"""A fixed sample of wrong stations: the lab notices each of them."""

import pytest

from plugfest import clock
from plugfest.lab.case import CampaignCase, Case, case
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.ocpp.v201 import messages as m
from plugfest.products import load_product
from plugfest.rig.selftest.mutants.explained import explanation
from plugfest.rig.selftest.mutants.mutant import Fault, Mutant, Place
from plugfest.rig.selftest.mutants.run import NotHonest, Outcome, selftest

NO_TRANSACTION = {"TxCtrlr.TxStartPoint": "Authorized"}
"""With this a cable alone starts nothing."""

PRODUCT = "alpitronic-hyc-200-eu"

PRODUCT_OF_1_6 = "reference-16-ac"

SAMPLE = (
    (PRODUCT, "TC_A_01_CS"),
    (PRODUCT, "TC_B_06_CS"),
    (PRODUCT, "TC_B_20_CS"),
    (PRODUCT, "TC_C_08_CS"),
    (PRODUCT, "TC_E_09_CS"),
    (PRODUCT, "TC_F_08_CS"),
    (PRODUCT, "TC_G_03_CS"),
    (PRODUCT, "TC_J_02_CS"),
    (PRODUCT_OF_1_6, "TC_003_CS"),
    (PRODUCT_OF_1_6, "TC_019_CS"),
    (PRODUCT_OF_1_6, "TC_038_CS"),
)
"""A case of each block; all cases are run by `plugfest selftest`."""


def outcomes_of(product_name: str, case_id: str) -> list[Outcome]:
    product = load_product(product_name)
    return clock.run_simulated(selftest(product, choose(product, [case_id]).chosen[0], LabSettings()))


@pytest.mark.parametrize(("product", "case_id"), SAMPLE)
def test_no_wrong_station_of_the_sample_passes(product: str, case_id: str) -> None:
    outcomes = outcomes_of(product, case_id)
    assert any(one.killed for one in outcomes)
    survivors = [one for one in outcomes if not (one.killed or one.mutant.probe or explanation(one.mutant))]
    assert [str(one.mutant) for one in survivors] == []


def judged(one: Case) -> list[Outcome]:
    chosen = CampaignCase(one.id, "a case", "Core", one)
    return clock.run_simulated(selftest(load_product(PRODUCT), chosen, LabSettings()))


def test_a_case_that_looks_at_too_little_is_found_out() -> None:
    @case("TC_X_01_CS", configuration=NO_TRANSACTION)
    async def careless(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.expect(m.StatusNotificationRequest)

    declared = [one for one in judged(careless) if not one.mutant.probe]
    assert [one.result.verdict for one in declared if one.mutant.fault is Fault.LEFT_OUT] == [Verdict.FAIL]
    assert not [one for one in declared if one.mutant.fault is Fault.CHANGED]


def test_a_case_that_looks_closely_has_a_mutant_for_every_field_that_it_checks() -> None:
    @case("TC_X_01_CS", configuration=NO_TRANSACTION)
    async def careful(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    changed = [one for one in judged(careful) if one.mutant.fault is Fault.CHANGED and not one.mutant.probe]
    assert {path for one in changed for path in one.mutant.breaks} == {"connector_status", "evse_id", "connector_id"}
    assert all(one.killed for one in changed)


def test_mutants_of_a_case_that_the_honest_station_fails_prove_nothing() -> None:
    @case("TC_X_01_CS")
    async def impossible(bench: Bench) -> None:
        bench.check(False, "something", "nothing")

    with pytest.raises(NotHonest, match="TC_X_01_CS is FAIL"):
        judged(impossible)


def test_whoever_asks_unasked_is_noticed_by_a_case_that_is_about_something_else() -> None:
    @case("TC_X_01_CS", configuration=NO_TRANSACTION)
    async def plain(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    (unknown_driver,) = (one for one in judged(plain) if one.mutant.fault is Fault.UNASKED)
    assert unknown_driver.killed
    assert [finding.step for finding in unknown_driver.result.findings] == ["every case: no unsolicited requests"]


def test_what_happens_in_the_preparation_is_not_counted() -> None:
    async def occupied(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    @case("TC_X_01_CS", configuration=NO_TRANSACTION, before=occupied)
    async def unplugs(bench: Bench) -> None:
        await bench.operator.unplug(1, 1)
        await connector_becomes(bench, "Available")

    declared = [one for one in judged(unplugs) if not one.mutant.probe and one.mutant.fault is not Fault.UNASKED]
    assert {one.mutant.place for one in declared} == {Place("StatusNotification", is_answer=False, number=0)}
    assert all(one.killed for one in declared)


def test_a_mutant_that_never_came_about_is_not_noticed() -> None:
    mutant = Mutant(case="TC_X_01_CS", place=Place("Heartbeat", is_answer=False, number=99), fault=Fault.LEFT_OUT)
    failed = CaseResult(id="TC_X_01_CS", name="", profile="", verdict=Verdict.FAIL)
    assert not Outcome(mutant, failed, struck=False).killed
    assert Outcome(mutant, failed, struck=True).killed
