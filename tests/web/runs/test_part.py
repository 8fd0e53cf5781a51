"""The pages of runs."""

import re
from pathlib import Path

import httpx
import pytest
from tests.web.runs.kept_runs import IDS, PRODUCT, kept_run
from tests.web.site import answer

from plugfest.lab.verdict import Verdict
from plugfest.web.runs.frames import BLOCK
from plugfest.web.runs.part import READ_AT_ONCE, RunsPart
from plugfest.web.runs.store import Runs

PASS, FAIL = Verdict.PASS, Verdict.FAIL


def get(data: Path, path: str) -> httpx.Response:
    return answer(list(RunsPart(Runs(data)).routes()), "GET", path)


def test_runs_are_listed_from_the_newest_with_their_counts(tmp_path: Path) -> None:
    kept_run(tmp_path, "older", dict.fromkeys(IDS, PASS))
    kept_run(tmp_path, "newer", {IDS[0]: FAIL}, days=1)
    text = get(tmp_path, "/runs").text
    assert text.index('href="/runs/newer"') < text.index('href="/runs/older"')
    assert "1 of 3 cases" in text
    assert "3 of 3 cases" in text
    assert "not finished" in text


def test_without_a_run_the_list_explains_what_will_be_there(tmp_path: Path) -> None:
    assert "There are no runs yet." in get(tmp_path / "none", "/runs").text


def test_a_damaged_folder_is_named_and_the_others_are_listed(tmp_path: Path) -> None:
    kept_run(tmp_path, "good", {IDS[0]: PASS})
    for name, content in {"text": "{", "no-product": '{"format":1,"products":[]}'}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(content)
    text = get(tmp_path, "/runs").text
    assert text.count("cannot be read</span>") == 2
    assert 'href="/runs/good"' in text


def test_a_long_list_is_loaded_in_parts(tmp_path: Path) -> None:
    for number in range(27):
        kept_run(tmp_path, f"run-{number}", {}, days=number)
    assert get(tmp_path, "/runs").text.count('class="run"') == 25
    assert get(tmp_path, "/runs?from=25").text.count('class="run"') == 2


def test_a_large_run_is_read_when_its_row_is_seen(tmp_path: Path) -> None:
    run = kept_run(tmp_path, "large", {IDS[0]: PASS})
    with (run.path / PRODUCT / "sitting-1.jsonl").open("ab") as file:
        file.write(b"x" * READ_AT_ONCE)
    text = get(tmp_path, "/runs").text
    assert 'hx-get="/runs/large/row" hx-trigger="intersect once"' in text
    assert "1 of 3 cases" not in text
    assert "1 of 3 cases" in get(tmp_path, "/runs/large/row").text


def test_the_row_of_a_run_is_not_sent_again_if_it_has_not_changed(tmp_path: Path) -> None:
    with kept_run(tmp_path, "run", {IDS[0]: PASS}).locked():
        address = re.search(r'hx-get="(/runs/run/row\?shown=[^"]+)"', get(tmp_path, "/runs").text)
        assert address is not None
        assert get(tmp_path, address[1]).status_code == 204


def test_runs_without_a_common_case_are_named_so(tmp_path: Path) -> None:
    kept_run(tmp_path, "one", {IDS[0]: PASS})
    kept_run(tmp_path, "two", {IDS[1]: PASS})
    assert "no case with a result in common" in get(tmp_path, "/runs/compare?before=one&after=two").text


def test_a_run_is_compared_with_the_one_before_it_of_the_same_product(tmp_path: Path) -> None:
    for day, (name, product) in enumerate([("a", PRODUCT), ("b", "reference-dc"), ("c", PRODUCT), ("d", PRODUCT)]):
        kept_run(tmp_path, name, {IDS[0]: PASS}, product=product, days=day)
    chosen = re.findall(r'<option value="(\w+)" selected', get(tmp_path, "/runs/c").text)
    assert chosen == ["a"]


def test_the_page_of_a_run_has_its_cases_and_findings_as_text(tmp_path: Path) -> None:
    kept_run(tmp_path, "run", {IDS[0]: FAIL, IDS[2]: PASS})
    text = get(tmp_path, "/runs/run").text
    assert text.index("B Provisioning") < text.index("E Transactions")
    assert re.findall(r'class="cell ([\w-]+)"', text) == ["pass", "fail", "waiting"]
    assert "E01.FR.01" in text
    assert "<script>alert" not in text
    assert "Repeat what did not pass" in text
    assert "Resume" in text


