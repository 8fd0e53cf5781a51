"""`plugfest cases`."""

import json
import re

import pytest
from tests.cli.test_main import run

from plugfest.lab.selection import implemented


def test_json_is_a_list_of_every_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cases", "--product", "alpitronic-hyc-200-eu", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert sum(not row["withdrawn"] for row in rows) == 407
    assert sum(row["applies"] for row in rows) == 179
    assert len(rows) == 424
    assert rows[0] == {
        "id": "TC_A_01_CS",
        "name": "Basic Authentication - Valid username/password combination",
        "profile": "Core",
        "applies": True,
        "reason": "mandatory in Core",
        "implemented": "TC_A_01_CS" in implemented("2.0.1"),
        "words": "mandatory in Core",
        "withdrawn": False,
        "changes": [],
    }


def test_a_withdrawn_case_never_applies_and_has_the_answer_for_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cases", "--product", "alpitronic-hyc-200-eu", "--json") == 0
    withdrawn = {row["id"]: row for row in json.loads(capsys.readouterr().out) if row["withdrawn"]}
    assert len(withdrawn) == 17
    assert not any(row["applies"] for row in withdrawn.values())
    prefix = "not applicable: withdrawn from the certification program; by its id: "
    assert withdrawn["TC_K_15_CS"]["reason"] == f"{prefix}Smart Charging not claimed and ISO 15118 Support not claimed"
    assert withdrawn["TC_A_13_CS"]["reason"] == (f"{prefix}not applicable: profile ISO 15118 Support is not claimed")


def test_json_has_the_editions_since_which_a_case_applies_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cases", "--product", "chargepoint-ct4000", "--json") == 0
    (row,) = (row for row in json.loads(capsys.readouterr().out) if row["id"] == "TC_E_25_CS")
    assert row["applies"]
    assert row["changes"] == [
        {
            "id": "TC_E_25_CS",
            "since": "Edition 4",
            "applies": False,
            "reason": "not applicable: AQ-18 is No",
            "before": "C-06.2 yes and C-12.2 yes and AQ-9 yes",
        }
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_a_case_that_applies_by_some_editions_only_has_a_line(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    monkeypatch.setenv("COLUMNS", "200")
    assert run("cases", "--product", "btc-power-gen4-l3a") == 0
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    start, end = "TC_A_21_CS applies since errata 2025-06: AQ-3 (Can the last ", "(before: AQ-1 (Can the last "
    assert any(start in line and end in line for line in re.sub(r"\n +", " ", printed).splitlines())


def test_the_reason_has_the_titles_of_the_features(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cases", "--product", "alpitronic-hyc-200-eu") == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("TC_B_25_CS"))
    assert line.split("\t")[-1] == "not applicable: C-13 Reset per EVSE is No"


def test_a_pipe_gets_a_line_per_case_and_the_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cases", "--product", "chargepoint-ct4000") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t")[:3] == ["TC_A_01_CS", "yes", "Core"]
    assert "TC_K_15_CS\twithdrawn\tCore" in "\n".join(lines)
    assert lines[-1].startswith("# All profiles: 156 of 407 apply")


def test_a_terminal_gets_tables(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert run("cases", "--product", "botari-evon200-40p-2cr") == 0
    printed = capsys.readouterr().out
    assert "BOTARI ENERGY Co.,Ltd. EVon200-40P-2CR, OCPP 1.6" in printed
    assert "All profiles" in printed


def test_an_unknown_product_is_one_line_with_the_nearest_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cases", "--product", "chargepoint-ct400") == 2
    printed = capsys.readouterr().err
    assert printed.startswith(
        "plugfest: chargepoint-ct400 is not a product of the catalog; did you mean chargepoint-ct4000"
    )
    assert printed.count("\n") == 1


def test_a_narrow_terminal_shows_ids_in_full(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    assert run("cases", "--product", "alpitronic-hyc-200-eu") == 0
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert all(f" {id} " in printed for id in implemented("2.0.1"))
    assert all(len(line) <= 40 for line in printed.splitlines())


def test_cases_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cases", "--product", "alpitronic-hyc-200-eu", "--block", "e", "--profile", "core", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert all((row["id"][:5], row["profile"]) == ("TC_E_", "Core") for row in rows)


def test_a_case_that_is_not_in_the_plan_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cases", "--product", "alpitronic-hyc-200-eu", "--case", "tc-e-9") == 2
    assert capsys.readouterr().err == (
        "plugfest: tc-e-9 is not in the OCPP 2.0.1 test plan; did you mean TC_E_09_CS?\n"
    )
