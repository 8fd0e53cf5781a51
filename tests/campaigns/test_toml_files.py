"""The settings of the lab in a TOML file."""

from pathlib import Path

import pytest

from plugfest.campaigns.toml_files import InvalidToml, load_settings, vendor_timeouts
from plugfest.lab.settings import LabSettings, Token
from plugfest.products import load_product
from plugfest.reports.files import NotReadable


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lab.toml"
    path.write_text(text)
    return path


def test_without_a_file_the_settings_are_the_defaults() -> None:
    assert load_settings(None) == LabSettings()


def test_a_file_overrides_some_settings(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, "boot_timeout = 60\nidentity = 'CS7'"))
    assert (settings.boot_timeout, settings.identity) == (60.0, "CS7")
    assert settings.function_timeout == LabSettings().function_timeout


def test_a_file_takes_precedence_over_defaults(tmp_path: Path) -> None:
    path = written(tmp_path, "operator_timeout = 5")
    assert load_settings(path, operator_timeout=900.0).operator_timeout == 5
    assert load_settings(None, operator_timeout=900.0).operator_timeout == 900


def test_the_limits_of_the_vendor_are_timeouts() -> None:
    settings = load_settings(None, **vendor_timeouts(load_product("btc-power-gen4-l3a")))
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
    ("text", "complaint"),
    [
        ("boot_timout = 60", "unknown field `boot_timout`"),
        ("boot_timeout = 'soon'", r"Expected `float`, got `str` - at `\$.boot_timeout`"),
        ("[tokens]\nvalid = { id_token = '1' }", r"missing required field `type` - at `\$.tokens.valid`"),
        ("[tokens]\nvaild = { id_token = '1', type = 'Central' }", "unknown field `vaild`"),
        ("[firmware]\nimage = 'none.bin'\nunusable = 'none.bin'", "cannot read .*none.bin: No such file"),
        ("[firmware]\nimage = 7\nunusable = 7", r"at `\$.firmware.image`"),
        ("boot_timeout", "lab.toml is not TOML"),
    ],
)
def test_an_invalid_setting_is_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises((InvalidToml, NotReadable), match=complaint) as refused:
        load_settings(written(tmp_path, text))
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_one_line() -> None:
    with pytest.raises(NotReadable, match=r"cannot read nowhere\.toml: No such file"):
        load_settings(Path("nowhere.toml"))
