"""A station that floods, hangs or closes its connection, in every state that a case starts from."""

import itertools
from collections.abc import Sequence

import pytest
from tests.rig.campaigns import written_cases
from tests.rig.faults.faulty_station import Fault, FaultyStation

from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import Engine
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.products import load_product
from plugfest.rig.virtual import virtual_bench, virtual_lab


def one_case_of_each_state(product: str) -> list[CampaignCase]:
    """The first case of each list of states before a case."""
    first: dict[tuple[object, ...], CampaignCase] = {}
    for one in written_cases(product):
        assert one.case is not None
        first.setdefault(one.case.before, one)
    return list(first.values())


async def campaign(product: str, chosen: Sequence[CampaignCase]) -> tuple[tuple[CaseResult, ...], list[str]]:
    """The results, and the cases in which the station had a fault: each fault in every third case."""
    lab = virtual_lab(load_product(product), LabSettings())
    station = FaultyStation(lab, itertools.cycle(Fault))
    async with virtual_bench(lab, lab.product) as operator:
        results = (await Engine(lab).run(chosen, operator)).results
    return results, station.scenarios


@pytest.mark.parametrize("product", ["reference-16-ac", "chargepoint-ct4000"])
def test_no_fault_of_the_station_ends_the_campaign(product: str) -> None:
    chosen = one_case_of_each_state(product)
    results, scenarios = clock.run_simulated(campaign(product, chosen))
    assert [one.id for one in results] == [one.id for one in chosen]
    assert [one for one in results if one.verdict is Verdict.ERROR] == []
    assert all(one.findings for one in results if one.verdict is not Verdict.PASS)
    assert len(scenarios) > len(chosen) / 2  # most stations are ready again for the next case
