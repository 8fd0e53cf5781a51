"""`plugfest certify --jobs`: several processes share the cases, and the report is that of one."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from plugfest.cli.main import plugfest
from plugfest.lab.selection import choose
from plugfest.products import load_product
from plugfest.runs.folder import RunFolder

PRODUCT = "reference-16-plain"
PROGRAM = "from plugfest.cli.main import main; main()"

VARYING = {"started_at", "duration_s", "frame", "frames", "scenario", "frame_text", "at"}
"""Keys of a report whose values differ between two runs."""


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-c", PROGRAM, "certify", *map(str, words)]


def certify(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), capture_output=True, text=True, check=False)


def refused(*words: str | Path) -> str:
    result = CliRunner().invoke(plugfest, ["certify", *map(str, words)], standalone_mode=False)
    return str(result.exception)


def document(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_bytes())
    return read


def without_varying(value: Any) -> Any:
    match value:
        case dict():
            return {key: without_varying(one) for key, one in value.items() if key not in VARYING}
        case list():
            return [without_varying(one) for one in value]
    return value


def compared(report: dict[str, Any]) -> dict[str, Any]:
    """What the reports of one and of several processes have in common."""
    kept = {key: without_varying(report[key]) for key in report if key not in ("frames", "connections", "signature")}
    del kept["run"]["jobs"]
    kept["statements"] = [one for one in kept["statements"] if "processes shared" not in one]
    return kept


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[1]) == process:
            found.append(int(folder.name))
    return found


def started(folder: Path) -> subprocess.Popen[str]:
    """A run with two processes, of which some cases have ended."""
    words = command("reference-16-ac", "--jobs", "2", "--run", folder)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    assert next(line for line in process.stdout if line.startswith("PASS"))
    return process


def rest_of(process: subprocess.Popen[str]) -> str:
    """What is printed until every process has ended."""
    assert process.stdout is not None
    printed = process.stdout.read()
    process.wait()
    return printed


def resumed(folder: Path, json_file: Path) -> dict[str, Any]:
    ended = certify("--resume", folder, "--json", json_file)
    assert ended.returncode == 0, ended.stderr
    return document(json_file)


def all_cases() -> list[tuple[str, str]]:
    return [(one.id, "PASS") for one in choose(load_product("reference-16-ac")).chosen]


def verdicts(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(case["id"], case["verdict"]) for case in report["cases"]]


def test_the_report_is_that_of_one_process_but_for_times_and_frames(tmp_path: Path) -> None:
    failing = tmp_path / "settings.toml"
    failing.write_text("function_timeout = 0.001\n", encoding="utf-8")
    options = (PRODUCT, "--settings", failing, "--shuffle", "3")
    one = certify(*options, "--json", tmp_path / "one.json")
    two = certify(*options, "--json", tmp_path / "two.json", "--jobs", "2", "--run", tmp_path / "run")
    assert one.returncode == two.returncode == 1
    alone, shared = document(tmp_path / "one.json"), document(tmp_path / "two.json")
    assert compared(alone) == compared(shared)
    assert any(case["findings"] for case in alone["cases"])
    assert (alone["run"]["jobs"], shared["run"]["jobs"]) == (1, 2)
    assert any("2 such processes shared the cases" in one for one in shared["statements"])
    assert [len(sitting.results) > 0 for sitting in RunFolder(tmp_path / "run").sittings(PRODUCT)] == [True, True]
    assert (
        CliRunner()
        .invoke(plugfest, ["report", str(tmp_path / "run"), "--to", str(tmp_path / "again")], standalone_mode=False)
        .return_value
        == 0
    )
    assert document(tmp_path / "again" / "report.json") == shared


def test_without_a_place_for_the_run_the_cases_are_shared_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plugfest").mkdir()
    (tmp_path / "plugfest" / "runs").touch()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    ended = certify(PRODUCT, "--jobs", "2", "--case", "TC_001", "--case", "TC_003", "--json", tmp_path / "r.json")
    assert ended.returncode == 0
    assert "The run is not kept" in ended.stderr
    assert len(document(tmp_path / "r.json")["cases"]) == 2
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_process_that_is_killed_is_named_and_the_run_can_be_resumed(tmp_path: Path) -> None:
    with started(tmp_path / "run") as process:
        os.kill(children(process.pid)[0], signal.SIGKILL)
        printed = rest_of(process)
    assert process.returncode == 2
    assert re.search(r"^plugfest: process [12] of 2 ended by signal 9( while it ran TC_\w+)?\.", printed, re.MULTILINE)
    assert f"Continue:       plugfest certify --resume {tmp_path / 'run'}" in printed
    assert verdicts(resumed(tmp_path / "run", tmp_path / "r.json")) == all_cases()


def test_a_run_whose_processes_are_killed_is_resumed_with_what_was_finished(tmp_path: Path) -> None:
    with started(tmp_path / "run") as process:
        process.kill()
        rest_of(process)  # until the other processes have ended too
    folder = RunFolder(tmp_path / "run")
    done = [result.id for sitting in folder.sittings("reference-16-ac") for result in sitting.results]
    assert 0 < len(done) < len(all_cases())
    assert len(set(done)) == len(done)
    report = resumed(tmp_path / "run", tmp_path / "r.json")
    assert verdicts(report) == all_cases()
    assert [sitting["cases"] for sitting in report["run"]["sittings"]] == [len(done), len(all_cases()) - len(done)]


def test_ctrl_c_ends_every_process_and_names_the_run(tmp_path: Path) -> None:
    with started(tmp_path / "run") as process:
        process.send_signal(signal.SIGINT)
        printed = rest_of(process)
    assert process.returncode == 130
    assert "Interrupted after " in printed
    assert f"Finished cases are in the run {tmp_path / 'run'}." in printed
    assert not RunFolder(tmp_path / "run").is_in_use
    assert verdicts(resumed(tmp_path / "run", tmp_path / "r.json")) == all_cases()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--listen", "ws://127.0.0.1:0", "--operator", "prompt"), "--jobs cannot be used with --listen"),
        (("--frames",), "--jobs cannot be used with --frames"),
    ],
)
def test_what_needs_one_station_is_refused(words: tuple[str, ...], problem: str) -> None:
    assert refused(PRODUCT, "--jobs", "2", *words).startswith(problem)


def test_a_port_in_the_settings_is_refused(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("port = 9000\n", encoding="utf-8")
    assert refused(PRODUCT, "--jobs", "2", "--settings", settings).startswith("--jobs needs free ports")
