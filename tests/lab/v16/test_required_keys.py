"""The keys that TC_019 requires depend on the profiles that the product claims."""

import pytest

from plugfest.lab.v16.required_keys import CORE, OF_PROFILE, Access, claimed_profiles, deviations
from plugfest.ocpp.v16.types import KeyValue
from plugfest.products import Product, load_product


@pytest.fixture
def product() -> Product:
    return load_product("botari-evon200-40p-2cr")


def complete() -> dict[str, KeyValue]:
    """All required keys, with the required access."""
    every = CORE | OF_PROFILE["LocalAuthListManagement"] | OF_PROFILE["SmartCharging"]
    keys = {
        name.lower(): KeyValue(key=name, readonly=access is Access.READ, value="1") for name, access in every.items()
    }
    unlock = "UnlockConnectorOnEVSideDisconnect"
    keys[unlock.lower()] = KeyValue(key=unlock, readonly=True, value="false")
    return keys


def test_the_claimed_feature_profiles(product: Product) -> None:
    assert claimed_profiles(product) == {
        "Core",
        "LocalAuthListManagement",
        "RemoteTrigger",
        "Reservation",
        "SmartCharging",
    }


def test_complete_keys_have_no_deviation(product: Product) -> None:
    assert list(deviations(product, complete(), fixed_cable=True)) == []


def test_a_missing_key_is_found(product: Product) -> None:
    keys = complete()
    del keys["resetretries"]
    assert [deviation.expected for deviation in deviations(product, keys, fixed_cable=True)] == ["ResetRetries"]


def test_a_readonly_key_that_must_be_writable_is_found(product: Product) -> None:
    keys = complete() | {"resetretries": KeyValue(key="ResetRetries", readonly=True, value="1")}
    found = list(deviations(product, keys, fixed_cable=True))
    assert found == [("ResetRetries with readonly false", "true")]


def test_a_fixed_cable_requires_a_readonly_key(product: Product) -> None:
    keys = complete()
    keys["unlockconnectoronevsidedisconnect"] = KeyValue(
        key="UnlockConnectorOnEVSideDisconnect", readonly=False, value="false"
    )
    assert len(list(deviations(product, keys, fixed_cable=True))) == 1
    assert list(deviations(product, keys, fixed_cable=False)) == []
