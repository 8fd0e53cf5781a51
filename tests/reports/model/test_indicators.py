"""Performance indicators: measurements and limits."""

import pytest
from tests.reports import campaigns

from plugfest.lab.recording.performance import Measurement
from plugfest.products import Product, load_product
from plugfest.reports.model.indicators import Indicator, indicators

REPRESENTATIVE = load_product("alpitronic-hyc-400-us")


def response(product: Product, seconds: float) -> Indicator:
    return indicators(product, {"response": Measurement(0.1, seconds, 0.2, 9)})[0]


@pytest.mark.parametrize(("seconds", "within"), [(29.9, True), (30.0, True), (30.1, False)])
def test_the_maximum_is_compared_with_the_limit(seconds: float, within: bool) -> None:
    assert (response(REPRESENTATIVE, seconds).limit, response(REPRESENTATIVE, seconds).within_limit) == (30, within)


def test_a_family_member_has_the_limits_of_its_representative() -> None:
    assert not campaigns.product().performance.limit
    assert response(campaigns.product(), 1.0).limit == 30


def test_indicators_without_measurements_are_listed() -> None:
    found = indicators(REPRESENTATIVE, {})
    assert [one.key for one in found] == ["response", "triggered_function", "remote_start", "remote_stop"]
    assert {(one.measured, one.within_limit) for one in found} == {("not measurable", None)}


@pytest.mark.parametrize(("clock", "measured"), [("simulated", False), ("real", True)])
def test_simulated_time_measures_nothing(clock: str, measured: bool) -> None:
    response, *others = campaigns.report(clock=clock).performance
    assert response.measured == (Measurement(0.5, 0.5, 0.5, 1) if measured else "not measurable")
    assert {other.measured for other in others} == {"not measurable"}
