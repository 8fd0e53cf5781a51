"""The form of a new campaign, as arguments of `plugfest certify`."""

from pathlib import Path

import pytest

from plugfest.products import pics_text
from plugfest.web.bench.request import CampaignForm, Checked, checked
from plugfest.web.forms import Form
from plugfest.web.own_files import OwnFiles

PKI = Path("/data/pki")
OF_16 = "reference-16-ac"


def check(data: Path, **fields: str) -> Checked:
    form = CampaignForm.of(Form({"product": "reference-ac", **fields}.items()))
    return checked(form, OwnFiles(data), PKI)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A PICS file of the user."""
    (tmp_path / "products").mkdir()
    file = tmp_path / "products" / "mine.toml"
    file.write_bytes(pics_text("reference-ac"))
    return file


def test_a_campaign_with_the_virtual_station(tmp_path: Path) -> None:
    found = check(tmp_path)
    assert (found.name, found.arguments) == ("reference-ac", ("--clock", "simulated", "--", "reference-ac"))
    assert check(tmp_path, clock="real", security_profile="1").arguments[:4] == (
        "--clock",
        "real",
        "--security-profile",
        "1",
    )


def test_cases_are_chosen_as_on_the_command_line(tmp_path: Path) -> None:
    arguments = check(
        tmp_path, cases="TC_E_10 tc_b_0[12]*, TC_E_10_CS", blocks="E", profiles="Core", order="walking"
    ).arguments
    assert arguments[2:5] == ("--case=TC_E_10", "--case=tc_b_0[12]*", "--case=TC_E_10_CS")
    assert arguments[5:8] == ("--block=E", "--profile=Core", "--order=walking")


def test_a_family_is_tested_with_virtual_stations(tmp_path: Path) -> None:
    family = "family:alpitronic-hypercharger"
    found = check(tmp_path, product=family)
    assert found.name == "alpitronic-hypercharger"
    assert found.arguments[-2:] == ("--family", "alpitronic-hypercharger")
    assert [*check(tmp_path, product=family, station="foreign", host="lab.local").wrong] == ["product"]


def test_a_product_of_the_user_is_tested_by_the_path_of_its_file(tmp_path: Path, mine: Path) -> None:
    assert check(tmp_path, product="mine").arguments[-1] == str(mine)


def test_a_pics_that_cannot_be_read_is_named_beside_the_product_without_its_folder(tmp_path: Path, mine: Path) -> None:
    mine.write_text("nonsense")
    wrong = check(tmp_path, product="mine").wrong["product"]
    assert wrong.startswith("mine.toml")
    assert str(tmp_path) not in wrong


def test_an_address_has_what_was_typed_without_the_password() -> None:
    form = CampaignForm(product="x", blocks=("C", "E"), password="secret")
    pairs = form.for_address()
    assert [value for name, value in pairs if name == "blocks"] == ["C", "E"]
    assert "secret" not in dict(pairs).values()
    assert CampaignForm.of(Form(pairs)) == CampaignForm(product="x", blocks=("C", "E"))


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
        ("product", {"product": "family:../../etc/passwd"}),
        ("cases", {"cases": "TC_E_09 TC_NONE"}),
        ("cases", {"blocks": "Z"}),
        ("cases", {"cases": "TC_E_*", "blocks": "B"}),
        ("order", {"order": "--shuffle"}),
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
