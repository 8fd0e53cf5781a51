"""A station that does not report TxStartPoint and TxStopPoint is judged by the points in its PICS (C-09, C-10)."""

import json

import msgspec
import pytest
from tests.rig.campaigns import written_cases

from plugfest import clock
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict
from plugfest.products import Product, load_product
from plugfest.rig.virtual import virtual_bench, virtual_lab

CASES = {f"TC_{name}_CS" for name in ("B_22", "C_04", "E_03", "E_29", "E_31", "F_02", "F_03", "F_08")}
POINTS = {"C-09": ("C-09.1", "C-09.2"), "C-10": ("C-10.1", "C-10.2")}
"""EVConnected and Authorized."""


def with_points(product: Product, start: str, stop: str) -> Product:
    """The product with one start point and one stop point, which cannot be changed."""
    others = [id for id in product.answered if id.startswith(("C-09.", "C-10."))]
    claims = dict.fromkeys([*others, "C-51", "C-52"], False) | {start: True, stop: True}
    return msgspec.structs.replace(product, answered={**product.answered, **claims})


def without_points(text: str | bytes) -> tuple[str | bytes, ...]:
    """The frame without the variables, if it is a NotifyReport."""
    frame = json.loads(text)
    if frame[0] != 2 or frame[2] != "NotifyReport":
        return (text,)
    data = frame[3].pop("reportData", [])
    kept = [one for one in data if one["variable"]["name"] not in ("TxStartPoint", "TxStopPoint")]
    if kept:
        frame[3]["reportData"] = kept
    return (json.dumps(frame),)


async def campaign(product: Product) -> CampaignOutcome:
    lab = virtual_lab(product, LabSettings())
    lab.csms.incoming = without_points
    chosen = [one for one in written_cases(product.slug) if one.id in CASES]
    async with virtual_bench(lab, product) as operator:
        return await Engine(lab).run(chosen, operator)


@pytest.mark.parametrize("start", POINTS["C-09"])
@pytest.mark.parametrize("stop", POINTS["C-10"])
def test_the_points_of_the_pics_decide(start: str, stop: str) -> None:
    outcome = clock.run_simulated(campaign(with_points(load_product("alpitronic-hyc-200-eu"), start, stop)))
    assert len(outcome.results) == len(CASES)
    assert {one.id: one.findings for one in outcome.results if one.verdict is not Verdict.PASS} == {}
    assert not any('"transactionId":""' in frame.text for frame in outcome.frames)
