"""PICS files: their answers, and one line for each error."""

import re
from pathlib import Path

import pytest
from tests.products.pics_files import VALID_PICS, catalog_text, pics_file

from plugfest.products import Connector, Evse, Product, ProductError, load_product
from plugfest.products.pics import parse_pics
from plugfest.toml_files.problems import MAX_PROBLEMS


def error_of(path: str) -> str:
    with pytest.raises(ProductError) as caught:
        load_product(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(path)
    return re.sub(r"^(:\d+)?:? ", "", text.removeprefix(path))


@pytest.fixture
def product(tmp_path: Path) -> Product:
    return load_product(pics_file(tmp_path))


def test_the_file_name_is_the_slug(product: Product) -> None:
    assert product.slug == "my"


def test_a_claim_is_a_boolean_or_yes_or_no(product: Product) -> None:
    assert product.supports("C-02")
    assert not product.supports("C-49")


def test_what_is_not_claimed_is_not_supported_and_not_answered(product: Product) -> None:
    assert not product.supports("C-13")
    assert product.answers("AQ-2") is None
    assert product.answers("AQ-1") is True


def test_a_group_is_supported_when_an_option_is(product: Product) -> None:
    assert product.supports("C-09")
    assert not product.supports("C-29")


def test_measurands_are_tested_and_optionally_supported(product: Product) -> None:
    assert product.measurands("C-40.2") == ("Voltage",)
    assert product.supported_measurands("C-40.2") == ("SoC", "Voltage")
    assert product.supported_measurands("C-40.1") == ("Voltage",)


def test_numbers_and_texts_are_found_by_id(product: Product) -> None:
    assert product.limit("ORS-7") == 1
    assert product.limit("ORS-9") is None
    assert product.text("HFS-9") == "Ethernet"
    assert product.texts("C-23") == ("Heartbeat",)


def test_an_id_of_another_kind_is_a_key_error(product: Product) -> None:
    with pytest.raises(KeyError):
        product.limit("C-01")
    with pytest.raises(KeyError):
        product.supports("C-99")


def test_an_older_pics_answers_later_features_by_default_conditions(product: Product) -> None:
    assert product.supports("C-70")  # stop as start
    assert not product.supports("C-71")
    assert product.supports("C-61")  # security profile 1 was mandatory


def test_the_evse_table_is_read(product: Product) -> None:
    assert product.evses == (Evse(1, "AC", 3, (Connector(1, "cType2", "Fixed Cable"),)),)


def test_a_claimed_function_claims_its_profile(tmp_path: Path) -> None:
    product = load_product(pics_file(tmp_path, ('"C-01" = true', '"C-01" = true\n"LA-0" = true')))
    assert product.profiles == {"Core", "Local Authorization List Management"}


def test_each_connector_of_ocpp_16_is_an_evse() -> None:
    evses = load_product("botari-evon200-40p-2cr").evses
    assert [(evse.id, [connector.id for connector in evse.connectors]) for evse in evses] == [(1, [1]), (2, [1])]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("[product]", "[product", "is not valid TOML: Expected ']' at"),
        ('vendor = "Acme"\n', "", "product.vendor: is missing; add it"),
        ('vendor = "Acme"', 'vendor = ""', "product.vendor: is missing; add it"),
        ('"1.0"', f'"{"1" * 51}"', "product.firmware_version: has 51 characters; write at most 50"),
        ('vendor = "Acme"', 'vender = "Acme"', "product.vender: is not a key of this table"),
        ('"1.0"', "1.0", "product.firmware_version: is a number; write a string"),
        ('"2.0.1"', '"2.1"', "product.ocpp_version: is \"2.1\"; write \"1.6\" or \"2.0.1\""),
        ('["Core"]', '["Core", "Smart Chargin"]', "product.profiles: 'Smart Chargin' is unknown; write Smart Charging"),
        ("id = 1\ncurrent", 'id = 1\nerrata = "x"\ncurrent', "evse[0].errata: is not a key of this table"),
        ('["Core"]', '["Core"]\nerrata = "April"', """product.errata: is 'April'; write year and month: "2026-02\""""),
        ('["Core"]', '["Core"]\nerrata = "2025-03"', "product.errata: is '2025-03', which is unknown; write"),
        ('["Core"]', '["Core"]\nsubtype = "Wireless"', "product.subtype: 'Wireless' is unknown; write Wireless"),
        ('"C-01" = true', '"C-1" = true', 'features."C-1": is not an id of this OCPP version; write C-01'),
        ('"C-30" = true', '"C-30" = true\n"AQ-2" = true', 'features."AQ-2": is in the wrong table; move it to'),
        ('"C-01" = true', '"C-01" = "maybe"', 'features."C-01": is "maybe"; write true or false'),
        ('"C-01" = true', '"C-01" = 1', 'features."C-01": is 1; write true or false'),
        ('["Heartbeat"]', '"Heartbeat"', 'features."C-23": is "Heartbeat"; write a list of names'),
        ('["Heartbeat"]', '["Hartbeat"]', 'features."C-23": is "Hartbeat"; write Heartbeat'),
        ('"Ethernet"', '""', 'hardware."HFS-9": is ""; write it, or remove the key'),
        ('"Ethernet"', "7", 'hardware."HFS-9": is 7; write a string'),
        ('"ORS-7" = 1', '"ORS-7" = "one"', 'settings."ORS-7": is "one"; write a number of at least 0'),
        ('"ORS-7" = 1', '"ORS-7" = -1', 'settings."ORS-7": is -1; write a number of at least 0'),
        ('"C-40.1" = ["Voltage"]', '"C-40.1" = ["Volts"]', 'measurands."C-40.1": is "Volts"; write Voltage'),
        ('"C-40.1" = ["Voltage"]', '"C-40.1" = "Voltage"', 'measurands."C-40.1": is a string; write a table or a list'),
        ('type = "cType2"', 'type = "Type2"', "evse[0].connectors[0].type: 'Type2' is unknown; write "),
        ("[settings]", "[performance.limit]\nresponse = -1\n[settings]", "performance.limit.response: is -1"),
        ("[settings]", "[performance.limit]\nrespond = 1\n[settings]", "performance.limit: 'respond' is unknown"),
        ('"ORS-8" = 6', '"ORS-8" = 6\n[performance.measured]\nresponse = { minimum = 3, maximum = 2, average = 2 }',
         "performance.measured.response: the average 2 is not between 3 and 2; write minimum, average and maximum"),
        ('["Heartbeat"]', "[1]", 'features."C-23"[0]: is a whole number; write a string'),
    ],
)  # fmt: skip
def test_an_error_in_a_file_is_one_line(tmp_path: Path, old: str, new: str, text: str) -> None:
    assert error_of(pics_file(tmp_path, (old, new))).startswith(text)


