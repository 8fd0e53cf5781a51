"""Folders of runs that someone else has made: nothing in them hangs, is written elsewhere, or stops the other runs."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.web.runs.kept_runs import PRODUCT, kept_run

from plugfest.campaigns.instruction_files import GivenAnswer, InstructionFollower
from plugfest.lab.verdict import Verdict
from plugfest.rig.operators.instructions import AnswerKind
from plugfest.runs.entries import NotAnEntry, from_line
from plugfest.runs.folder import RunError, RunFolder
from plugfest.runs.progress import RunProgress

NESTED = "[" * 100_000
DESCRIPTION = '{"format":1,"software":"x","started_at":"2026-01-01T00:00:00Z","products":["%s"],"options":{}}'
NO_ZONE = (DESCRIPTION % "a").replace("Z", "")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc", "a\\u0000b"])
def test_a_product_is_a_folder_in_the_run(name: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(DESCRIPTION % name)
    with pytest.raises(RunError, match="cannot be read"):
        RunFolder(tmp_path).description()


@pytest.mark.parametrize(
    "text", ['{"format":1,"software":"', f'{{"format":1,"options":{NESTED}', NESTED, "\0", "", NO_ZONE]
)
def test_a_damaged_description_is_a_problem_in_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunError) as caught:
        RunFolder(tmp_path).description()
    assert "\n" not in str(caught.value)


def test_a_deeply_nested_line_is_no_entry() -> None:
    with pytest.raises(NotAnEntry):
        from_line(b'{"type":"FindingMade","x":' + NESTED.encode())


def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    run = kept_run(tmp_path, "run", {"TC_B_01_CS": Verdict.PASS})
    product = run.path / PRODUCT
    os.mkfifo(product / "sitting-2.jsonl")
    (run.path / "operator").mkdir()
    os.mkfifo(run.path / "operator" / "instructions.jsonl")
    os.mkfifo(run.path / "operator" / "answers.jsonl")
    progress = RunProgress(run, run.description())
    asyncio.run(progress.update())
    assert progress.verdicts[Verdict.PASS] == 1
    assert len(run.sittings(PRODUCT)) == 1
    follower = InstructionFollower(run.path)
    asyncio.run(follower.update())
    with pytest.raises(OSError, match="operator"):
        follower.give(GivenAnswer(kind=AnswerKind.DONE))
    (product / f"{PRODUCT}.toml").unlink()
    os.mkfifo(product / f"{PRODUCT}.toml")
    with pytest.raises(RunError, match="bring back the file"):
        run.description()
    (run.path / "run.json").unlink()
    os.mkfifo(run.path / "run.json")
    assert not run.is_in_use


def _lock(run: RunFolder) -> None:
    with run.locked():
        pass


def _answer(run: RunFolder) -> None:
    InstructionFollower(run.path).give(GivenAnswer(kind=AnswerKind.DONE))


@pytest.mark.parametrize(("name", "write"), [(".process", _lock), ("operator/answers.jsonl", _answer)])
def test_nothing_is_written_where_a_link_leads(name: str, write: Callable[[RunFolder], None], tmp_path: Path) -> None:
    run = kept_run(tmp_path / "runs", "run", {})
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (run.path / "operator").mkdir()
    (run.path / name).symlink_to(precious)
    with pytest.raises((RunError, OSError)):
        write(run)
    assert precious.read_text() == "precious"
