"""Pages of runs in a browser."""

from pathlib import Path

from playwright.sync_api import expect
from tests.web.runs.kept_runs import IDS, PRODUCT, kept_run
from tests.web.runs.test_changes import append, ended
from tests.web.site import accessibility_problems, chromium, needs_chromium, served

from plugfest.lab import events
from plugfest.lab.verdict import Verdict

MANY = 100_000
FRAMES = f"/runs/before/{PRODUCT}/frames"

SCROLL = """async () => {
  const slow = [];
  let before = performance.now();
  for (let step = 0; step < 60; step += 1) {
    window.scrollBy(0, 900);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    slow.push(now - before);
    before = now;
  }
  return Math.max(...slow);
}"""
"""Scrolls by 60 screens. Returns the longest time between two pictures, in milliseconds."""


@needs_chromium
def test_100_000_frames_can_be_scrolled_to_the_end_and_are_loaded_where_they_are_seen(tmp_path: Path) -> None:
    kept_run(tmp_path / "runs", "run", {IDS[0]: Verdict.PASS}, frames=MANY)
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page(viewport={"width": 390, "height": 844})
        tab.goto(f"{site}/runs/run/{PRODUCT}/frames")
        expect(tab.locator("h1")).to_have_text("100000 frames")
        tab.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        expect(tab.locator(f"#frame-{MANY - 1}")).to_be_visible()
        assert tab.locator(".frame").count() < 2_000
        tab.goto(f"{site}/runs/run/{PRODUCT}/frames?at=50000#frame-50000")
        expect(tab.locator("#frame-50000")).to_be_in_viewport()
        assert tab.evaluate(SCROLL) < 1_000
        tab.locator("#frame-50000 summary").press("Enter")
        expect(tab.locator("#frame-50000 pre")).to_be_visible()


@needs_chromium
def test_focus_and_scroll_position_survive_while_a_run_grows(tmp_path: Path) -> None:
    run = kept_run(tmp_path / "runs", "run", {IDS[0]: Verdict.FAIL})
    with served(tmp_path) as site, chromium() as browser, run.locked():
        tab = browser.new_page(viewport={"width": 390, "height": 300})
        tab.goto(f"{site}/runs/run")
        tab.locator(f"#case-{PRODUCT}-{IDS[1]}").focus()
        untouched = tab.locator(f"#cell-{PRODUCT}-{IDS[0]}").element_handle()
        before = tab.evaluate("scrollY")
        append(run, events.CaseStarted(IDS[1], "name", 2))
        expect(tab.locator(f"#cell-{PRODUCT}-{IDS[1]}.running")).to_be_attached()
        append(run, ended(IDS[1], Verdict.FAIL), events.CaseStarted(IDS[2], "name", 3))
        expect(tab.locator(f"#finding-{PRODUCT}-{IDS[1]}")).to_be_attached()
        assert tab.evaluate("document.activeElement.id") == f"case-{PRODUCT}-{IDS[1]}"
        assert tab.evaluate("scrollY") == before > 0
        assert untouched.evaluate("one => one.isConnected")
        assert accessibility_problems(tab) == []


@needs_chromium
def test_lists_comparisons_and_reports_are_accessible(tmp_path: Path) -> None:
    kept_run(tmp_path / "runs", "before", {IDS[0]: Verdict.FAIL, IDS[1]: Verdict.PASS})
    kept_run(tmp_path / "runs", "after", {IDS[0]: Verdict.PASS, IDS[1]: Verdict.INCONCLUSIVE}, days=1)
    (tmp_path / "runs" / "damaged").mkdir()
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        for path in ("/runs", "/runs/before", "/runs/compare?before=before&after=after", "/runs/verify", FRAMES):
            tab.goto(f"{site}{path}")
            assert accessibility_problems(tab) == []


@needs_chromium
def test_a_report_is_verified_from_a_file_and_opened_without_scripts(tmp_path: Path) -> None:
    kept_run(tmp_path / "runs", "run", {IDS[0]: Verdict.FAIL})
    with served(tmp_path) as site, chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{site}/runs/run")
        with tab.expect_download() as download:
            tab.get_by_role("link", name="report.json").click()
        tab.goto(f"{site}/runs/verify")
        tab.get_by_label("Report").set_input_files(download.value.path())
        expect(tab.locator("#verified")).to_contain_text("Intact", timeout=30_000)
        tab.goto(f"{site}/runs/run")
        tab.get_by_role("link", name="Open", exact=True).click()
        expect(tab.locator("body")).to_contain_text("Evidence", timeout=30_000)
