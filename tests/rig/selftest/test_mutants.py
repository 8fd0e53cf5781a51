"""The mutants of a sample of cases: the lab detects each of them."""

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
from plugfest.products.plan.requested import RequestedCases
from plugfest.rig.selftest.mutants.explained import explanation
from plugfest.rig.selftest.mutants.mutant import Fault, Mutant, Place
from plugfest.rig.selftest.mutants.run import ConformingStationFailed, Outcome, run_mutants

NO_TRANSACTION = {"TxCtrlr.TxStartPoint": "Authorized"}
"""With this a cable alone starts no transaction."""

PRODUCT = "alpitronic-hyc-200-eu"

PRODUCT_V16 = "reference-16-ac"

SAMPLE = (
    (PRODUCT, "TC_A_01_CS"),
    (PRODUCT, "TC_B_06_CS"),
    (PRODUCT, "TC_B_20_CS"),
    (PRODUCT, "TC_C_08_CS"),
    (PRODUCT, "TC_E_09_CS"),
    (PRODUCT, "TC_F_08_CS"),
    (PRODUCT, "TC_G_03_CS"),
    (PRODUCT, "TC_J_02_CS"),
    (PRODUCT_V16, "TC_003_CS"),
    (PRODUCT_V16, "TC_019_CS"),
    (PRODUCT_V16, "TC_038_CS"),
)
"""A case of each block; all cases are run by `plugfest selftest`."""


def outcomes_of(product_name: str, case_id: str) -> list[Outcome]:
    product = load_product(product_name)
    return clock.run_simulated(
        run_mutants(product, choose(product, RequestedCases(ids=(case_id,))).chosen[0], LabSettings())
    )


@pytest.mark.parametrize(("product", "case_id"), SAMPLE)
def test_every_mutant_of_the_sample_is_detected(product: str, case_id: str) -> None:
    outcomes = outcomes_of(product, case_id)
    assert any(one.detected for one in outcomes)
    survivors = [one for one in outcomes if not (one.detected or one.mutant.probe or explanation(one.mutant))]
    assert [str(one.mutant) for one in survivors] == []


def outcomes_for(one: Case) -> list[Outcome]:
    chosen = CampaignCase(one.id, "a case", "Core", one)
    return clock.run_simulated(run_mutants(load_product(PRODUCT), chosen, LabSettings()))


def test_a_case_without_checks_has_no_changed_messages() -> None:
    @case("TC_X_01_CS", configuration=NO_TRANSACTION)
    async def without_checks(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.expect(m.StatusNotificationRequest)

    declared = [one for one in outcomes_for(without_checks) if not one.mutant.probe]
    assert [one.result.verdict for one in declared if one.mutant.fault is Fault.OMITTED] == [Verdict.FAIL]
    assert not [one for one in declared if one.mutant.fault is Fault.CHANGED]


def test_a_case_has_a_mutant_for_every_field_that_it_checks() -> None:
    @case("TC_X_01_CS", configuration=NO_TRANSACTION)
    async def with_checks(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    changed = [one for one in outcomes_for(with_checks) if one.mutant.fault is Fault.CHANGED and not one.mutant.probe]
    assert {path for one in changed for path in one.mutant.breaks} == {"connector_status", "evse_id", "connector_id"}
    assert all(one.detected for one in changed)


def test_a_case_that_the_conforming_station_fails_cannot_be_tested() -> None:
    @case("TC_X_01_CS")
    async def impossible(bench: Bench) -> None:
        bench.check(False, "something", "nothing")

    with pytest.raises(ConformingStationFailed, match="TC_X_01_CS is FAIL"):
        outcomes_for(impossible)


def test_an_unsolicited_request_is_detected_by_a_case_about_another_subject() -> None:
    @case("TC_X_01_CS", configuration=NO_TRANSACTION)
    async def plain(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    (unsolicited,) = (one for one in outcomes_for(plain) if one.mutant.fault is Fault.UNSOLICITED)
    assert unsolicited.detected
    assert [finding.step for finding in unsolicited.result.findings] == ["every case: no unsolicited requests"]


def test_messages_of_the_preparation_are_not_changed() -> None:
    async def occupied(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    @case("TC_X_01_CS", configuration=NO_TRANSACTION, before=occupied)
    async def unplugs(bench: Bench) -> None:
        await bench.operator.unplug(1, 1)
        await connector_becomes(bench, "Available")

    declared = [
        one for one in outcomes_for(unplugs) if not one.mutant.probe and one.mutant.fault is not Fault.UNSOLICITED
    ]
    assert {one.mutant.place for one in declared} == {Place("StatusNotification", is_answer=False, number=0)}
    assert all(one.detected for one in declared)


def test_a_mutant_that_was_not_applied_is_not_detected() -> None:
    mutant = Mutant(case="TC_X_01_CS", place=Place("Heartbeat", is_answer=False, number=99), fault=Fault.OMITTED)
    failed = CaseResult(id="TC_X_01_CS", name="", profile="", verdict=Verdict.FAIL)
    assert not Outcome(mutant, failed, applied=False).detected
    assert Outcome(mutant, failed, applied=True).detected
