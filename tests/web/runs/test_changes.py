"""The page of a run that grows: only what has changed is sent."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.runs.kept_runs import IDS, PLANNED, PRODUCT, finding, kept_run
from tests.web.runs.test_part import get

from plugfest.lab import events
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.runs.entries import CaseEnded, to_line
from plugfest.runs.folder import RunFolder
from plugfest.web.runs.changes import ShownProgress

POLL = re.compile(r'hx-get="(/runs/run/changes\?shown=[^"]+)"')
CELLS = re.compile(r'id="cell-reference-ac-(\w+)" class="cell (\w+)"')


def append(run: RunFolder, *entries: events.CaseStarted | CaseEnded | events.CampaignStarted) -> None:
    with (run.path / PRODUCT / "sitting-1.jsonl").open("ab") as file:
        file.writelines(map(to_line, entries))


def ended(id: str, verdict: Verdict) -> CaseEnded:
    findings = () if verdict is Verdict.PASS else (finding(0),)
    result = CaseResult(id=id, name=f"name of {id}", profile="Core", verdict=verdict, findings=findings, frames=(0, 0))
    return CaseEnded(result)


def poll(text: str) -> str:
    """The address that a page asks next."""
    found = POLL.search(text)
    assert found is not None
    return found[1]


def test_what_has_not_changed_is_not_sent(tmp_path: Path) -> None:
    with kept_run(tmp_path, "run", {IDS[0]: Verdict.PASS}).locked():
        assert get(tmp_path, poll(get(tmp_path, "/runs/run").text)).status_code == 204


def test_only_cases_that_have_changed_are_sent(tmp_path: Path) -> None:
    run = kept_run(tmp_path, "run", {IDS[0]: Verdict.PASS})
    with run.locked():
        page = get(tmp_path, "/runs/run").text
        append(run, events.CaseStarted(IDS[1], "name", 2))
        changed = get(tmp_path, poll(page)).text
        assert CELLS.findall(changed) == [(IDS[1], "running")]
        assert 'id="findings-' not in changed
        append(run, ended(IDS[1], Verdict.PASS), events.CaseStarted(IDS[2], "name", 3))
        later = get(tmp_path, poll(changed)).text
    assert sorted(CELLS.findall(later)) == [(IDS[2], "running"), (IDS[1], "pass")]
    assert "2 of 3 cases" in later


def test_the_end_brings_the_actions_and_the_report_and_nothing_is_asked_for_any_more(tmp_path: Path) -> None:
    run = kept_run(tmp_path, "run", {IDS[0]: Verdict.PASS})
    with run.locked():
        page = get(tmp_path, "/runs/run").text
    changed = get(tmp_path, poll(page)).text
    assert POLL.search(changed) is None
    assert 'id="run-actions" hx-swap-oob' in changed
    assert "report.json" in changed
    assert "Resume" in changed


def test_other_cases_bring_the_whole_list(tmp_path: Path) -> None:
    run = kept_run(tmp_path, "run", {})
    with run.locked():
        page = get(tmp_path, "/runs/run").text
        append(run, events.CampaignStarted(PRODUCT, 4, (*PLANNED, events.PlannedCase("TC_X_CS", "new", "Core"))))
        whole = get(tmp_path, poll(page))
    assert whole.headers["hx-retarget"] == "#parts"
    assert len(CELLS.findall(whole.text)) == 4


def test_a_repeated_case_that_passes_leaves_the_findings(tmp_path: Path) -> None:
    run = kept_run(tmp_path, "run", {IDS[0]: Verdict.FAIL})
    with run.locked():
        page = get(tmp_path, "/runs/run").text
        append(run, ended(IDS[0], Verdict.PASS))
        changed = get(tmp_path, poll(page)).text
    assert f'id="findings-{PRODUCT}" hx-swap-oob' in changed
    assert "E01.FR.01" not in changed


@pytest.mark.parametrize("shown", ["", "x", "[]", '["running",[3,3],[9],"x"]', '["running",[3],[-9],""]', "%ff"])
def test_what_a_page_sends_back_may_be_anything(tmp_path: Path, shown: str) -> None:
    with kept_run(tmp_path, "run", {IDS[0]: Verdict.FAIL}).locked():
        assert get(tmp_path, f"/runs/run/changes?shown={shown}").status_code == 200


@given(st.tuples(st.lists(st.integers(0, 500)), st.lists(st.integers(0, 500)), st.text()))
def test_what_a_page_shows_is_read_as_it_was_written(parts: tuple[list[int], list[int], str]) -> None:
    shown = ShownProgress("ended", tuple(parts[0]), tuple(parts[1]), parts[2])
    assert ShownProgress.read(shown.text) == shown
