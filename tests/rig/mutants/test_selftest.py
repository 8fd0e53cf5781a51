"""A fixed sample of wrong stations: the lab notices each of them."""

import pytest

from plugfest import clock
from plugfest.lab.bench import Bench
from plugfest.lab.case import Case, case
from plugfest.lab.engine import Chosen
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.states.connector_status import connector_becomes
from plugfest.lab.verdict import Verdict
from plugfest.ocpp.v201 import messages as m
from plugfest.products import load_product
from plugfest.rig.mutants.explained import explanation
from plugfest.rig.mutants.mutant import Fault
from plugfest.rig.mutants.selftest import NotHonest, Outcome, selftest

NO_TRANSACTION = {"TxCtrlr.TxStartPoint": "Authorized"}
"""With this a cable alone starts nothing."""

PRODUCT = "alpitronic-hyc-200-eu"

SAMPLE = (
    "TC_A_01_CS",
    "TC_B_06_CS",
    "TC_B_20_CS",
    "TC_C_08_CS",
    "TC_E_09_CS",
    "TC_F_08_CS",
    "TC_G_03_CS",
    "TC_J_02_CS",
)
"""A case of each block; all cases are run by `plugfest selftest`."""


def outcomes_of(case_id: str) -> list[Outcome]:
    product = load_product(PRODUCT)
    return clock.run_simulated(selftest(product, choose(product, [case_id]).chosen[0], LabSettings()))


@pytest.mark.parametrize("case_id", SAMPLE)
def test_no_wrong_station_of_the_sample_passes(case_id: str) -> None:
    outcomes = outcomes_of(case_id)
    assert any(one.killed for one in outcomes)
    survivors = [one for one in outcomes if not (one.killed or one.mutant.probe or explanation(one.mutant))]
    assert [str(one.mutant) for one in survivors] == []


def judged(one: Case) -> list[Outcome]:
    chosen = Chosen(one.id, "a case", "Core", one)
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