def test_all_errors_are_reported_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    path = pics_file(tmp_path, ('"AQ-1" = true', '"AQ-1" = 7'), ('"C-01" = true', '"C-1" = true'), ('"cType2"', '"x"'))
    with pytest.raises(ProductError) as caught:
        load_product(path)
    lines = VALID_PICS.splitlines()
    expected = [("connectors = [{ id = 1, type", "evse[0]"), ('"C-01" = true', "features"), ('"AQ-1"', "questions")]
    found = [re.fullmatch(rf"{re.escape(path)}:(\d+): (.*)", line) for line in str(caught.value).splitlines()]
    assert [one and (lines[int(one[1]) - 1][:6], one[2].split(".")[0]) for one in found] == [
        (text[:6], table) for text, table in expected
    ]


def test_contradictions_are_reported_at_once_with_their_lines(tmp_path: Path) -> None:
    path = pics_file(tmp_path, ("phases = 3", "phases = 6"), ('"ORS-7" = 1', '"ORS-7" = 7'))
    with pytest.raises(ProductError) as caught:
        load_product(path)
    numbered = dict(enumerate(Path(path).read_text().splitlines(), 1))
    places = [line.removeprefix(f"{path}:").split(": ")[:2] for line in str(caught.value).splitlines()]
    assert [(numbered[int(line)], key) for line, key in places] == [
        ("[[evse]]", "[[evse]] 1"),
        ('"ORS-7" = 7', 'settings."ORS-7"'),
    ]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("report_base = []", "unsupported: 'report_base' is unknown; write monitoring_base"),
        ('monitoring_base = ["Factory"]', "unsupported.monitoring_base: 'Factory' is unknown; write FactoryDefault"),
        ('monitoring_base = "All"', "unsupported.monitoring_base: is a string; write a list"),
    ],
)
def test_an_error_in_the_table_of_unsupported_values_is_one_line(tmp_path: Path, line: str, text: str) -> None:
    assert error_of(pics_file(tmp_path, ("[questions]", f"[unsupported]\n{line}\n[questions]"))) == text


