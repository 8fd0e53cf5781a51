"""The scenarios of the library at the products of the catalog: a day, and no step fails."""

import pytest
from tests.scenarios.performing import performed

from plugfest.products import load_product, product_names
from plugfest.scenarios import library
from plugfest.scenarios.events import StepState
from plugfest.scenarios.file import load_scenario
from plugfest.scenarios.possible import check_possible
from plugfest.toml_files.problems import InvalidFile

HOURS = {"motorway-holiday": 3, "flaky-sim": 8}
"""Of the scenarios in which much happens; of others a day and the morning after it."""

SIMILAR = ("alpitronic-hyc-200-us", "alpitronic-hyc-400-eu")
"""Products whose hardware another product of the catalog has too."""


def is_possible(name: str, product: str) -> bool:
    try:
        check_possible(load_scenario(name), load_product(product))
    except InvalidFile:
        return False
    return True


PAIRS = [
    pytest.param(name, product, id=f"{name} at {product}")
    for name in library.names()
    for product in product_names()
    if product not in SIMILAR and is_possible(name, product)
]


def test_nearly_all_pairs_are_possible() -> None:
    assert len(PAIRS) == 55


@pytest.mark.parametrize(("name", "product"), PAIRS)
def test_no_step_fails_and_drivers_charge(name: str, product: str) -> None:
    done = performed(load_scenario(name), product, hours=HOURS.get(name, 32), seed=len(product))
    refused = [event for _, event in done.events if event.state is StepState.REFUSED]
    assert [event for event in refused if "is locked in connector" not in event.reason] == []
    drivers = len(done.lines("plug_in"))
    charging = sum("reached: " in text and "charging_state=Charging" in text for text in done.texts())
    assert drivers >= 1
    assert charging >= (drivers // 2 if name == "flaky-sim" else drivers)  # offline, unknown tokens are refused


def test_a_commuter_leaves_in_the_evening_and_a_resident_in_the_morning() -> None:
    done = performed(load_scenario("commute"), "reference-16-plain", hours=32)
    hours = [int(line.split()[0]) / 3600 for line in done.lines("plug_in", "plug_out")]
    expected = [8.25, 17, 18.75, 31]
    assert hours == [pytest.approx(each, abs=1.1) for each in expected]


def test_on_a_holiday_the_evses_of_a_motorway_are_in_use_nearly_all_the_time() -> None:
    done = performed(load_scenario("motorway-holiday"), "reference-dc", hours=6)
    plugged = [(float(line.split()[0]), "plug_in" in line) for line in done.lines("plug_in", "plug_out")]
    used = sum(21600 - at if is_in else at - 21600 for at, is_in in plugged)
    assert used / (2 * 21600) > 0.7
    assert any("no EVSE is free" in text for text in done.texts())


def test_the_network_fails_and_comes_back_with_a_flaky_sim_card() -> None:
    done = performed(load_scenario("flaky-sim"), "reference-ac", hours=24)
    off, on = (len(done.lines(name)) for name in ("network_off", "network_on"))
    assert 8 <= off <= 45
    assert off - on in (0, 1)
    assert 1 <= len(done.lines("power_off")) <= 4
    reconnected = [each for each in done.frames if each.action == "BootNotification" and each.kind == "call"]
    assert len(reconnected) == 1 + len(done.lines("power_on"))
