"""What a station reports of itself becomes answers of its PICS."""

import asyncio
import json

import pytest
from tests.rig.preparation.changed_frames import ChangedFrames
from tests.rig.preparation.test_answers import refused

from plugfest import clock
from plugfest.lab.composition import compose
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.frames import CALL
from plugfest.products import Product, load_product
from plugfest.products.draft import blank_product
from plugfest.products.product import Measurands
from plugfest.products.selection import select
from plugfest.rig.survey import NotSurveyed, Survey, read_station
from plugfest.rig.virtual import virtual_bench

SETTINGS = LabSettings(security_profile=1)


def surveyed(product: Product) -> Survey:
    async def run() -> Survey:
        lab = compose(blank_product(product.ocpp_version), SETTINGS)
        async with virtual_bench(lab, product):
            return await read_station(lab)

    return clock.run_simulated(run())


@pytest.mark.parametrize(
    ("name", "least"),
    [("reference-ac", 45), ("reference-dc", 45), ("alpitronic-hyc-200-eu", 25), ("reference-16-ac", 15)],
)
def test_the_answers_of_a_station_are_those_of_its_pics(name: str, least: int) -> None:
    product = load_product(name)
    draft, findings = surveyed(product)
    assert findings == ()
    assert len(draft.answers) >= least
    assert {key: known.value for key, known in draft.identity.items()} == {
        "vendor": product.vendor,
        "model": product.model[:20],  # the longest in BootNotification
        "firmware_version": product.firmware_version,
    }
    claims = {id: known.value for id, known in draft.answers.items() if isinstance(known.value, bool)}
    assert claims == {id: bool(product.claim(id)) for id in claims}
    lists = {id: set(known.value) for id, known in draft.answers.items() if isinstance(known.value, tuple)}
    assert lists == {id: set(product.texts(id)) for id in lists}
    measurands = {id: known.value for id, known in draft.answers.items() if isinstance(known.value, Measurands)}
    assert all(set(product.measurands(id)) <= set(value.tested) for id, value in measurands.items())
    assert {one for one, known in draft.profiles.items() if known.value} <= product.profiles


@pytest.mark.parametrize(
    ("name", "actions"),
    [("reference-ac", ("GetBaseReport", "GetVariables")), ("reference-16-ac", ("GetConfiguration",))],
)
def test_what_a_station_refuses_to_report_is_left_open(name: str, actions: tuple[str, ...]) -> None:
    async def run() -> Survey:
        product = load_product(name)
        lab = compose(blank_product(product.ocpp_version), SETTINGS)
        lab.csms.incoming = ChangedFrames(lab.record, dict.fromkeys(actions, refused), always=True).incoming
        async with virtual_bench(lab, product):
            return await read_station(lab)

    draft, findings = clock.run_simulated(run())
    assert len(findings) == 2
    assert (dict(draft.answers), draft.identity["vendor"].value) == ({}, "Plugfest")


def test_the_evses_of_the_inventory_are_those_of_the_station() -> None:
    evses = surveyed(load_product("alpitronic-hyc-200-eu")).draft.evses
    assert evses == load_product("alpitronic-hyc-200-eu").evses


def test_the_lab_changes_nothing_in_the_station() -> None:
    async def run() -> list[Frame]:
        product = load_product("reference-ac")
        lab = compose(blank_product("2.0.1"), SETTINGS)
        async with virtual_bench(lab, product):
            await read_station(lab)
            return lab.record.frames

    sent = [json.loads(one.text) for one in clock.run_simulated(run()) if one.direction is Direction.FROM_LAB]
    assert {one[2] for one in sent if one[0] == CALL} == {"GetBaseReport"}


def test_without_a_station_the_reason_is_one_line() -> None:
    async def run() -> None:
        lab = compose(blank_product("2.0.1"), SETTINGS)
        await lab.commissioner.open_main()
        try:
            await asyncio.wait_for(read_station(lab), 1000)
        finally:
            await lab.csms.close()

    with pytest.raises(NotSurveyed, match=r"^no station connected to ws://127.0.0.1:\d+/PLUGFEST-01 within 180 s: "):
        clock.run_simulated(run())


def test_more_cases_apply_by_the_answers_of_the_station_than_by_none() -> None:
    draft = surveyed(load_product("reference-ac")).draft
    assert sum(one.applies for one in select(draft.product())) > sum(
        one.applies for one in select(blank_product("2.0.1"))
    )
