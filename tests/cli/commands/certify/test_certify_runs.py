"""The folder of a run: `plugfest certify --run`, `--resume` and `--failed`, and `plugfest report` of a run."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from tests.cli.fake_rig import PRODUCT, FakeRig, fails, request, run

from plugfest.cli.campaign import CampaignRequest
from plugfest.cli.main import plugfest
from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignImpossible, CampaignOutcome
from plugfest.lab.operator.left import LeftAtStation
from plugfest.lab.recording.record import Frame
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Finding
from plugfest.products import Product, load_product
from plugfest.rig.virtual import run_campaign
from plugfest.runs.folder import RunDescription, RunFolder, default_folder

CASES = ("TC_001_CS", "TC_003_CS", "TC_004_1_CS")
BEGIN = ("certify", "reference-16-ac", *(word for id in CASES for word in ("--case", id)))


def call(*words: str | Path) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(plugfest, [str(word) for word in words], standalone_mode=False)


def report(run_folder: Path, to: Path) -> dict[str, Any]:
    assert call("report", run_folder, "--to", to).return_value == 0
    document: dict[str, Any] = json.loads((to / "report.json").read_bytes())
    return document


def killed_after_a_case(folder: Path) -> None:
    """A run of every case that SIGKILL has ended when the first case was printed."""
    program = "from plugfest.cli.main import main; main()"
    words = [sys.executable, "-c", program, "certify", "reference-16-ac", "--run", str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert next(line for line in process.stdout if line.startswith("PASS"))
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def with_run(asked: CampaignRequest, folder: Path, *, repeats: bool = False) -> CampaignRequest:
    """The request with a run in a folder, which is created if it does not exist."""
    run_folder = RunFolder(folder)
    if not folder.exists():
        started_at = datetime(2030, 1, 1, tzinfo=UTC)
        description = RunDescription(software="Plugfest", started_at=started_at, products=(PRODUCT,), options={})
        run_folder = RunFolder.create(folder, description)
    return msgspec.structs.replace(asked, run=run_folder, repeats=repeats)


def test_a_killed_run_is_resumed_with_the_verdicts_of_an_unbroken_one(tmp_path: Path) -> None:
    killed_after_a_case(tmp_path / "run")
    resumed = call("certify", "--resume", tmp_path / "run", "--json", tmp_path / "r.json")
    assert resumed.return_value == 0
    document = json.loads((tmp_path / "r.json").read_bytes())
    chosen = [one.id for one in choose(load_product("reference-16-ac")).chosen]
    assert [(case["id"], case["verdict"]) for case in document["cases"]] == [(id, "PASS") for id in chosen]
    assert [case["sitting"] for case in document["cases"]] == sorted(case["sitting"] for case in document["cases"])
    assert sum(sitting["cases"] for sitting in document["run"]["sittings"]) == len(chosen)
    assert len(document["run"]["sittings"]) == 2
    assert f"{chosen[0]} " not in resumed.output
    assert any("2 sittings" in statement for statement in document["statements"])


def test_a_run_that_is_not_finished_has_a_report(tmp_path: Path) -> None:
    killed_after_a_case(tmp_path / "run")
    document = report(tmp_path / "run", tmp_path / "r")
    done = [case["id"] for case in document["cases"]]
    chosen = [one.id for one in choose(load_product("reference-16-ac")).chosen]
    assert done == chosen[: len(done)]
    assert document["run"]["unfinished"] == len(chosen) - len(done) > 0
    assert document["run"]["narrowed"]
    assert any("not finished" in statement for statement in document["statements"])


def test_the_report_of_a_run_is_that_of_its_campaign(tmp_path: Path) -> None:
    assert call(*BEGIN, "--run", tmp_path / "run", "--report", tmp_path / "a").return_value == 0
    document = report(tmp_path / "run", tmp_path / "b")
    assert document == json.loads((tmp_path / "a" / "report.json").read_bytes())


def test_a_run_is_kept_in_the_data_folder_of_the_user(private_data_folder: Path) -> None:
    before = set(default_folder(os.environ).glob("*"))
    assert call(*BEGIN[:4]).return_value == 0
    (created,) = set(default_folder(os.environ).glob("*")) - before
    assert created.is_relative_to(private_data_folder)
    assert created.name.endswith("-reference-16-ac")
    assert created.stat().st_mode & 0o777 == 0o700


def test_without_a_place_for_the_run_the_campaign_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    ended = call(*BEGIN[:4])
    assert ended.return_value == 0
    assert "The run is not kept" in ended.stderr
    assert "--run" in ended.stderr


def test_ctrl_c_names_the_run_and_how_to_go_on(tmp_path: Path) -> None:
    rig = FakeRig()
    rig.after_case = lambda: signal.raise_signal(signal.SIGINT)
    code, printed = run(with_run(request("TC_E_09", "TC_E_10"), tmp_path / "run"), rig)
    assert code == 130
    assert f"Interrupted after 1 of 2 cases (1 PASS). Finished cases are in the run {tmp_path / 'run'}." in printed
    assert f"plugfest certify --resume {tmp_path / 'run'}" in printed


def test_a_run_that_is_deleted_in_the_campaign_is_named_and_the_report_has_everything(tmp_path: Path) -> None:
    def delete_after_a_case(event: events.Event) -> None:
        if isinstance(event, events.CaseFinished):
            shutil.rmtree(tmp_path / "run", ignore_errors=True)

    async def rig(
        product: Product,
        chosen: Sequence[CampaignCase],
        *,
        settings: LabSettings,
        listeners: Sequence[events.Listener],
        archive: Sequence[Frame],
    ) -> CampaignOutcome:
        followed = [*listeners, delete_after_a_case]
        return await run_campaign(product, chosen, settings=settings, listeners=followed, archive=archive)

    cases = ("TC_E_01", "TC_E_09", "TC_E_10", "TC_E_03")
    asked = with_run(request(*cases, json_file=str(tmp_path / "x.json")), tmp_path / "run")
    code, printed = run(asked, rig)
    assert code == 0
    assert f"The run is not complete on the disk: {tmp_path / 'run'}" in printed
    assert "it was deleted" in printed
    report = json.loads((tmp_path / "x.json").read_bytes())
    assert [one["verdict"] for one in report["cases"]] == ["PASS"] * len(cases)
    assert len(report["frames"]) >= report["cases"][-1]["frames"][1]


def test_ctrl_c_names_what_the_operator_has_left_at_the_station_and_the_run_knows_it(tmp_path: Path) -> None:
    rig = FakeRig()
    rig.after_case = lambda: signal.raise_signal(signal.SIGINT)
    rig.left = LeftAtStation(cables=((1, 1),))
    asked = msgspec.structs.replace(with_run(request("TC_E_09", "TC_E_10"), tmp_path / "run"), operator="prompt")
    _, printed = run(asked, rig)
    assert printed.endswith("\n  EVSE 1: the cable of connector 1 is still plugged in\n")
    assert RunFolder(tmp_path / "run").left_at_station(PRODUCT) == rig.left


def test_a_virtual_station_ends_with_its_campaign_and_keeps_no_cable(tmp_path: Path) -> None:
    rig = FakeRig()
    rig.after_case = lambda: signal.raise_signal(signal.SIGINT)
    rig.left = LeftAtStation(cables=((1, 1),))
    _, printed = run(with_run(request("TC_E_09", "TC_E_10"), tmp_path / "run"), rig)
    assert "plugged in" not in printed


def test_a_resumed_run_does_not_repeat_cases(tmp_path: Path) -> None:
    asked = request("TC_E_09", "TC_E_10")
    run(with_run(asked, tmp_path / "run"), fails("TC_E_09_CS"))
    code, printed = run(with_run(asked, tmp_path / "run"), FakeRig())
    assert code == 1
    assert "PASS             TC_E" not in printed


def test_failed_repeats_only_cases_that_did_not_pass(tmp_path: Path) -> None:
    asked = request("TC_E_09", "TC_E_10")
    run(with_run(asked, tmp_path / "run"), fails("TC_E_09_CS"))
    code, printed = run(with_run(asked, tmp_path / "run", repeats=True), FakeRig())
    assert code == 0
    assert "PASS             TC_E_09_CS" in printed
    assert "PASS             TC_E_10_CS" not in printed


@pytest.mark.parametrize("option", ["--resume", "--failed"])
def test_a_folder_that_is_no_run_is_one_line(tmp_path: Path, option: str) -> None:
    ended = call("certify", option, tmp_path)
    assert str(ended.exception) == f"{tmp_path} is not the folder of a run: it has no run.json"


def test_a_continued_run_has_its_product_and_cases(tmp_path: Path) -> None:
    for words in (["reference-16-ac"], ["--case", "TC_001"], ["--shuffle", "1"]):
        assert "a run that is continued has its" in str(call("certify", "--resume", tmp_path, *words).exception)


def test_two_processes_do_not_continue_a_run_at_the_same_time(tmp_path: Path) -> None:
    assert call(*BEGIN[:4], "--run", tmp_path / "run").return_value == 0
    with RunFolder(tmp_path / "run").locked():
        assert "is in use" in str(call("certify", "--failed", tmp_path / "run").exception)


def test_a_new_run_needs_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is not empty" in str(call(*BEGIN[:4], "--run", tmp_path).exception)


def test_a_resumed_run_uses_the_pics_as_it_was(tmp_path: Path) -> None:
    pics = tmp_path / "mine.toml"
    source = Path("src/plugfest/products/catalog/v16/reference-16-ac.toml").read_text(encoding="utf-8")
    pics.write_text(source, encoding="utf-8")
    assert call("certify", pics, "--case", "TC_001", "--run", tmp_path / "run").return_value == 0
    pics.unlink()
    assert call("certify", "--failed", tmp_path / "run").return_value == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"format": 2}', "has format 2: this Plugfest reads 1"),
        (
            '{"format": 1, "software": "P", "started_at": "2030-01-01T00:00:00Z", "products": ["../x"], "options": {}}',
            "regex",
        ),
        ("hello", "cannot be read"),
    ],
)
def test_a_description_that_was_changed_is_one_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    assert problem in str(call("certify", "--resume", tmp_path).exception)


@pytest.mark.parametrize("option", ["--run", "--resume", "--failed"])
def test_a_run_without_a_name_is_refused(option: str) -> None:
    assert "has no name" in str(call("certify", option, "").exception)


def test_ctrl_c_twice_names_the_run_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: object, kept: bool) -> str:
        raise KeyboardInterrupt

    rig = FakeRig()
    rig.after_case = lambda: signal.raise_signal(signal.SIGINT)
    monkeypatch.setattr("plugfest.cli.campaign._interruption", again)
    code, printed = run(with_run(request("TC_E_09", "TC_E_10"), tmp_path / "run"), rig)
    assert code == 130
    assert f"plugfest certify --resume {tmp_path / 'run'}" in printed


def test_names_given_later_are_in_the_report_of_the_run(tmp_path: Path) -> None:
    assert call(*BEGIN, "--run", tmp_path / "run", "--reference", "L-117", "--tested-by", "Lovelace").return_value == 0
    assert call("report", tmp_path / "run", "--to", tmp_path / "r", "--reviewed-by", "Hopper").return_value == 0
    approval = json.loads((tmp_path / "r" / "report.json").read_bytes())["approval"]
    assert (approval["reference"], approval["tested_by"], approval["reviewed_by"]) == ("L-117", "Lovelace", "Hopper")


async def no_station(
    product: Product,
    chosen: Sequence[CampaignCase],
    *,
    settings: LabSettings,
    listeners: Sequence[events.Listener] = (),
    archive: Sequence[Frame] = (),
) -> CampaignOutcome:
    finding = Finding(requirement="", expected="a station that the lab can test", actual="no station connected")
    for listener in listeners:
        listener(events.CampaignStarted(product.slug, len(chosen)))
        listener(events.FindingMade("", finding))
    raise CampaignImpossible(finding.actual, CampaignOutcome((), [], (finding,)))


def test_a_campaign_without_a_station_has_a_run_and_a_report_that_names_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugfest.cli.execution.certify.run_campaign", no_station)
    ended = CliRunner().invoke(
        plugfest, [*BEGIN, "--run", str(tmp_path / "run"), "--report", str(tmp_path / "written")]
    )
    assert (ended.exit_code, "Error: no station connected" in ended.output) == (1, True)
    written = json.loads((tmp_path / "written" / "report.json").read_bytes())
    from_run = report(tmp_path / "run", tmp_path / "r")
    for document in (written, from_run):
        assert [one["actual"] for one in document["run"]["findings"]] == ["no station connected"]
        assert (document["cases"], document["run"]["unfinished"]) == ([], len(CASES))


def test_a_campaign_that_could_not_begin_is_resumed_with_all_its_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without_station:
        without_station.setattr("plugfest.cli.execution.certify.run_campaign", no_station)
        CliRunner().invoke(plugfest, [*BEGIN, "--run", str(tmp_path / "run")])
    assert call("certify", "--resume", tmp_path / "run", "--json", tmp_path / "r.json").return_value == 0
    document = json.loads((tmp_path / "r.json").read_bytes())
    assert [(one["id"], one["verdict"]) for one in document["cases"]] == [(id, "PASS") for id in CASES]
    assert document["run"]["findings"] == []


def finished_run(folder: Path) -> Path:
    """The run of one case; the path of its PICS file."""
    assert call(*BEGIN[:4], "--run", folder).return_value == 0
    return folder / "reference-16-ac" / "reference-16-ac.toml"


def problems(folder: Path) -> set[str]:
    """The error of every command that reads the run."""
    commands = (("certify", "--resume", folder), ("certify", "--failed", folder), ("report", folder, "--csv", "-"))
    return {str(call(*words).exception) for words in commands}


def test_a_pics_that_was_deleted_is_an_error_and_is_not_taken_from_the_catalog(tmp_path: Path) -> None:
    pics = finished_run(tmp_path / "run")
    pics.unlink()
    assert problems(tmp_path / "run") == {f"{pics} is missing: the results are about this PICS; bring back the file"}
    assert not pics.exists()


def test_a_pics_that_was_changed_is_an_error(tmp_path: Path) -> None:
    pics = finished_run(tmp_path / "run")
    pics.write_bytes(pics.read_bytes() + b"\n# a remark\n")
    assert problems(tmp_path / "run") == {
        f"{pics} is not the PICS that was tested: it was changed; bring back the file as it was"
    }


@pytest.mark.parametrize("field", ["products", "option"])
def test_a_description_about_another_product_is_an_error(tmp_path: Path, field: str) -> None:
    finished_run(tmp_path / "run")
    file = tmp_path / "run" / "run.json"
    description = json.loads(file.read_bytes())
    description["products"] = ["reference-16-dc"]
    if field == "option":
        description["options"]["product"] = "reference-16-dc"
    file.write_text(json.dumps(description), encoding="utf-8")
    (problem,) = problems(tmp_path / "run")
    assert problem.startswith(f"{file} does not fit ")


def test_a_run_keeps_how_its_cases_were_chosen(tmp_path: Path) -> None:
    words = ("--case", "TC_07*", "--profile", "core", "--order", "walking", "--run", tmp_path / "run")
    assert call("certify", "reference-16-ac", *words).return_value == 0
    document = report(tmp_path / "run", tmp_path / "r")
    ids = {case["id"] for case in document["cases"]}
    assert ids
    assert all(id.startswith("TC_07") for id in ids)
    assert document["run"]["unfinished"] == 0
    assert call("certify", "--resume", tmp_path / "run").return_value == 0
    assert len(report(tmp_path / "run", tmp_path / "s")["cases"]) == len(ids)
