"""The keys that TC_019 asks for depend on what the product promises."""

import pytest

from plugfest.lab.v16.cases.core.required_keys import CORE, OF_PROFILE, Access, claimed_profiles, deviations
from plugfest.ocpp.v16.types import KeyValue
from plugfest.products import Product, load_product


@pytest.fixture
def product() -> Product:
    return load_product("botari-evon200-40p-2cr")


def complete() -> dict[str, KeyValue]:
    """The keys of a station that has them all right."""
    every = CORE | OF_PROFILE["LocalAuthListManagement"] | OF_PROFILE["SmartCharging"]
    told = {
        name.lower(): KeyValue(key=name, readonly=access is Access.READ, value="1") for name, access in every.items()
    }
    unlock = "UnlockConnectorOnEVSideDisconnect"
    told[unlock.lower()] = KeyValue(key=unlock, readonly=True, value="false")
    return told


def test_what_the_product_promises(product: Product) -> None:
    assert claimed_profiles(product) == {
        "Core",
        "LocalAuthListManagement",
        "RemoteTrigger",
        "Reservation",
        "SmartCharging",
    }


def test_a_complete_station_lacks_nothing(product: Product) -> None:
    assert list(deviations(product, complete(), fixed_cable=True)) == []


def test_a_missing_key_is_named(product: Product) -> None:
    told = complete()
    del told["resetretries"]
    assert [lack.expected for lack in deviations(product, told, fixed_cable=True)] == ["ResetRetries"]


def test_a_key_that_has_to_be_writable_is_not_readonly(product: Product) -> None:
    told = complete() | {"resetretries": KeyValue(key="ResetRetries", readonly=True, value="1")}
    found = list(deviations(product, told, fixed_cable=True))
    assert found == [("ResetRetries with readonly false", "true")]


def test_a_fixed_cable_stays_where_it_is(product: Product) -> None:
    told = complete()
    told["unlockconnectoronevsidedisconnect"] = KeyValue(
        key="UnlockConnectorOnEVSideDisconnect", readonly=False, value="false"
    )
    assert len(list(deviations(product, told, fixed_cable=True))) == 1
    assert list(deviations(product, told, fixed_cable=False)) == []
