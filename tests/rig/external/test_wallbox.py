"""The lab judges the wallbox, a station that is not ours, as it was judged by hand: docs/foreign_station.csv."""

from pathlib import Path

import pytest
from tests.rig.external.campaign import CLAIMS, product_of, run
from tests.rig.external.wallbox import firmware
from tests.rig.external.wallbox.device import MODELS as BUILT
from tests.rig.external.wallbox.electronics import Electronics
from tools.foreign_station import MODELS, differences, judgements, page

from plugfest.lab.selection import choose

SAMPLE = {
    "authorized": (
        *(
            "TC_A_07",
            "TC_A_09",
            "TC_A_19",
            "TC_B_02",
            "TC_B_12",
            "TC_B_13",
            "TC_B_49",
            "TC_B_53",
            "TC_C_16",
            "TC_C_34",
            "TC_E_05",
        ),
        *("TC_E_16", "TC_E_25", "TC_E_42", "TC_F_14", "TC_G_17", "TC_J_10", "TC_L_10", "TC_M_20", "TC_N_36"),
    ),
    "power-path": ("TC_C_17", "TC_E_01", "TC_E_37", "TC_E_39", "TC_F_02", "TC_L_15"),
    "ev-connected": ("TC_B_21", "TC_B_22", "TC_C_02", "TC_E_09", "TC_E_14", "TC_E_43", "TC_F_01", "TC_F_08"),
}


def test_the_table_has_every_case_of_every_model_once() -> None:
    assert set(MODELS) == set(BUILT) == set(CLAIMS)
    for model in MODELS:
        expected = [one.id.removesuffix("_CS") for one in choose(product_of(model)).chosen]
        assert [row.case for row in judgements() if row.model == model] == expected


def test_every_verdict_was_judged_right_and_has_a_reason() -> None:
    assert [row for row in judgements() if row.judged != "right" or not row.why] == []


def test_the_page_has_every_judgement() -> None:
    text = page()
    assert all(f"| {row.case} | {row.verdict} | {row.judged} | {row.why} |" in text for row in judgements())


@pytest.mark.parametrize("model", MODELS)
def test_the_lab_judges_the_station_as_it_was_judged_by_hand(model: str, tmp_path: Path) -> None:
    results = run(model, SAMPLE[model], tmp_path).results
    assert len(results) == len(SAMPLE[model])
    assert list(differences(model, [(one.id.removesuffix("_CS"), one.verdict) for one in results])) == []


def test_energy_that_flows_although_it_is_reported_as_suspended_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TC_C_17, post scenario: energy stops when the token is invalid."""
    monkeypatch.setattr(Electronics, "power", property(lambda self: 11040.0 if self.connected else 0.0))
    (result,) = run("authorized", ["TC_C_17"], tmp_path).results
    assert result.verdict == "FAIL"
    assert [one.requirement for one in result.findings if one.fails] == ["E05.FR.02, ChargingStateEnumType"]


def test_a_station_whose_messages_are_all_invalid_learns_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firmware, "timestamp", lambda now: f"{now:%Y-%m-%dT%H:%M:%S}")  # without a time zone
    begun = run("authorized", ["TC_B_06"], tmp_path)
    assert any("StatusNotificationRequest" in one.expected and "$.timestamp" in one.actual for one in begun.findings)
    assert "the inventory is incomplete: 0 parts" in begun.findings[0].actual
    assert [one.verdict for one in begun.results] == ["PASS"]  # it needs only answers, which have no time
