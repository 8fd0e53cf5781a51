"""The time until the pages of `plugfest serve` are painted in Chromium, also the first one after the start."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from benchmarks.test_campaign import Figures
from playwright.sync_api import Browser
from tests.web.runs.kept_runs import IDS, kept_run
from tests.web.site import chromium, needs_chromium, served

from plugfest.lab.verdict import Verdict
from plugfest.web.pages import SECTIONS, Section

LIMIT = 300
ROUNDS = 5
STARTS = 3
RUNS = 30
FRAMES = 1_000

PAINT = """() => new Promise(resolve => {
  const look = () => {
    const painted = performance.getEntriesByName("first-contentful-paint")[0];
    if (painted) resolve(painted.startTime); else requestAnimationFrame(look);
  };
  look();
})"""
"""The milliseconds from the request until something is seen."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a user with runs."""
    folder = tmp_path_factory.mktemp("data")
    for number in range(RUNS):
        kept_run(folder / "runs", f"run-{number}", {IDS[0]: Verdict.FAIL}, frames=FRAMES, days=number)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        browser.new_page().goto("about:blank")
        yield browser


def painted_after(browser: Browser, address: str) -> float:
    """In milliseconds, in a browser that has no file of the site."""
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(address)
    found: float = tab.evaluate(PAINT)
    context.close()
    return found


@needs_chromium
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_the_first_page_after_the_start(section: Section, data: Path, browser: Browser, figure: Figures) -> None:
    times = []
    for _ in range(STARTS):
        with served(data) as site:
            times.append(painted_after(browser, f"{site}{section.path}"))
    figure(f"{section.path}, the first page after the start", median(times), LIMIT, "ms")


@needs_chromium
def test_pages(data: Path, browser: Browser, figure: Figures) -> None:
    with served(data) as site:
        for path in (*(section.path for section in SECTIONS), "/products/reference-ac", "/runs/run-0"):
            times = [painted_after(browser, f"{site}{path}") for _ in range(ROUNDS + 1)]
            figure(path, median(times[1:]), LIMIT, "ms")
