"""The form of a new campaign, as arguments of `plugfest certify`."""

from pathlib import Path

import pytest

from plugfest.cli.commands.certify import command as certify
from plugfest.products import pics_text
from plugfest.web.bench.files import CampaignFiles
from plugfest.web.bench.request import CampaignForm, Checked, checked
from plugfest.web.forms import Form
from plugfest.web.own_files import OwnFiles

PKI = Path("/data/pki")
FIXTURE = {"station": "foreign", "host": "x", "operator": "http", "operator_url": "http://fixture"}
OF_16 = "reference-16-ac"


def check(data: Path, **fields: str) -> Checked:
    form = CampaignForm.of(Form({"product": "reference-ac", **fields}.items()))
    return checked(form, OwnFiles(data), CampaignFiles(data), PKI)


def given(data: Path, kind: str, name: str, text: str) -> Path:
    """A file of the user that can be chosen."""
    file = CampaignFiles(data).folder(kind) / name
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


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


def test_without_tls_the_lab_has_certificates_only_if_the_station_can_trust_them(tmp_path: Path) -> None:
    fields = {"station": "foreign", "address": "127.0.0.1:9000"}
    assert "--pki" not in check(tmp_path, **fields).arguments
    assert "--pki" in check(tmp_path, **fields, trusts_lab="yes").arguments


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
        ("ev_url", {**FIXTURE, "ev_url": "ftp://x"}),
        ("cannot", {"station": "foreign", "host": "x", "cannot": "--pki"}),
        ("seed", {"order": "random", "seed": "many"}),
        ("settings", {"settings": "../../etc/passwd"}),
        ("approval", {"approval": "none.toml"}),
        ("firmware", {"firmware": "none.bin"}),
        ("station_root", {"station": "foreign", "host": "x", "station_root": "none.pem"}),
    ],
)
def test_what_is_wrong_is_named_beside_its_field(tmp_path: Path, field: str, fields: dict[str, str]) -> None:
    found = check(tmp_path, **fields)
    assert [*found.wrong] == [field]
    assert found.arguments == ()


def test_security_profile_0_is_one_of_ocpp_16(tmp_path: Path) -> None:
    assert not check(tmp_path, product=OF_16, security_profile="0").wrong


def test_files_are_given_by_their_paths(tmp_path: Path) -> None:
    settings = given(tmp_path, "settings", "lab.toml", "operator_timeout = 60\n")
    approval = given(tmp_path, "approval", "names.toml", 'tested_by = "A. Lovelace"\n')
    firmware = given(tmp_path, "firmware", "image.bin", "image")
    arguments = check(tmp_path, settings="lab.toml", approval="names.toml", firmware="image.bin").arguments
    assert arguments[2:5] == (f"--settings={settings}", f"--approval={approval}", f"--firmware-image={firmware}")


def test_what_is_wrong_in_a_file_is_named_with_its_line_and_without_its_folder(tmp_path: Path) -> None:
    given(tmp_path, "settings", "lab.toml", "operator_timeout = -1\nfoo = 1\n")
    given(tmp_path, "approval", "names.toml", "tester = 1\n")
    wrong = check(tmp_path, settings="lab.toml", approval="names.toml").wrong
    assert "lab.toml:1: operator_timeout" in wrong["settings"]
    assert "lab.toml:2: foo" in wrong["settings"]
    assert "names.toml:1: tester" in wrong["approval"]
    assert str(tmp_path) not in "".join(wrong.values())


@pytest.mark.parametrize("named", ["/etc/passwd", "../runs/x", "folder/image"])
def test_settings_name_no_other_files_of_the_user(tmp_path: Path, named: str) -> None:
    """Who can use the pages could have them sent to a station."""
    given(tmp_path, "settings", "lab.toml", f'[firmware]\nimage = "{named}"\nunusable = "x"\nversion = "1"\n')
    assert f"names {named}" in check(tmp_path, settings="lab.toml").wrong["settings"]


def test_settings_name_files_beside_them(tmp_path: Path) -> None:
    file = given(tmp_path, "settings", "lab.toml", 'station_roots = ["root.pem"]\n')
    assert "root.pem" in check(tmp_path, settings="lab.toml").wrong["settings"]
    file.with_name("root.pem").write_text("a root")
    assert not check(tmp_path, settings="lab.toml").wrong


def test_the_names_in_the_report_and_a_random_order(tmp_path: Path) -> None:
    arguments = check(tmp_path, reference="2026-117", tested_by="--help", order="random", seed="7").arguments
    assert arguments[2:5] == ("--reference=2026-117", "--tested-by=--help", "--shuffle=7")


def test_a_fixture_with_an_ev_emulator_and_what_it_cannot_do(tmp_path: Path) -> None:
    root = given(tmp_path, "station_root", "root.pem", "a root")
    form = CampaignForm.of(
        Form(
            [
                *{**FIXTURE, "product": "reference-ac", "ev_url": "http://ev", "station_root": "root.pem"}.items(),
                *(("cannot", one) for one in ("fault", "firmware")),
            ]
        )
    )
    arguments = checked(form, OwnFiles(tmp_path), CampaignFiles(tmp_path), PKI).arguments
    assert {"--ev=http://ev", "--cannot=fault", "--cannot=firmware", f"--station-root={root}"} <= set(arguments)
    assert "--ev=http://ev" not in check(tmp_path, **{**FIXTURE, "operator": "page", "ev_url": "http://ev"}).arguments


OF_THE_FORM = {
    "product": "product",
    "family_name": "product",
    "case_ids": "cases",
    "blocks": "blocks",
    "profiles": "profiles",
    "clock_name": "clock",
    "security_profile": "security_profile",
    "settings_file": "settings",
    "order": "order",
    "shuffle": "seed",
    "firmware_image": "firmware",
    "approval_file": "approval",
    "reference": "reference",
    "test_location": "test_location",
    "tested_by": "tested_by",
    "reviewed_by": "reviewed_by",
    "listen": "address",
    "operator": "operator",
    "cannot": "cannot",
    "ev_url": "ev_url",
    "host": "host",
    "identity": "identity",
    "password": "password",
    "station_roots": "station_root",
    "pki_folder": "trusts_lab",
}
"""The field for each option of `plugfest certify` about a campaign."""

LEFT_OUT = {
    "named_product": "another word for product",
    **dict.fromkeys(("json_file", "junit_file", "csv_file", "report_folder"), "the page of the run has every format"),
    **dict.fromkeys(("key_file", "pdf_certificate", "pdf_password_file"), "reports are signed on the page of the run"),
    **dict.fromkeys(("bell", "notify", "no_qr", "frames"), "they are about the terminal"),
    **dict.fromkeys(("new_run", "resumed_run", "repeated_run"), "the bench names the folder of the run"),
    "password_file": "the field has the password",
}
"""The options without a field, and why."""


def test_the_form_has_a_field_for_each_option_about_a_campaign_or_a_reason_to_have_none() -> None:
    assert {one.name for one in certify.params} == OF_THE_FORM.keys() | LEFT_OUT.keys()
    assert not OF_THE_FORM.keys() & LEFT_OUT.keys()
    more = {"station", "operator_url"}  # what --listen and --operator URL distinguish
    assert {*OF_THE_FORM.values(), *more} == set(CampaignForm.__struct_fields__)
