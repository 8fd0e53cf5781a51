"""The form of a new campaign, as arguments of `plugfest certify`."""

from pathlib import Path

import pytest

from plugfest.products import pics_text
from plugfest.web.bench.request import CampaignForm, Checked, checked, listed_products

PKI = Path("/data/pki")
OF_16 = "reference-16-ac"


def check(own: Path, **fields: str) -> Checked:
    return checked(CampaignForm(**{"product": "reference-ac", **fields}), listed_products(own), PKI)


def test_a_campaign_with_the_virtual_station(tmp_path: Path) -> None:
    found = check(tmp_path)
    assert (found.name, found.arguments) == ("reference-ac", ("--clock", "simulated", "--", "reference-ac"))
    assert check(tmp_path, clock="real", security_profile="1").arguments[:4] == (
        "--clock",
        "real",
        "--security-profile",
        "1",
    )


def test_cases_are_chosen_by_id_and_by_pattern_in_the_order_given(tmp_path: Path) -> None:
    arguments = check(tmp_path, cases="TC_E_10 tc_b_0[12]*, TC_E_10_CS").arguments
    assert arguments[2:8] == ("--case", "TC_E_10_CS", "--case", "TC_B_01_CS", "--case", "TC_B_02_CS")


def test_a_product_of_the_user_is_offered_first(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(pics_text("reference-ac"))
    assert listed_products(tmp_path)[0].value == "mine.toml"
    assert check(tmp_path, product="mine.toml").arguments[-1] == str(tmp_path / "mine.toml")


def test_a_pics_that_cannot_be_read_is_named_beside_the_product(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("nonsense")
    assert "mine.toml" in check(tmp_path, product="mine.toml").wrong["product"]


def test_a_station_of_the_user_without_tls(tmp_path: Path) -> None:
    found = check(
        tmp_path, station="foreign", address="192.168.1.10:9000", identity="--help", password="p w", operator="page"
    )
    assert found.arguments == (
        *("--listen", "ws://192.168.1.10:9000", "--operator", "page"),
        *("--identity=--help", "--", "reference-ac"),
    )


def test_tls_has_the_folder_for_the_certificates(tmp_path: Path) -> None:
    found = check(tmp_path, station="foreign", host="lab.local", security_profile="3", operator="page")
    assert found.arguments[:6] == ("--listen", "wss://0.0.0.0:9000", "--operator", "page", "--pki", "/data/pki")
    assert "--host=lab.local" in found.arguments


def test_another_operator_has_an_address(tmp_path: Path) -> None:
    fields = {"station": "foreign", "address": "127.0.0.1:9000", "operator": "station"}
    assert "operator_url" in check(tmp_path, **fields).wrong
    found = check(tmp_path, **fields, operator_url="http://127.0.0.1:8080")
    assert "station=http://127.0.0.1:8080" in found.arguments


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("product", {"product": "../../etc/passwd"}),
        ("product", {"product": ""}),
        ("cases", {"cases": "TC_E_09 TC_NONE"}),
        ("security_profile", {"security_profile": "0"}),
        ("security_profile", {"security_profile": "3"}),
        ("address", {"station": "foreign", "address": "here"}),
        ("address", {"station": "foreign", "address": "127.0.0.1:99999"}),
        ("host", {"station": "foreign", "address": "0.0.0.0:9000"}),
        ("host", {"station": "foreign", "address": "9000"}),
        ("operator", {"station": "foreign", "host": "x", "operator": "me"}),
        ("operator_url", {"station": "foreign", "host": "x", "operator": "http", "operator_url": "http://["}),
    ],
)
def test_what_is_wrong_is_named_beside_its_field(tmp_path: Path, field: str, fields: dict[str, str]) -> None:
    found = check(tmp_path, **fields)
    assert [*found.wrong] == [field]
    assert found.arguments == ()


def test_security_profile_0_is_one_of_ocpp_16(tmp_path: Path) -> None:
    assert not check(tmp_path, product=OF_16, security_profile="0").wrong
