"""Pages that are long."""

import asyncio

import pytest

from plugfest.products import pics_text
from plugfest.web import pages
from plugfest.web.products.assessment import assess
from plugfest.web.products.notes import notes
from plugfest.web.products.values import initial

PRODUCT = "reference-ac"


def test_other_requests_are_handled_while_a_long_page_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def rendered() -> tuple[str, int, str]:
        assessed = assess(PRODUCT, pics_text(PRODUCT))
        found = await notes(assessed, initial(assessed.source.pics, assessed.product), assessed.cases)
        waiting = asyncio.ensure_future(others())
        before = turns
        text = await pages.long_fragment("products/check.html", notes=found)
        during = turns - before
        waiting.cancel()
        return text, during, pages.fragment("products/check.html", notes=found)

    monkeypatch.setattr(pages, "SLICE", -1.0)
    text, during, at_once = asyncio.run(rendered())
    assert text == at_once
    assert during > 100