def test_a_run_in_progress_is_watched_and_not_resumed(tmp_path: Path) -> None:
    with kept_run(tmp_path, "run", {IDS[0]: PASS}).locked():
        text = get(tmp_path, "/runs/run").text
    assert 'href="/bench/run"' in text
    assert "Resume" not in text
    assert 'hx-get="/runs/run/changes?shown=' in text


def test_a_case_has_its_findings_steps_diagram_and_frames(tmp_path: Path) -> None:
    kept_run(tmp_path, "run", {IDS[0]: PASS, IDS[1]: FAIL})
    text = get(tmp_path, f"/runs/run/{PRODUCT}/{IDS[1]}").text
    assert "frames?at=5#frame-5" in text
    assert "<svg" in text
    assert "<td>E01.FR.01</td>" in text
    assert 'hx-get="frames/4?to=8"' in text
    assert "<script>alert" not in text


def test_a_case_without_a_result_is_a_page_too(tmp_path: Path) -> None:
    kept_run(tmp_path, "run", {})
    assert "ended before the case had a result" in get(tmp_path, f"/runs/run/{PRODUCT}/{IDS[0]}").text


def test_frames_are_loaded_in_blocks(tmp_path: Path) -> None:
    kept_run(tmp_path, "run", {IDS[0]: PASS}, frames=2 * BLOCK + 1)
    text = get(tmp_path, f"/runs/run/{PRODUCT}/frames?at={BLOCK}").text
    assert text.count('class="frame-block"') == 3
    assert f'id="frame-{BLOCK}"' in text
    block = get(tmp_path, f"/runs/run/{PRODUCT}/frames/{2 * BLOCK}").text
    assert re.findall(r'id="frame-(\d+)"', block) == [str(2 * BLOCK)]


def test_a_response_in_another_block_than_its_request_is_named_after_it(tmp_path: Path) -> None:
    kept_run(tmp_path, "run", {IDS[0]: PASS}, frames=4)
    assert "<b>Heartbeat response</b>" in get(tmp_path, f"/runs/run/{PRODUCT}/frames/3").text


@pytest.mark.parametrize(
    "path",
    [
        "/runs/..%2f..%2fetc",
        "/runs/none",
        "/runs/run/other/frames",
        f"/runs/run/{PRODUCT}/TC_X",
        "/runs/run/report/passwd",
        "/runs/compare?before=run&after=../run",
    ],
)
def test_what_does_not_exist_is_named(tmp_path: Path, path: str) -> None:
    kept_run(tmp_path, "run", {})
    assert get(tmp_path, path).status_code == 404


def test_two_runs_are_compared(tmp_path: Path) -> None:
    kept_run(tmp_path, "before", {IDS[0]: FAIL, IDS[1]: PASS})
    kept_run(tmp_path, "after", {IDS[0]: PASS, IDS[1]: PASS})
    text = get(tmp_path, "/runs/compare?before=before&after=after").text
    assert "1 better" in text
    assert "1 equal" in text
    assert "<script>alert" not in text


def test_the_page_of_a_report_has_its_own_policy_and_runs_no_script(tmp_path: Path) -> None:
    kept_run(tmp_path, "run", {IDS[0]: FAIL})
    response = get(tmp_path, "/runs/run/report/index.html")
    policy = response.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "plugfest-signature" in response.text
    assert response.headers["content-disposition"].startswith("inline")


def test_a_report_is_downloaded_and_verified(tmp_path: Path) -> None:
    kept_run(tmp_path, "run", {IDS[0]: FAIL})
    report = get(tmp_path, "/runs/run/report/report.json")
    assert "attachment" in report.headers["content-disposition"]
    routes = list(RunsPart(Runs(tmp_path)).routes())
    assert "Intact" in answer(routes, "POST", "/runs/verify", content=report.content).text
    altered = report.content.replace(b"FAIL", b"PASS")
    assert "Altered" in answer(routes, "POST", "/runs/verify", content=altered).text


def test_a_report_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    for sitting in kept_run(tmp_path, "run", {}).product(PRODUCT).sitting_files():
        sitting.unlink()
    response = get(tmp_path, "/runs/run/report/report.json")
    assert response.status_code == 409
    assert "has no result yet" in response.text
