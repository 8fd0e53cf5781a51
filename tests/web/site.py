"""The site in a process of its own, and pages of it in Chromium."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.routing import BaseRoute
from tests.reports.accessibility.browser import executable

from plugfest.web.application import application

AXE = Path(__file__).parents[1] / "reports" / "accessibility" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = "axe.run(document).then(found => found.violations.map(one => `${one.help}: ${one.nodes[0].html}`))"
OTHER_NAME = "lab.example"
"""A name of this computer as the browser of another one knows it."""

WINDOWS = [(width, scheme) for width in (390, 1440) for scheme in ("light", "dark")]

ARGUMENTS = ["--no-sandbox", f"--host-resolver-rules=MAP {OTHER_NAME} 127.0.0.1"]

needs_chromium = pytest.mark.skipif(executable() is None, reason="NOT CHECKED: no Chromium (make accessibility)")


@contextmanager
def served(data: Path, *arguments: str) -> Iterator[str]:
    """The address of a `plugfest serve` with this folder of the user."""
    command = [sys.executable, "-m", "plugfest", "serve", "--listen", "0", "--data", str(data), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://\S+/", process.stdout.readline())
            assert found is not None
            yield found[0].rstrip("/")
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


def accessibility_problems(page: Page) -> list[str]:
    """What axe-core finds on a page, at the widths of a phone and of a desktop, light and dark; and what is wider."""
    if not AXE.exists():
        pytest.skip("NOT CHECKED: axe-core is not installed (make accessibility)")
    found: list[str] = []
    for width, scheme in WINDOWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        page.evaluate(AXE.read_text(encoding="utf-8"))  # as the debugger does, which the policy of the page permits
        found += [f"{width} px, {scheme}: {one}" for one in page.evaluate(RUN_AXE)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width} px, {scheme}: the page is wider than the window")
    return found


def answer(
    routes: list[BaseRoute], method: str, path: str, *, raises: bool = True, **request: str | bytes | dict[str, str]
) -> httpx.Response:
    """The answer of a site with these routes, without a browser. `raises`: what is not caught is not an answer."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application(routes), raise_app_exceptions=raises)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **request)  # type: ignore[arg-type]

    return asyncio.run(ask())
