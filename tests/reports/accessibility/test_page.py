"""The page in a real browser: axe-core finds nothing serious, and nothing is wider than the window.

It needs a Chromium and axe-core from npm; `make accessibility` installs what is missing.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.reports.accessibility import pages
from tests.reports.accessibility.browser import Tab, browser, executable

from plugfest.reports.formats import as_html
from plugfest.reports.model.report import Document

AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
Window = tuple[int, bool]
"""The width in pixels, and whether the colour scheme is dark."""

SERIOUS = {"serious", "critical"}
WINDOWS: list[Window] = [(width, dark) for width in (390, 1440) for dark in (False, True)]

OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
RUN_AXE = """axe.run(document).then(found => found.violations.map(
    one => ({impact: one.impact, help: one.help, where: one.nodes.slice(0, 3).map(node => node.html)})))"""
WHOLE_WIDTH = "document.documentElement.scrollWidth"
OVERFLOWING = """[...document.querySelectorAll('body *')]
    .filter(one => !one.closest('.drawing') && getComputedStyle(one).position != 'absolute')
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(one => one.outerHTML.slice(0, 120))"""

pytestmark = [
    pytest.mark.skipif(executable() is None, reason="NOT CHECKED: no Chromium is installed (make accessibility)"),
    pytest.mark.skipif(not AXE.exists(), reason="NOT CHECKED: axe-core is not installed (make accessibility)"),
]


@pytest.mark.parametrize(
    "document",
    [pages.every_verdict(), pages.every_verdict(ocpp_version="1.6"), pages.family()],
    ids=["2.0.1", "1.6", "family"],
)
def test_the_page_is_accessible_on_phone_and_desktop_light_and_dark(document: Document, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(as_html.page(document), encoding="utf-8")
    for (width, dark), (violations, whole_width, overflowing) in asyncio.run(_problems(file.as_uri(), WINDOWS)).items():
        window = f"{width} px, {'dark' if dark else 'light'}"
        assert not [one for one in violations if one["impact"] in SERIOUS], window
        assert whole_width <= width, window
        assert not overflowing, window


def test_axe_core_finds_a_defect(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    bad = as_html.page(pages.every_verdict()).replace("</style>", "p { color: #ccc; } body { width: 2000px }</style>")
    file.write_text(bad, encoding="utf-8")
    violations, whole_width, overflowing = asyncio.run(_problems(file.as_uri(), [(390, False)]))[390, False]
    assert "Elements must meet minimum color contrast ratio thresholds" in {one["help"] for one in violations}
    assert whole_width > 390
    assert overflowing


async def _problems(url: str, windows: Iterable[Window]) -> dict[Window, list[Any]]:
    """The problems of the unfolded page in each window."""
    program = executable()
    assert program is not None
    async with browser(program) as tab:
        return {window: await _inspect(tab, url, *window) for window in windows}


async def _inspect(tab: Tab, url: str, width: int, dark: bool) -> list[Any]:
    await tab.open(url, width=width, dark=dark)
    await tab.evaluate(AXE.read_text(encoding="utf-8"))
    await tab.evaluate(OPEN_ALL)
    return [await tab.evaluate(script) for script in (RUN_AXE, WHOLE_WIDTH, OVERFLOWING)]
