"""Times at the ends of the calendar in every message of a station: the lab judges them like any other time."""

import re
from collections.abc import Iterable

import pytest
from tests.fuzz.conversation import no_traceback
from tests.rig.campaigns import written_cases

from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import Engine
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.products import Product, load_product
from plugfest.rig.virtual import virtual_bench, virtual_lab

CASES = {
    "reference-ac": ("TC_C_39", "TC_E_03", "TC_J_08", "TC_K_01", "TC_K_60"),
    "reference-16-ac": ("TC_003", "TC_018_1", "TC_049", "TC_059", "TC_066"),
}
"""Some with transactions, meter values, suspended charging, a limit, a reservation."""

TIME = re.compile(r'"\d{4}-\d\d-\d\dT[^"]*"')


async def run_cases(product: Product, chosen: list[CampaignCase], time: str) -> tuple[CaseResult, ...]:
    def incoming(text: str | bytes) -> Iterable[str | bytes]:
        return (TIME.sub(f'"{time}"', str(text)),)

    lab = virtual_lab(product, LabSettings())
    lab.csms.incoming = incoming
    async with virtual_bench(lab, product) as operator:
        return (await Engine(lab).run(chosen, operator)).results


@pytest.mark.parametrize("product", CASES)
@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_no_time_is_an_error_of_the_lab(product: str, time: str) -> None:
    chosen = [one for one in written_cases(product) if one.id.removesuffix("_CS") in CASES[product]]
    assert len(chosen) == len(CASES[product])
    with no_traceback():
        results = clock.run_simulated(run_cases(load_product(product), chosen, time))
    assert [result.id for result in results] == [one.id for one in chosen]
    assert Verdict.ERROR not in {result.verdict for result in results}
