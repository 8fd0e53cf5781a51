"""A PICS that contradicts its station is named before the first case, and beside the findings that follow from it."""

from collections.abc import Mapping
from importlib import resources

import msgspec
import pytest

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict
from plugfest.products import Product, load_product
from plugfest.products.plan.requested import RequestedCases
from plugfest.rig.virtual import virtual_bench, virtual_lab

CATALOG = sorted(
    file.name.removesuffix(".toml")
    for folder in resources.files("plugfest.products").joinpath("catalog").iterdir()
    if folder.is_dir()
    for file in folder.iterdir()
    if file.name.endswith(".toml")
)


def answering(product: Product, answers: Mapping[str, object]) -> Product:
    return msgspec.structs.replace(product, answered={**product.answered, **answers})


def campaign(pics: Product, station: Product, *ids: str, seen: list[events.Event] | None = None) -> CampaignOutcome:
    """A campaign by a PICS with the station of another one."""

    async def run() -> CampaignOutcome:
        lab = virtual_lab(pics, LabSettings(), [] if seen is None else [seen.append])
        async with virtual_bench(lab, station) as operator:
            chosen = choose(pics, RequestedCases(ids=tuple(ids))).chosen if ids else ()
            return await Engine(lab).run(chosen, operator)

    return clock.run_simulated(run())


def test_the_catalog_has_all_products() -> None:
    assert len(CATALOG) == 15


@pytest.mark.parametrize("slug", CATALOG)
def test_no_product_of_the_catalog_contradicts_its_station(slug: str) -> None:
    product = load_product(slug)
    assert [one.text for one in campaign(product, product).contradictions] == []


def test_a_rate_unit_that_the_station_lacks_is_named_before_the_cases_and_in_their_findings() -> None:
    pics = load_product("reference-16-ac")
    station = answering(pics, {"SC-1.1": False})
    seen: list[events.Event] = []
    outcome = campaign(pics, station, "TC_056", "TC_003", seen=seen)
    (one,) = outcome.contradictions
    assert one.text == "PICS: SC-1.1 (A) is Yes; station: ChargingScheduleAllowedChargingRateUnit is Power"
    names = [type(event).__name__ for event in seen]
    assert names.index("ContradictionsFound") < names.index("CaseStarted")
    by_id = {result.id: result for result in outcome.results}
    assert by_id["TC_003_CS"].verdict is Verdict.PASS
    smart_charging = by_id["TC_056_CS"]
    assert smart_charging.verdict is Verdict.FAIL
    assert {finding.contradictions for finding in smart_charging.findings} == {(one.text,)}


def test_evses_that_the_station_lacks_are_named() -> None:
    station = load_product("reference-ac")
    third, fourth = (msgspec.structs.replace(station.evses[1], id=id) for id in (3, 4))
    pics = msgspec.structs.replace(answering(station, {"HFS-8": 4}), evses=(*station.evses, third, fourth))
    outcome = campaign(pics, station, "TC_B_01", "TC_B_06")
    assert [one.text for one in outcome.contradictions] == ["PICS: EVSE 1, 2, 3, 4; station: EVSE 1, 2"]
    assert {result.verdict for result in outcome.results} == {Verdict.FAIL, Verdict.PASS}
    failed = next(result for result in outcome.results if result.verdict is Verdict.FAIL)
    assert failed.findings[0].contradictions == ("PICS: EVSE 1, 2, 3, 4; station: EVSE 1, 2",)
