"""The page in a real browser: axe-core finds nothing serious, and nothing is wider than the window.

It needs a Chromium and axe-core from npm; `make accessibility` installs what is missing.
"""

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.reports.accessibility import pages
from tests.reports.accessibility.browser import Tab, browser, executable

from plugfest.reports.drawings.svg import FONT_SIZE, Layer, svg_document
from plugfest.reports.drawings.text_fitting import text_width
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

BROKEN_WORDS = """[...document.querySelectorAll('td, th, dt, dd')].filter(cell => cell.offsetParent).flatMap(cell => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
    for (let text; text = texts.nextNode();)
        for (const part of text.data.matchAll(/\\p{Lu}*[\\p{Ll}\\p{N}]+|\\p{Lu}+/gu)) {
            const range = document.createRange();
            range.setStart(text, part.index);
            range.setEnd(text, part.index + part[0].length);
            if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) broken.push(part[0]);
        }
    return broken;
}).filter(part => part.length < 24)"""
FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "Liberation Sans", "Liberation Serif", "system-ui")
"""Of different widths. A browser takes its own for those that are not installed."""
USE_FONT = """document.head.append(Object.assign(document.createElement('style'),
    {{textContent: 'svg, svg * {{ font-family: "{}" }}'}}))"""
TEXT_OVER_TEXT = """[...document.querySelectorAll('svg')].flatMap(svg => {
    const texts = [...svg.querySelectorAll('text')].map(one => [one.textContent, one.getBBox()]);
    const meet = (a, b) => a.x < b.x + b.width - .5 && b.x < a.x + a.width - .5
        && a.y < b.y + b.height - 3 && b.y < a.y + a.height - 3;
    return texts.flatMap(([one, a], index) => texts.slice(index + 1)
        .filter(([other, b]) => meet(a, b)).map(([other]) => one + ' / ' + other));
})"""

pytestmark = pytest.mark.skipif(
    executable() is None, reason="NOT CHECKED: no Chromium is installed (make accessibility)"
)
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="NOT CHECKED: axe-core is not installed (make accessibility)")


@needs_axe
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


@needs_axe
def test_axe_core_finds_a_defect(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    bad = as_html.page(pages.every_verdict()).replace("</style>", "p { color: #ccc; } body { width: 2000px }</style>")
    file.write_text(bad, encoding="utf-8")
    violations, whole_width, overflowing = asyncio.run(_problems(file.as_uri(), [(390, False)]))[390, False]
    assert "Elements must meet minimum color contrast ratio thresholds" in {one["help"] for one in violations}
    assert whole_width > 390
    assert overflowing


def test_no_word_of_a_table_is_broken_and_no_text_is_over_other_text(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(as_html.page(pages.every_verdict()), encoding="utf-8")
    for width in (390, 768, 1440):
        broken, over = asyncio.run(_misplaced(file.as_uri(), width))
        assert (broken, over) == ([], []), f"{width} px"


def test_text_without_space_keeps_its_width_in_any_font(tmp_path: Path) -> None:
    layer = Layer("text", 'fill="#000"')
    first = "silliness will fill this line"
    layer.text(5, 20, first)
    layer.text(7 + text_width(first, FONT_SIZE), 20, "illicit")
    drawing = svg_document("sequence", 400, 40, "title", "description", [layer])
    file = tmp_path / "page.html"
    for svg, is_found in ((drawing, False), (re.sub(' textLength="[^"]*"', "", drawing), True)):
        file.write_text(f"<!doctype html>{svg}", encoding="utf-8")
        _, over = asyncio.run(_misplaced(file.as_uri(), 1440))
        assert bool(over) is is_found


def test_a_broken_word_and_text_over_text_are_found(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(
        "<!doctype html><table><td style='max-width: 2em; word-break: break-all'>Interval</table>"
        "<svg><text x='0' y='20'>one</text><text x='5' y='20'>another</text></svg>",
        encoding="utf-8",
    )
    assert asyncio.run(_misplaced(file.as_uri(), 390)) == (["Interval"], ["one / another"] * len(FONTS))


async def _misplaced(url: str, width: int) -> tuple[list[str], list[str]]:
    """The broken words, and the texts over other text, of the unfolded page in each font."""
    program = executable()
    assert program is not None
    async with browser(program) as tab:
        await tab.open(url, width=width, dark=False)
        await tab.evaluate(OPEN_ALL)
        broken, over = await tab.evaluate(BROKEN_WORDS), []
        for font in FONTS:
            await tab.evaluate(USE_FONT.format(font))
            over += await tab.evaluate(TEXT_OVER_TEXT)
        return broken, over


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
