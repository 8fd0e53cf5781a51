"""`plugfest products`."""

import json

import pytest
from tests.cli.test_main import run

from plugfest.products import product_names


def test_json_is_a_list_of_the_products(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("products", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert tuple(rows) == product_names()
    assert rows["alpitronic-hyc-200-eu"] == {
        "name": "alpitronic-hyc-200-eu",
        "vendor": "Alpitronic",
        "model": "Hypercharger HYC 200 EU",
        "ocpp_version": "2.0.1",
        "edition": 3,
        "profiles": ["Core", "Advanced Security"],
        "cases": 179,
    }


@pytest.mark.parametrize("terminal", [True, False])
def test_each_product_has_a_row(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    monkeypatch.setenv("COLUMNS", "200")
    assert run("products") == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in product_names())
    (line,) = (line for line in printed.splitlines() if "botari-evon200-40p-2cr" in line)
    assert all(word in line for word in ("1.6", "83", "BOTARI ENERGY Co.,Ltd. EVon200-40P-2CR"))
