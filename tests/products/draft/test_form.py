"""Answers from the rows of an official form."""

import pytest

from plugfest.products import Connector, Evse
from plugfest.products.draft.form import form_version, read_form
from plugfest.products.product import Measurands

ROWS = [
    ["Vendor name:", "Acme"],
    ["Product Designation", "Wallbox"],
    ["Firmware Version", "1.0"],
    ["Advanced Security", "Pass", "Support for TLS"],
    ["Smart Charging", "Not Tested", "Support for profiles"],
    ["ID", "Feature", "Supported / Present"],
    ["C-13", "Support for  Reset per EVSE", "No"],
    ["C-49", "Authorization Cache", " yes "],
    ["C-06", "Authorization status after cable disconnected on EV side", ""],
    ["C-23", "Supported time sources", "heartbeat, NTP"],
    ["C-54", "Supported policies for replacing cached entries", "No"],
    ["ORS-1", "ItemsPerMessageGetReport", "100.0"],
    ["C-40.1", "SampledTxStarted Measurands", "Voltage SoC", "Voltage SoC Frequency"],
    ["HFS-9", "Communication technology", "Ethernet / WiFi"],
    ["EVSE", "Current", "Phases", "Connector", "Type", "Cable Type"],
    ["1", "AC", "3", "1", "cType2", "Fixed Cable"],
    ["", "", "", "2", "sType2", "Detachable"],
    [],
    ["OCPP response time", "10", "seconds"],
    ["OCPP response time", "0.1", "0.5", "0.2"],
]


def test_each_row_with_an_id_is_an_answer_with_its_row() -> None:
    draft, problems = read_form(ROWS, "2.0.1", "form.csv")
    assert problems == []
    values = {id: known.value for id, known in draft.answers.items() if known.source != "as described below"}
    assert values == {
        "C-13": False,
        "C-49": True,
        "C-23": ("Heartbeat", "NTP"),
        "C-54": (),
        "ORS-1": 100,
        "C-40.1": Measurands(("Voltage", "SoC"), ("Voltage", "SoC", "Frequency")),
        "HFS-9": "Ethernet / WiFi",
    }
    assert draft.answers["C-13"].source == "row 7 of form.csv"


def test_product_profiles_limits_and_evses_are_read() -> None:
    draft = read_form(ROWS, "2.0.1", "form.csv").draft
    assert {key: known.value for key, known in draft.identity.items()} == {
        "vendor": "Acme",
        "model": "Wallbox",
        "firmware_version": "1.0",
    }
    assert {name: known.value for name, known in draft.profiles.items()} == {
        "Advanced Security": True,
        "Smart Charging": False,
    }
    assert {key: known.value for key, known in draft.limits.items()} == {"response": 10}
    connectors = (Connector(1, "cType2", "Fixed Cable"), Connector(2, "sType2", "Detachable"))
    assert draft.evses == (Evse(1, "AC", 3, connectors),)
    assert draft.answers["HFS-1"].value is True


def test_a_connector_of_ocpp_16_is_an_evse() -> None:
    rows = [["Connector", "Current", "Phases", "Type", "Cable Type"], ["1", "DC", "", "cCCS1", "Fixed Cable"]]
    (evse,) = read_form(rows, "1.6", "form.csv").draft.evses
    assert evse == Evse(1, "DC", 0, (Connector(1, "cCCS1", "Fixed Cable"),))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["C-13", "Reset", "perhaps"], 'row 1 of f: C-13 is "perhaps"; write Yes or No'),
        (["ORS-1", "Items", "many"], 'row 1 of f: ORS-1 is "many"; write a number'),
        (["C-23", "Sources", "Sundial"], 'row 1 of f: C-23 is "Sundial"; write '),
        (["C-40.1", "Measurands", "Volt"], 'row 1 of f: C-40.1 is "Volt"; write Voltage'),
    ],
)
def test_an_answer_that_cannot_be_used_is_left_open_and_named(row: list[str], problem: str) -> None:
    draft, problems = read_form([row], "2.0.1", "f")
    assert draft.answers == {}
    assert [line.startswith(problem) for line in problems] == [True], problems


@pytest.mark.parametrize(
    ("row", "version"),
    [
        (["C-04", "Authorization Cache"], "1.6"),
        (["C-49", "Authorization  cache"], "2.0.1"),
        (["C-49", "something else"], "2.0.1"),
        (["x"], None),
    ],
)
def test_the_titles_of_the_features_show_the_version(row: list[str], version: str | None) -> None:
    assert form_version([row]) == version


@pytest.mark.parametrize(
    ("ids", "version"), [(("C-38", "C-41", "AS-3"), "2.0.1"), (("C-01",), None), (("X-1",), None), ((), None)]
)
def test_a_form_with_other_titles_has_the_version_of_its_ids(ids: tuple[str, ...], version: str | None) -> None:
    assert form_version([[id, "A title of our own", "Yes"] for id in ids]) == version


def test_an_answer_with_an_unknown_id_is_a_problem_of_its_row() -> None:
    rows = [["C-99", "A feature", "Yes"], ["C-98", "Not answered", ""]]
    assert read_form(rows, "2.0.1", "form.csv").problems == [
        "row 1 of form.csv: C-99 is not an id of this OCPP version"
    ]
