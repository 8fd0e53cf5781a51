"""Erasing the CSMS settings of a station, and entering new ones."""

import pytest
from tests.security.shared_pki import pki, with_unknown_curve

from plugfest.products import load_product
from plugfest.security.profile import SecurityProfile
from plugfest.station.connection.network_profiles import NetworkProfiles
from plugfest.station.device_model.product_model import build_device_model
from plugfest.station.setup.provisioning import ProvisioningError, Settings, erase_csms_settings, provision
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.storage.store import Store

PRODUCT = load_product("alpitronic-hyc-200-eu")


def settings(url: str = "ws://127.0.0.1:9000", **other: object) -> Settings:
    return Settings(identity="ST-1", csms_url=url, password="a-password-of-20-chr", **other)  # type: ignore[arg-type]


def profiles(store: Store) -> NetworkProfiles:
    return NetworkProfiles(store, build_device_model(PRODUCT, virtual_hardware(PRODUCT), store))


def test_only_the_csms_settings_are_erased() -> None:
    store, hardware = Store(), virtual_hardware(PRODUCT)
    provision(PRODUCT, store, hardware, settings(variables={"OCPPCommCtrlr.HeartbeatInterval": "77"}))
    store.records("something", str).put("key", "value")
    assert profiles(store).urls == {"ws://127.0.0.1:9000"}
    erase_csms_settings(PRODUCT, store, hardware)
    assert profiles(store).urls == frozenset()
    assert store.records("something", str).get("key") == "value"
    model = build_device_model(PRODUCT, hardware, store)
    assert model.integer("OCPPCommCtrlr", "HeartbeatInterval") == 77


def test_a_root_of_the_csms_is_verified_as_installcertificate_verifies_it() -> None:
    leaf = pki().station("ST-1").chain
    for pem, problem in ((leaf, "not a CA certificate"), (with_unknown_curve(pki().root_pem), "public key")):
        with pytest.raises(ProvisioningError, match=f"root certificate of the CSMS cannot be used: .*{problem}"):
            provision(PRODUCT, Store(), virtual_hardware(PRODUCT), settings(csms_roots=(pem,)))


def test_after_erasing_a_lower_security_profile_can_be_set() -> None:
    store, hardware = Store(), virtual_hardware(PRODUCT)
    provision(PRODUCT, store, hardware, settings("ws://127.0.0.1:9000"))
    erase_csms_settings(PRODUCT, store, hardware)
    with pytest.raises(ProvisioningError, match="no CSMSRootCertificate"):
        provision(
            PRODUCT, store, hardware, settings("wss://127.0.0.1:9000", security_profile=SecurityProfile.TLS_BASIC)
        )
    provision(PRODUCT, store, hardware, settings("ws://127.0.0.1:9001"))
    assert profiles(store).urls == {"ws://127.0.0.1:9001"}
