"""The products of the catalog with a published certificate."""

import re

import pytest

from plugfest.products import Product, load_product, product_names
from plugfest.products.plan import plan

CERTIFIED = (
    "alpitronic-hyc-200-eu",
    "alpitronic-hyc-200-us",
    "alpitronic-hyc-400-eu",
    "alpitronic-hyc-400-us",
    "botari-evon200-40p-2cr",
    "btc-power-gen4-l3a",
    "chargepoint-ct4000",
    "chargepoint-express-plus-power-link",
)


@pytest.fixture(params=CERTIFIED)
def product(request: pytest.FixtureRequest) -> Product:
    return load_product(request.param)


def test_every_certified_product_is_in_the_catalog() -> None:
    assert set(CERTIFIED) <= set(product_names())


def test_every_product_has_its_published_results(product: Product) -> None:
    certificate = product.certificate
    assert certificate is not None
    assert certificate.results["Core"] == certificate.results["Advanced Security"] == "Pass"
    assert all(certificate.results.get(profile, "Pass") == "Pass" for profile in product.profiles)
    assert certificate.firmware_hash is None or re.fullmatch(r"[0-9a-f]{64}", certificate.firmware_hash)


def test_every_measurement_is_within_its_limit(product: Product) -> None:
    for key, measured in product.performance.measured.items():
        if measured != "not measurable":
            assert measured.minimum <= measured.average <= measured.maximum <= product.performance.limit[key]


def test_published_cases_are_in_the_plan(product: Product) -> None:
    assert product.certificate is not None
    planned = {case.id for case in plan(product.ocpp_version)}
    assert {id for ids in product.certificate.passed.values() for id in ids} <= planned


def test_family_members_are_in_the_catalog(product: Product) -> None:
    certificate = product.certificate
    assert certificate is not None
    family = [*certificate.family, *filter(None, [certificate.representative])]
    assert set(family) <= set(product_names())


def test_scan_errors_are_corrected() -> None:
    assert load_product("alpitronic-hyc-200-us").evses[1].connectors[0].type == "cCCS1-NACS"
    assert load_product("chargepoint-ct4000").texts("ORS-24") == ("HTTP", "HTTPS")
    express = load_product("chargepoint-express-plus-power-link")
    assert express.vendor_settings["SampledDataCtrlr::RateChangedInterval"].value == "0"
    assert express.answers("AS-2") is False


def test_the_values_of_the_documents_are_kept() -> None:
    btc = load_product("btc-power-gen4-l3a")
    assert [(evse.id, len(evse.connectors)) for evse in btc.evses] == [(1, 2)]
    assert btc.limit("ORS-18") == 5600
    assert btc.performance.limit["triggered_function"] == 180
    ct4000 = load_product("chargepoint-ct4000")
    assert ct4000.evses[0].phases == 1
    assert ct4000.supported_measurands("C-40.1") == ("Energy.Active.Import.Register", "SoC")
    hyc = load_product("alpitronic-hyc-400-us")
    assert [evse.connectors[0].type for evse in hyc.evses] == ["cCCS1", "cTesla", "cCCS1", "cTesla"]
    assert hyc.limit("ORS-1") == 204