def test_ocpp_16_has_no_table_of_unsupported_values(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(f'{catalog_text("reference-16-ac")}\n[unsupported]\nmonitoring_base = ["All"]\n')
    assert error_of(str(path)) == "unsupported: is not a table of OCPP 1.6; remove it"


def test_a_value_that_is_not_listed_is_supported(tmp_path: Path) -> None:
    listed = load_product(pics_file(tmp_path, ("[questions]", '[unsupported]\nmonitoring_base = ["All"]\n[questions]')))
    assert not listed.supports_values("monitoring_base", ["FactoryDefault", "All"])
    assert listed.supports_values("monitoring_base", ["FactoryDefault"])
    assert listed.supports_values("monitoring_criteria", ["DeltaMonitoring"])


def test_a_product_with_a_part_of_the_monitoring_has_monitoring_without_the_profile(
    tmp_path: Path, product: Product
) -> None:
    values = ("[questions]", '[unsupported]\nmonitoring_base = ["All"]\n[questions]')
    assert load_product(pics_file(tmp_path, values)).has_monitoring
    assert not product.has_monitoring


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    assert error_of(str(tmp_path / "none.toml")) == "cannot be read: No such file or directory; give a readable file"


def test_a_file_in_another_encoding_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_bytes('vendor = "Häuser"'.encode("latin-1"))
    assert error_of(str(path)) == "is not UTF-8; save it as UTF-8"


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 5000, ".".join("a" * 90_000) + " = 1"]
)
def test_a_file_that_exceeds_the_limits_of_the_parser_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "huge.toml"
    path.write_text(text)
    assert error_of(str(path)) == "exceeds the limits of the TOML parser; give another file"


def test_of_very_many_problems_the_first_ones_are_reported() -> None:
    text = "".join(f"[unknown-{number}]\n" for number in range(20_000))
    with pytest.raises(ProductError) as caught:
        parse_pics("huge.toml", text.encode())
    assert len(caught.value.problems) == MAX_PROBLEMS


def test_a_byte_order_mark_is_accepted(tmp_path: Path, product: Product) -> None:
    path = tmp_path / "bom.toml"
    path.write_text(VALID_PICS, encoding="utf-8-sig")
    assert load_product(str(path)).model == product.model


def test_an_unknown_name_gets_similar_names() -> None:
    with pytest.raises(ProductError, match="did you mean alpitronic-hyc-200-eu"):
        load_product("alpitronic-hyc-20-eu")


def test_a_part_of_a_name_gets_the_names_that_contain_it() -> None:
    with pytest.raises(ProductError, match="did you mean chargepoint-ct4000, chargepoint-express-plus-power-link"):
        load_product("chargepoint")


def test_an_invalid_table_hides_no_other_error(tmp_path: Path) -> None:
    path = pics_file(
        tmp_path,
        ('vendor = "Acme"\n', ""),
        ('model = "Wallbox"', "model = 7"),
        ('current = "AC"', 'current = "XX"'),
        ('"C-01" = true', '"C-01" = "perhaps"'),
        ('"C-30" = true', '"C-3O" = true'),
        ('["Core"]', '["Core", "Smart Charging?"]'),
        ('"ORS-7" = 1', '"ORS-7" = -1'),
    )
    with pytest.raises(ProductError) as caught:
        load_product(path)
    keys = [line.split(": ")[1] for line in str(caught.value).splitlines()]
    expected = ["product.vendor", "product.model", "product.profiles", "evse[0].current", 'features."C-01"']
    assert keys == [*expected, 'features."C-3O"', 'settings."ORS-7"']


def test_contradictions_are_found_before_the_product_has_a_name(tmp_path: Path) -> None:
    path = pics_file(tmp_path, ('vendor = "Acme"\n', ""), ('"C-38" = true\n', ""))
    with pytest.raises(ProductError) as caught:
        load_product(path)
    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == ["product.vendor", "features"]
