"""Capabilities are independent of the OCPP version, and evaluated from the PICS."""

import pytest

from plugfest.products import load_product, product_names
from plugfest.products.features import feature_catalog
from plugfest.station.setup.capabilities import Capability, cipher_suites, dc_power, has_capability, measures, pics_ids
from plugfest.station.setup.version_behaviour import behaviour_of


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_every_condition_is_valid_in_the_catalog_of_its_version(version: str) -> None:
    features = feature_catalog(version)  # type: ignore[arg-type]
    for condition in pics_ids(version).capabilities.values():
        features.condition(condition)
    for id in (pics_ids(version).cipher_suites, pics_ids(version).dc_power, *pics_ids(version).measurands):
        assert id in features.features


def test_each_capability_exists_in_some_version() -> None:
    assert set(pics_ids("1.6").capabilities) | set(pics_ids("2.0.1").capabilities) == set(Capability)


@pytest.mark.parametrize("name", product_names())
def test_every_capability_can_be_evaluated_for_every_product(name: str) -> None:
    product = load_product(name)
    assert {has_capability(product, capability) for capability in Capability} == {True, False}
    assert cipher_suites(product)
    assert behaviour_of(product.ocpp_version)
    assert (dc_power(product) or 1) > 0
    assert measures(product, "Energy.Active.Import.Register")


def test_the_same_capability_has_another_id_in_each_version() -> None:
    assert has_capability(load_product("reference-16-ac"), Capability.STOPS_ON_POWER_LOSS)
    assert not has_capability(load_product("reference-16-dc"), Capability.STOPS_ON_POWER_LOSS)
    assert not has_capability(load_product("botari-evon200-40p-2cr"), Capability.STOPS_LOCALLY)
    assert has_capability(load_product("alpitronic-hyc-200-eu"), Capability.STOPS_LOCALLY)
