"""The settings of the lab in a TOML file."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugfest.campaigns import toml_files
from plugfest.campaigns.toml_files import InvalidToml, load_approval, vendor_timeouts
from plugfest.lab.settings import LabSettings, Token
from plugfest.products import load_product
from plugfest.reports.files import NotReadable


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lab.toml"
    path.write_text(text)
    return path


def load_settings(path: Path | None, product: str = "reference-ac", **given: object) -> LabSettings:
    return toml_files.load_settings(path, load_product(product), given=given)


def test_without_a_file_the_settings_are_the_defaults() -> None:
    assert load_settings(None) == LabSettings()


def test_a_file_overrides_some_settings(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, "boot_timeout = 60\nidentity = 'CS7'"))
    assert (settings.boot_timeout, settings.identity) == (60.0, "CS7")
    assert settings.function_timeout == LabSettings().function_timeout


def test_a_file_takes_precedence_over_defaults(tmp_path: Path) -> None:
    path = written(tmp_path, "operator_timeout = 5")
    defaults = {"operator_timeout": 900.0}
    assert toml_files.load_settings(path, load_product("reference-ac"), defaults=defaults).operator_timeout == 5
    assert toml_files.load_settings(None, load_product("reference-ac"), defaults=defaults).operator_timeout == 900


def test_the_limits_of_the_vendor_are_timeouts() -> None:
    product = load_product("btc-power-gen4-l3a")
    settings = toml_files.load_settings(None, product, defaults=vendor_timeouts(product))
    assert (settings.response_timeout, settings.function_timeout) == (15, 180)


def test_without_vendor_limits_the_default_timeouts_apply() -> None:
    assert vendor_timeouts(load_product("reference-ac")) == {}


def test_tokens_of_the_operator_are_settings(tmp_path: Path) -> None:
    text = '[tokens]\nvalid = { id_token = "04A1B2C3", type = "ISO14443", group = "FLEET-A" }'
    settings = load_settings(written(tmp_path, text))
    assert settings.tokens.valid == Token("04A1B2C3", "ISO14443", group="FLEET-A")
    assert settings.tokens.second == LabSettings().tokens.second


def test_firmware_and_certificates_are_files_relative_to_the_settings(tmp_path: Path) -> None:
    (tmp_path / "good.bin").write_bytes(b"good")
    (tmp_path / "bad.bin").write_bytes(b"bad")
    (tmp_path / "ca.pem").write_text("CA")
    text = 'station_roots = ["ca.pem"]\n[firmware]\nimage = "good.bin"\nunusable = "bad.bin"\nversion = "2.0"'
    settings = load_settings(written(tmp_path, text))
    assert settings.station_roots == ("CA",)
    assert settings.firmware is not None
    assert (settings.firmware.image, settings.firmware.unusable, settings.firmware.version) == (b"good", b"bad", "2.0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("boot_timout = 60", r"lab.toml:1: boot_timout: is not a key of this table; write boot_timeout"),
        ("boot_timeout = 'soon'", "lab.toml:1: boot_timeout: is a string; write a number greater than 0"),
        ("\nboot_timeout = -1", "lab.toml:2: boot_timeout: is -1; write a number greater than 0"),
        ("port = 65536", "lab.toml:1: port: is 65536; write a whole number from 0 to 65535"),
        ("security_profile = 4", "lab.toml:1: security_profile: is 4; write a whole number from 0 to 3"),
        (
            "[tokens]\nvalid = { id_token = '1', group = 'FLEET-A' }",
            "lab.toml:2: tokens.valid.type: is missing; add it",
        ),
        (
            "[tokens]\nvaild = { id_token = '1', type = 'Central' }",
            "tokens.vaild: is not a key of this table; write valid",
        ),
        (
            "[firmware]\nimage = 'none.bin'\nunusable = 'lab.toml'\nversion = '2'",
            "lab.toml:2: firmware.image: cannot read .*none.bin: No such file or directory; name another file",
        ),
        ("station_roots = ['none.pem']", r"lab.toml:1: station_roots\[0\]: cannot read .*none.pem: No such file"),
        ("[firmware]\nimage = 7\nunusable = 'lab.toml'", "firmware.image: is a whole number; write the name of a file"),
        ("[tokens.second]\nid_token = ''\ntype = 'ISO14443'", "lab.toml:2: tokens.second.id_token: is empty"),
        ("listen_host = ''", "lab.toml:1: listen_host: is empty"),
        ("station_roots = [7]", r"lab.toml:1: station_roots\[0\]: is a whole number; write a string"),
        ("boot_timeout", "lab.toml is not valid TOML"),
        ("identity = 'EVSE:1'", 'lab.toml:1: identity: is "EVSE:1"; write a name without a colon'),
        ("evse_id = 9", "lab.toml:1: evse_id: is 9; write an EVSE of the PICS: 1, 2"),
    ],
)
def test_an_invalid_setting_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises((InvalidToml, NotReadable), match=message) as refused:
        load_settings(written(tmp_path, text))
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_one_line() -> None:
    with pytest.raises(NotReadable, match=r"cannot read nowhere\.toml: No such file"):
        load_settings(Path("nowhere.toml"))


def test_all_errors_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    text = (
        "port = -1\nidentity = ''\nevse_id = 9\n"
        "[tokens]\nvalid = { id_token = '1', type = 'RFID', group = 'FLEET-A' }\n"
        "[firmware]\nimage = 'none.bin'\nunusable = 'lab.toml'\nversion = '2'"
    )
    with pytest.raises(InvalidToml) as refused:
        load_settings(written(tmp_path, text))
    path = tmp_path / "lab.toml"
    lines = [line.removeprefix(f"{path}:").split(": ")[:2] for line in str(refused.value).splitlines()]
    assert lines == [
        *(["1", "port"], ["2", "identity"], ["3", "evse_id"], ["5", "tokens.valid.type"]),
        ["7", "firmware.image"],
    ]


LONG = "1" * 37
WRONG_SETTINGS = (
    "boot_timeout = 'soon'",
    "evse_id = 9",
    "identity = 'a:b'",
    "port = 70000",
    "aligned_interval = 7",
    "nonsense = 1",
    "exi_response = '!'",
    "ocpp_interface = 'Token ring'",
    "customer_identifier = ''",
)
WRONG_TOKENS = (
    "second = { id_token = 5, type = 'ISO14443' }",
    "invalid = { id_token = 'A', type = 'RFID', status = 'Invalid' }",
    "blocked = { id_token = 'B', type = 'ISO14443', status = 'Accepted' }",
    f"expired = {{ id_token = '{LONG}', type = 'ISO14443', status = 'Expired' }}",
    "unknown = { type = 'ISO14443', status = 'Unknown' }",
    "master_pass = 7",
    "centrel = { id_token = 'C', type = 'Central' }",
)


@settings(max_examples=40)
@given(st.permutations(WRONG_SETTINGS), st.permutations(WRONG_TOKENS), st.data())
def test_each_error_of_a_file_has_its_message_and_its_line(
    in_file: list[str], in_tokens: list[str], data: st.DataObject
) -> None:
    in_file = in_file[: data.draw(st.integers(0, len(in_file)))]
    in_tokens = in_tokens[: data.draw(st.integers(0 if in_file else 1, len(in_tokens)))]
    lines = [*in_file, "[tokens]", *in_tokens]
    with TemporaryDirectory() as folder, pytest.raises(InvalidToml) as refused:
        load_settings(written(Path(folder), "\n".join(lines)))
    found = [line.split(":")[1] for line in str(refused.value).splitlines()]
    assert found == [str(number) for number, line in enumerate(lines, 1) if line != "[tokens]"]


def test_two_errors_of_one_token_are_both_named(tmp_path: Path) -> None:
    text = f"[tokens]\nvalid = {{ id_token = '{LONG}', type = 1, group = 'FLEET-A', status = 'Nonsense' }}"
    with pytest.raises(InvalidToml) as refused:
        load_settings(written(tmp_path, text))
    keys = {line.split(": ")[1] for line in str(refused.value).splitlines()}
    assert keys == {"tokens.valid.id_token", "tokens.valid.type", "tokens.valid.status"}


def test_an_option_with_a_wrong_value_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidToml, match=r"^the password has 5 bytes; write 16 to 64 \(A00.FR.205\)$"):
        load_settings(written(tmp_path, "identity = 'CS7'"), password="short")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[vendor]\nnome = 'A'", "approval.toml:2: vendor.nome: is not a key of this table; write name"),
        ('[vendor]\nname = " "', "approval.toml:2: vendor.name: is empty; write it, or remove the key"),
        ("[vendor]\nname = 7", "approval.toml:2: vendor.name: is a whole number; write a string"),
        ("vendor = 'A'", "approval.toml:1: vendor: is a string; write a table"),
        ("[vendor", "approval.toml is not valid TOML"),
    ],
)
def test_an_invalid_approval_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "approval.toml"
    path.write_text(text)
    with pytest.raises(InvalidToml, match=message) as refused:
        load_approval(path)
    assert "\n" not in str(refused.value)
