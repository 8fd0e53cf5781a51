"""What follows from a product is made once, and anew after `forget_shared`."""

import ssl
from contextvars import copy_context

import msgspec

from plugfest.clock import utc_now
from plugfest.products import Product, load_product
from plugfest.rig.misbehaviour import parse
from plugfest.rig.selftest.behaviours.behaviour import Patch, patched
from plugfest.security.pki import TestPki
from plugfest.security.profile import SecurityProfile
from plugfest.station.device_model import product_model
from plugfest.station.device_model.product_model import build_device_model
from plugfest.station.device_model.variables import Variable
from plugfest.station.security.trust_store import CSMS_ROOT, TrustStore
from plugfest.station.setup.capabilities import cipher_suites
from plugfest.station.setup.shared import SHARING, forget_shared, once_per_product
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.storage.store import Store

PRODUCT = load_product("reference-ac")


class Counted:
    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []

    def make(self, product: Product, number: int) -> list[str]:
        self.calls.append((product.slug, number))
        return [product.slug]


def variables(product: Product) -> list[Variable]:
    return list(build_device_model(product, virtual_hardware(product), Store()))


def test_it_is_made_once_for_each_product_and_argument() -> None:
    counted = Counted()
    make = once_per_product(counted.make)
    assert make(PRODUCT, 1) is make(PRODUCT, 1)
    assert make(PRODUCT, 2) is not make(PRODUCT, 1)
    assert make(msgspec.structs.replace(PRODUCT, slug="other"), 1) == ["other"]
    assert counted.calls == [(PRODUCT.slug, 1), (PRODUCT.slug, 2), ("other", 1)]


def test_stations_with_the_same_roots_share_their_tls_settings_and_those_with_others_do_not() -> None:
    def trust(pki: TestPki) -> TrustStore:
        store = TrustStore(Store(), cipher_suites(PRODUCT))
        store.install(CSMS_ROOT, pki.root_pem)
        return store

    mine, other = TestPki(utc_now()), TestPki(utc_now())
    first = trust(mine).client_context(SecurityProfile.TLS_BASIC)
    assert trust(mine).client_context(SecurityProfile.TLS_BASIC) is first
    assert trust(other).client_context(SecurityProfile.TLS_BASIC) is not first


def test_the_tls_settings_with_the_key_of_a_station_are_its_own() -> None:
    pki = TestPki(utc_now())
    store = TrustStore(Store(), cipher_suites(PRODUCT))
    store.install(CSMS_ROOT, pki.root_pem)
    store.own.key = pki.station("S1")
    contexts = [store.client_context(SecurityProfile.TLS_CLIENT_CERTIFICATE) for _ in range(2)]
    assert contexts[0] is not contexts[1]


def test_it_is_made_anew_when_products_are_forgotten() -> None:
    counted = Counted()
    make = once_per_product(counted.make)
    make(PRODUCT, 1)
    forget_shared()
    make(PRODUCT, 1)
    assert len(counted.calls) == 2


def test_two_stations_of_a_product_share_their_variables_but_not_their_values() -> None:
    one, other = (build_device_model(PRODUCT, virtual_hardware(PRODUCT), Store()) for _ in range(2))
    assert one.variable("SecurityCtrlr", "Identity") is other.variable("SecurityCtrlr", "Identity")
    one.put("SecurityCtrlr", "Identity", "CS1")
    assert other.text("SecurityCtrlr", "Identity") == ""


def test_each_meter_reports_its_own_public_key() -> None:
    product = load_product("reference-ac")
    one, other = (build_device_model(product, virtual_hardware(product), Store()) for _ in range(2))
    keys = {model.text("FiscalMetering", "PublicKey", evse_id=id) for model in (one, other) for id in (1, 2)}
    assert len(keys) == 4
    assert "" not in keys


def test_a_station_that_does_not_share_makes_everything_itself() -> None:
    counted = Counted()
    make = once_per_product(counted.make)
    shared = make(PRODUCT, 1)
    context = copy_context()
    context.run(SHARING.set, False)
    assert context.run(make, PRODUCT, 1) is not shared
    assert make(PRODUCT, 1) is shared


def test_what_a_misbehaving_station_makes_is_in_no_other_station_of_the_process() -> None:
    pki = TestPki(utc_now())

    def verification() -> ssl.VerifyMode:
        trust = TrustStore(Store(), cipher_suites(PRODUCT))
        trust.install(CSMS_ROOT, pki.root_pem)
        context = trust.client_context(SecurityProfile.TLS_BASIC)
        assert context is not None
        return context.verify_mode

    misbehaving = parse(["accepts-any-csms-certificate"], PRODUCT).of("CS1").context
    assert misbehaving.run(verification) is ssl.CERT_NONE
    assert verification() is ssl.CERT_REQUIRED
    assert misbehaving.run(verification) is ssl.CERT_NONE


def test_a_patch_of_the_self_test_applies_to_the_next_station_and_to_no_later_one() -> None:
    before = variables(PRODUCT)
    with patched((Patch(product_model, "controller_variables", lambda original: lambda product: []),)) as called:
        assert len(variables(PRODUCT)) < len(before)
        assert called
    assert variables(PRODUCT) == before
