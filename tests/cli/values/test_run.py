"""What a run keeps of the command line."""

import json
from pathlib import Path

import pytest
from tests.cli.test_main import run

from plugfest.cli.values.run import RunOptions
from plugfest.runs.folder import RunFolder

PASSWORD = "a-password-of-mine"
STATION = ("--listen", "ws://127.0.0.1:0", "--operator", "station=http://127.0.0.1:9", "--case", "TC_B_06")


@pytest.mark.parametrize("option", ["--password", "--password-file"])
def test_a_password_is_in_no_file_that_describes_the_run_and_is_found_again(option: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (tmp_path / "password").write_text(PASSWORD)
    value = PASSWORD if option == "--password" else str(tmp_path / "password")
    assert run("certify", "--product", "reference-ac", *STATION, option, value, "--run", str(folder)) == 2
    options = json.loads((folder / "run.json").read_text())["options"]
    assert options["product"] == "reference-ac"
    assert PASSWORD not in (folder / "run.json").read_text()
    before = RunOptions(resumed_run=folder).settings_before()
    assert before is not None
    assert before.password == PASSWORD


def test_a_run_without_a_sitting_has_no_settings(tmp_path: Path) -> None:
    assert RunFolder(tmp_path).last_settings("reference-ac") is None
    assert RunOptions().settings_before() is None
