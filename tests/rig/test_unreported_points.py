"""A station that does not report TxStartPoint and TxStopPoint is judged by the points in its PICS (C-09, C-10)."""

import json
from collections.abc import Iterable

import msgspec
import pytest
from tests.rig.campaigns import written_cases

from plugfest import clock
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict
from plugfest.products import Product, load_product
from plugfest.rig.selftest.behaviours.behaviour import Patch, patched
from plugfest.rig.selftest.behaviours.builders import always, with_fields
from plugfest.rig.virtual import virtual_bench, virtual_lab
from plugfest.station.model import station_model
from plugfest.station.model.transactions import transactions
from plugfest.station.model.transactions.points import Point

CASES = {f"TC_{name}_CS" for name in ("B_22", "C_04", "E_03", "E_29", "E_31", "F_02", "F_03", "F_08")}
ABOUT_ONE_POINT = {f"TC_E_{number}_CS" for number in ("01", "09", "10", "14", "15", "20", "22")}
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


def charging_at(start: Iterable[Point], stop: Iterable[Point]) -> Patch:
    """A station with these points, whatever its PICS claims."""
    return Patch(station_model, "charging_settings", with_fields(start=frozenset(start), stop=frozenset(stop)))


async def campaign(product: Product, ids: Iterable[str] = CASES) -> CampaignOutcome:
    lab = virtual_lab(product, LabSettings())
    lab.csms.incoming = without_points
    chosen = [one for one in written_cases(product.slug) if one.id in ids]
    async with virtual_bench(lab, product) as operator:
        return await Engine(lab).run(chosen, operator)


@pytest.mark.parametrize("start", POINTS["C-09"])
@pytest.mark.parametrize("stop", POINTS["C-10"])
def test_the_points_of_the_pics_decide(start: str, stop: str) -> None:
    outcome = clock.run_simulated(campaign(with_points(load_product("alpitronic-hyc-200-eu"), start, stop)))
    assert len(outcome.results) == len(CASES)
    assert {one.id: one.findings for one in outcome.results if one.verdict is not Verdict.PASS} == {}
    assert not any('"transactionId":""' in frame.text for frame in outcome.frames)


@pytest.mark.parametrize("point", [Point.AUTHORIZED, Point.EV_CONNECTED, Point.POWER_PATH_CLOSED])
def test_a_station_that_has_one_of_the_claimed_points_is_not_accused(point: Point) -> None:
    with patched((charging_at({point}, {point}),)):
        outcome = clock.run_simulated(campaign(load_product("reference-ac"), CASES | ABOUT_ONE_POINT))
    wrong = {one.id: one for one in outcome.results if one.verdict is not Verdict.PASS}
    assert wrong.keys() <= ABOUT_ONE_POINT
    for result in wrong.values():
        assert result.verdict is Verdict.INCONCLUSIVE
        assert {one.requirement for one in result.findings} == {""}


def test_a_station_that_starts_at_none_of_the_claimed_points_is_accused() -> None:
    with patched((charging_at((), {Point.EV_CONNECTED}),)):
        outcome = clock.run_simulated(campaign(load_product("reference-ac"), {"TC_E_03_CS", "TC_E_04_CS"}))
    assert any(one.verdict is not Verdict.PASS for one in outcome.results)
    assert any(one.requirement for result in outcome.results for one in result.findings)


def test_a_station_that_ends_at_none_of_the_claimed_points_is_accused() -> None:
    with patched((charging_at({Point.AUTHORIZED}, ()), Patch(transactions, "is_abandoned", always(False)))):
        outcome = clock.run_simulated(
            campaign(load_product("reference-ac"), {"TC_E_15_CS", "TC_E_14_CS", "TC_E_22_CS"})
        )
    assert Verdict.PASS not in {one.verdict for one in outcome.results}
