"""A station over a damaged connection: whatever happens to its frames, every case gets a verdict with a reason."""

import pytest
from tests.rig.campaigns import written_cases
from tests.rig.faults.bad_wire import BadWire

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.composition import compose
from plugfest.lab.engine import Engine
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.products import load_product
from plugfest.rig.virtual import virtual_bench

PERCENT = 5.0


async def campaign(product: str, seed: int) -> tuple[CaseResult, ...]:
    wires: list[BadWire] = []

    def on_event(event: events.Event) -> None:
        for wire in wires:
            wire.on_event(event)

    lab = compose(load_product(product), LabSettings(), [on_event])
    wires.append(BadWire(lab.csms, seed, PERCENT))
    async with virtual_bench(lab, lab.product) as operator:
        results = (await Engine(lab).run(written_cases(product), operator)).results
    assert wires[0].faults > 50
    return results


@pytest.mark.parametrize(("product", "seed"), [("alpitronic-hyc-200-eu", 1), ("chargepoint-ct4000", 2)])
def test_no_fault_on_the_wire_breaks_the_lab_or_the_campaign(product: str, seed: int) -> None:
    results = clock.run_simulated(campaign(product, seed))
    assert [one.id for one in results] == [one.id for one in written_cases(product)]
    verdicts = {one.verdict for one in results}
    assert verdicts == {Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE}
    assert all(one.findings for one in results if one.verdict is not Verdict.PASS)


def test_a_fault_does_not_affect_the_cases_after_it() -> None:
    results = clock.run_simulated(campaign("alpitronic-hyc-200-eu", 9))
    assert sum(one.verdict is Verdict.PASS for one in results) > len(results) / 2
