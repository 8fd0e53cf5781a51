"""Changes of the messages of a case are noticed, permitted, or not noticed."""

import pytest

from plugfest import clock
from plugfest.lab.case import CampaignCase, Case, case
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.ocpp.v201 import messages as m
from plugfest.products import load_product
from plugfest.products.plan.requested import RequestedCases
from plugfest.rig.selftest.mutants.run import ConformingStationFailed
from plugfest.rig.selftest.specification.change import ChangeKind
from plugfest.rig.selftest.specification.report import scores, specification_report
from plugfest.rig.selftest.specification.run import ChangeOutcome, run_changes, run_separated

PRODUCT = "alpitronic-hyc-200-eu"
NO_TRANSACTION = {"TxCtrlr.TxStartPoint": "Authorized"}
"""With this a cable alone starts no transaction."""

SAMPLE = (
    (PRODUCT, "TC_B_06_CS"),
    (PRODUCT, "TC_C_04_CS"),
    (PRODUCT, "TC_E_09_CS"),
    (PRODUCT, "TC_G_03_CS"),
    ("reference-16-ac", "TC_003_CS"),
    ("reference-16-ac", "TC_019_CS"),
)
"""Cases of which `make test` runs a sample; `plugfest selftest --only specification` runs all."""

SHARE = 0.7
"""The share of the changes of each case in the sample that is noticed or permitted."""

EVERY = 10_000


def outcomes(product_name: str, chosen: CampaignCase, size: int) -> list[ChangeOutcome]:
    return clock.run_simulated(run_changes(load_product(product_name), chosen, LabSettings(), size=size, seed="1"))


def outcomes_for(one: Case, size: int = EVERY) -> list[ChangeOutcome]:
    return outcomes(PRODUCT, CampaignCase(one.id, "a case", "Core", one), size)


@case("TC_X_01_CS", configuration=NO_TRANSACTION)
async def plugs_in(bench: Bench) -> None:
    await bench.operator.plug_in(1, 1)
    await connector_becomes(bench, "Occupied")


def test_what_a_case_compares_is_noticed() -> None:
    found = [one for one in outcomes_for(plugs_in) if one.change.kind is ChangeKind.OTHER_VALUE]
    assert {one.change.field for one in found if one.noticed} >= {"connectorStatus", "evseId", "connectorId"}


def test_what_no_case_compares_is_not_noticed() -> None:
    @case("TC_X_02_CS", configuration=NO_TRANSACTION)
    async def compares_nothing(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.expect(m.StatusNotificationRequest)

    found = outcomes_for(compares_nothing)
    assert any(one.change.field == "connectorStatus" and not one.noticed for one in found)
    assert {one.noticed for one in found if one.change.kind is ChangeKind.NOT_SENT} == {True}


def test_a_case_that_the_conforming_station_fails_cannot_be_run() -> None:
    @case("TC_X_01_CS")
    async def impossible(bench: Bench) -> None:
        bench.check(False, "something", "nothing")

    with pytest.raises(ConformingStationFailed, match="TC_X_01_CS is FAIL"):
        outcomes_for(impossible)


@pytest.mark.parametrize(("product_name", "case_id"), SAMPLE)
def test_a_sample_is_noticed_or_permitted(product_name: str, case_id: str) -> None:
    product = load_product(product_name)
    found = outcomes(product_name, choose(product, RequestedCases(ids=(case_id,))).chosen[0], 20)
    report = specification_report(case_id, product, found)
    assert report.changes > 0
    assert report.noticed + sum(report.permitted.values()) + len(report.unnoticed) == report.changes
    (score,) = scores([report])
    assert score.explained_share >= SHARE


def test_changes_are_noticed_alike_with_and_without_a_conforming_run_between_them() -> None:
    product = load_product(PRODUCT)
    chosen = choose(product, RequestedCases(ids=("TC_E_09_CS",))).chosen[0]
    in_sequence = outcomes(PRODUCT, chosen, 30)
    running = run_separated(product, chosen, [one.change for one in in_sequence], LabSettings())
    separated = clock.run_simulated(running)
    assert len(in_sequence) == len(separated) == 30
    assert [one.noticed for one in in_sequence] == [one.noticed for one in separated]


def test_a_change_that_spoils_the_bench_does_not_count_for_the_changes_after_it() -> None:
    spoilt: list[object] = []

    @case("TC_X_03_CS", configuration=NO_TRANSACTION)
    async def fails_for_ever_after_a_wrong_status(bench: Bench) -> None:
        bench.check(bench.csms not in spoilt, "a bench that is not spoilt", "spoilt")
        await bench.operator.plug_in(1, 1)
        status = (await bench.expect(m.StatusNotificationRequest)).message.connector_status
        if status != "Occupied":
            spoilt.append(bench.csms)
        bench.check(status == "Occupied", "Occupied", status)

    @case("TC_X_03_CS", configuration=NO_TRANSACTION)
    async def fails_once_after_a_wrong_status(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.expect(m.StatusNotificationRequest, connector_status="Occupied")

    found = outcomes_for(fails_for_ever_after_a_wrong_status)
    assert spoilt
    assert noticed_by_field(found) == noticed_by_field(outcomes_for(fails_once_after_a_wrong_status))


def noticed_by_field(found: list[ChangeOutcome]) -> set[tuple[str, ChangeKind, str, bool]]:
    """Without times: whether an old one is possible depends on how long the station has been connected."""
    return {
        (one.change.field, one.change.kind, one.change.value, one.noticed)
        for one in found
        if one.change.field != "timestamp"
    }
